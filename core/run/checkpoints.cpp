// SPDX-License-Identifier: Apache-2.0
#include "core/run/checkpoints.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr int digits = 12;
constexpr std::string_view prefix = "step-", suffix = ".ck";

/// The step in a file's name; -1 for any other name.
std::int64_t step_in(const std::string& name) {
  if (name.size() != prefix.size() + digits + suffix.size() || name.rfind(prefix, 0) != 0 ||
      name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
    return -1;
  const auto number = name.substr(prefix.size(), digits);
  if (number.find_first_not_of("0123456789") != std::string::npos) return -1;
  return std::stoll(number);
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder, int keep)
    : folder_(std::move(folder)), keep_(static_cast<std::size_t>(keep)) {
  if (keep < 2)
    throw ConfigError(fmt::format(
        "checkpoint.keep = {}: at least 2 must be kept, the newest and one to fall back to", keep));
}

void Checkpoints::start() {
  make_directories(folder_);
  remove_temporaries(folder_);
}

fs::path Checkpoints::path_of(std::int64_t step) const {
  return folder_ / fmt::format("{}{:0{}}{}", prefix, step, digits, suffix);
}

fs::path Checkpoints::commit(const fs::path& path, std::int64_t step, Container container) {
  container.meta["step"] = step;
  write_atomically(path, encode(container));
  return path;
}

fs::path Checkpoints::save(std::int64_t step, Container container) {
  BANACH_ASSERT(step >= 0 && step < 1'000'000'000'000);
  const auto path = commit(path_of(step), step, std::move(container));
  prune(step);
  return path;
}

fs::path Checkpoints::save_best(std::int64_t step, Container container) {
  return commit(folder_ / "best.ck", step, std::move(container));
}

void Checkpoints::prune(std::int64_t newest) {
  // Files beyond `newest` are ones that a resume had to refuse: they must not count as kept. A file
  // that cannot be removed now is tried again after the next save.
  auto all = steps();
  all.erase(all.begin(), std::lower_bound(all.begin(), all.end(), newest, std::greater<>()));
  for (std::size_t i = keep_; i < all.size(); ++i) ::unlink(path_of(all[i]).c_str());
}

std::vector<std::int64_t> Checkpoints::steps() const {
  std::vector<std::int64_t> found;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error))
    if (const auto step = step_in(it->path().filename().string()); step >= 0) found.push_back(step);
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

Checkpoints::Loaded Checkpoints::load(const fs::path& path) {
  Loaded loaded{0, path, decode(read_file(path), path.string())};
  loaded.step = loaded.container.value<std::int64_t>("step");
  const auto named = step_in(path.filename().string());
  if (named >= 0 && named != loaded.step)
    throw DataError(fmt::format("{}: the checkpoint is of step {}, its name says {}", path.string(),
                                loaded.step, named));
  return loaded;
}

Checkpoints::Loaded Checkpoints::load_last(std::vector<std::string>& notices) const {
  const auto candidates = steps();
  if (candidates.empty())
    throw DataError(fmt::format("{}: no checkpoint there", folder_.string()), Exit::no_input);
  std::vector<std::string> refused;
  for (const auto step : candidates) {
    try {
      auto loaded = load(path_of(step));
      for (const auto& reason : refused)
        notices.push_back(
            fmt::format("{}; falling back to {}", reason, loaded.path.filename().string()));
      return loaded;
    } catch (const DataError& e) {
      refused.push_back(e.what());
    }
  }
  throw DataError(fmt::format("{}: none of the {} checkpoints can be used: {}", folder_.string(),
                              refused.size(), fmt::join(refused, "; ")));
}

bool Checkpoints::has_best() const {
  std::error_code error;
  return fs::exists(folder_ / "best.ck", error);
}

Checkpoints::Loaded Checkpoints::load_best() const { return load(folder_ / "best.ck"); }

}  // namespace banach
