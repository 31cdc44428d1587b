// SPDX-License-Identifier: Apache-2.0
#include "tests/run/fault/check.hpp"

#include <fmt/format.h>

#include <sstream>

#include "tests/run/fault/scenario.hpp"

namespace banach::fault {
namespace {

namespace fs = std::filesystem;

std::string compare(const Checkpoints::Loaded& loaded, std::int64_t promised, const char* what) {
  if (loaded.step < promised)
    return fmt::format("{} {} was acknowledged, {} is there", what, promised, loaded.step);
  if (encode(loaded.container) != encode(state_of(loaded.step)))
    return fmt::format("{} {} has another content", what, loaded.step);
  return "";
}

std::string check_last(const Checkpoints& checkpoints, const Promises& promises, bool strict) {
  if (promises.step == 0 && checkpoints.steps().empty()) return "";
  std::vector<std::string> notices;
  const auto loaded = checkpoints.load_last(notices);
  if (strict && !notices.empty()) return "refused on the way: " + notices.front();
  return compare(loaded, promises.step, "step");
}

std::string check_restart(Checkpoints& checkpoints, const Promises& promises) {
  checkpoints.start();
  if (litter(checkpoints.folder()) != 0) return "temporaries are left after a restart";
  const auto all = checkpoints.steps();
  const auto next = std::max(promises.step, all.empty() ? 0 : all.front()) + 1;
  checkpoints.save(next, state_of(next));
  Promises later;
  later.step = next;
  return check_last(checkpoints, later, true);
}

std::string check(const std::string& kind, const fs::path& folder, const Promises& promises) {
  if (kind == "naive")
    return promises.step == 0
               ? ""
               : compare(Checkpoints::load(naive_path(folder)), promises.step, "step");
  Checkpoints checkpoints(folder);
  const bool protocol = kind == "protocol";
  auto wrong = check_last(checkpoints, promises, protocol);
  if (!protocol || !wrong.empty()) return wrong;
  if (promises.best > 0 || checkpoints.has_best())
    wrong = compare(checkpoints.load_best(), promises.best, "best");
  return wrong.empty() ? check_restart(checkpoints, promises) : wrong;
}

}  // namespace

void Promises::take(const std::string& line) {
  std::istringstream words(line);
  std::string what;
  std::int64_t number = 0;
  words >> what >> number;
  if (what == "failed") {
    failures.push_back(line);
    return;
  }
  ++acknowledged;
  (what == "best" ? best : step) = number;
}

Promises read_promises(const fs::path& acks) {
  const auto bytes = read_file(acks);
  const std::string text(ByteView(bytes).text());
  Promises promises;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    promises.take(text.substr(start, end - start));
    start = end + 1;
  }
  return promises;
}

std::string broken_promise(const std::string& kind, const fs::path& folder,
                           const Promises& promises) {
  try {
    return check(kind, folder, promises);
  } catch (const Error& e) {
    return e.what();
  }
}

int litter(const fs::path& folder) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) count += is_temporary(entry.path());
  return count;
}

}  // namespace banach::fault
