// SPDX-License-Identifier: Apache-2.0
#include "core/run/checkpoints.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "core/run/container_file.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr int digits = 12;
constexpr std::string_view prefix = "step-", suffix = ".ck";
constexpr const char* best_name = "best.ck";
constexpr const char* folder_name = "checkpoints";

std::string name_of(std::int64_t step) {
  return fmt::format("{}{:0{}}{}", prefix, step, digits, suffix);
}

/// The step in a file's name; -1 for any other name.
std::int64_t step_in(const std::string& name) {
  if (name.size() != prefix.size() + digits + suffix.size() || name.rfind(prefix, 0) != 0 ||
      name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
    return -1;
  const auto number = name.substr(prefix.size(), digits);
  if (number.find_first_not_of("0123456789") != std::string::npos) return -1;
  return std::stoll(number);
}

/// Newest first.
std::vector<std::int64_t> steps_in(const Folder& folder) {
  std::vector<std::int64_t> found;
  for (const auto& name : folder.names())
    if (const auto step = step_in(name); step >= 0) found.push_back(step);
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder, int keep)
    : path_(std::move(folder)), keep_(static_cast<std::size_t>(keep)) {
  if (keep < 2)
    throw ConfigError(fmt::format(
        "checkpoint.keep = {}: at least 2 must be kept, the newest and one to fall back to", keep));
}

Checkpoints::Checkpoints(const Folder& run, int keep) : Checkpoints(run / folder_name, keep) {
  run_ = run;
}

std::optional<Folder> Checkpoints::find() const {
  return run_ ? run_->find_folder(folder_name) : Folder::find(path_);
}

Folder Checkpoints::held(Exit code) const {
  if (auto there = find()) return *there;
  throw IoError(path_, "open", ENOENT, code);
}

void Checkpoints::start() {
  if (!run_) make_directories(path_);
  (run_ ? run_->make_folder(folder_name) : held()).remove_temporaries();
}

fs::path Checkpoints::path_of(std::int64_t step) const { return path_ / name_of(step); }

fs::path Checkpoints::commit(const Folder& folder, const std::string& name, std::int64_t step,
                             Container container) {
  container.meta["step"] = step;
  folder.write(name, encode(container));
  return path_ / name;
}

fs::path Checkpoints::save(std::int64_t step, Container container) {
  BANACH_ASSERT(step >= 0 && step < 1'000'000'000'000);
  const Folder folder = held();
  const auto path = commit(folder, name_of(step), step, std::move(container));
  prune(folder, step);
  return path;
}

fs::path Checkpoints::save_best(std::int64_t step, Container container) {
  return commit(held(), best_name, step, std::move(container));
}

void Checkpoints::prune(const Folder& folder, std::int64_t newest) const try {
  // Files beyond `newest` are ones that a resume had to refuse: they must not count as kept. A file
  // that cannot be removed now is tried again after the next save.
  auto all = steps_in(folder);
  all.erase(all.begin(), std::lower_bound(all.begin(), all.end(), newest, std::greater<>()));
  for (std::size_t i = keep_; i < all.size(); ++i)
    ::unlinkat(folder.descriptor(), name_of(all[i]).c_str(), 0);
} catch (const IoError&) {
}

std::vector<std::int64_t> Checkpoints::steps() const {
  const auto folder = find();
  return folder ? steps_in(*folder) : std::vector<std::int64_t>();
}

Checkpoints::Loaded Checkpoints::load(const Folder& folder, const std::string& name) {
  const auto path = folder / name;
  Loaded loaded{0, path, read_container(folder.to_read(name), path)};
  loaded.step = loaded.container.value<std::int64_t>("step");
  const auto named = step_in(name);
  if (named >= 0 && named != loaded.step)
    throw DataError(fmt::format("{}: the checkpoint is of step {}, its name says {}", path.string(),
                                loaded.step, named));
  return loaded;
}

Checkpoints::Loaded Checkpoints::load(const fs::path& path) {
  return load(Folder(path.parent_path()), path.filename().string());
}

Checkpoints::Loaded Checkpoints::load_last(std::vector<std::string>& notices) const {
  const auto candidates = steps();
  if (candidates.empty())
    throw DataError(fmt::format("{}: no checkpoint there", path_.string()), Exit::no_input);
  const Folder folder = held();
  std::vector<std::string> refused;
  for (const auto step : candidates) {
    try {
      auto loaded = load(folder, name_of(step));
      for (const auto& reason : refused)
        notices.push_back(
            fmt::format("{}; falling back to {}", reason, loaded.path.filename().string()));
      return loaded;
    } catch (const DataError& e) {
      refused.push_back(e.what());
    }
  }
  throw DataError(fmt::format("{}: none of the {} checkpoints can be used: {}", path_.string(),
                              refused.size(), fmt::join(refused, "; ")));
}

bool Checkpoints::has_best() const {
  const auto folder = find();
  return folder && folder->has(best_name);
}

Checkpoints::Loaded Checkpoints::load_best() const { return load(held(Exit::no_input), best_name); }

}  // namespace banach
