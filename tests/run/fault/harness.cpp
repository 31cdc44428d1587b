// SPDX-License-Identifier: Apache-2.0
// fault_harness WRITER SHIM quick|long: kills, I/O errors and power losses at every system call of
// a writer of checkpoints. What was acknowledged must be there; the two negative controls must
// fail.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <system_error>

#include "core/run/atomic_file.hpp"
#include "tests/run/fault/check.hpp"
#include "tests/run/fault/power_loss.hpp"

namespace {

namespace fs = std::filesystem;
using namespace banach;
using namespace banach::fault;

/// One case: what the shim is told.
struct Fault {
  std::string plan;
  long at = 0;
  int error = 0;
  int percent = 50;
};

struct Outcome {
  int status = 0;
  Promises promises;
};

struct Tally {
  int cases = 0, lost = 0, crashed = 0, silent = 0;
  std::string first;
  void wrong(int& counter, const Fault& fault, const std::string& text) {
    ++counter;
    if (first.empty()) first = fmt::format("{} at call {}: {}", fault.plan, fault.at, text);
  }
};

bool is_fault_point(const Event& event) { return event.head.kind != 'a' && event.head.kind != 'd'; }

class Harness {
 public:
  Harness(std::string writer, std::string shim)
      : writer_(std::move(writer)), shim_(std::move(shim)) {
    const auto base =
        fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    auto pattern = (base / "banach-fault-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw IoError(pattern, "create", errno);
    root_ = pattern;
  }
  ~Harness() {
    std::error_code error;
    fs::remove_all(root_, error);
  }

  /// The calls of an undisturbed writer.
  std::vector<Event> trace(const std::string& kind, int saves) {
    const auto outcome = run(kind, saves, {"trace"});
    if (outcome.status != 0)
      throw DataError(fmt::format("the undisturbed {} writer failed: {}", kind, outcome.status));
    return read_trace(root_ / "trace");
  }

  Tally kills(const std::string& kind, int saves) {
    Tally tally;
    const auto events = trace(kind, saves);
    long call = 0;
    for (const auto& event : events) {
      if (!is_fault_point(event)) continue;
      ++call;
      std::vector<Fault> faults = {{"before", call}, {"after", call}};
      if (event.head.kind == 'w')
        for (const int percent : {1, 50, 99}) faults.push_back({"torn", call, 0, percent});
      for (const auto& fault : faults) {
        const auto outcome = run(kind, saves, fault);
        ++tally.cases;
        if (!WIFSIGNALED(outcome.status) || WTERMSIG(outcome.status) != SIGKILL)
          tally.wrong(tally.crashed, fault, fmt::format("status {}", outcome.status));
        judge(tally, kind, fault, outcome);
      }
    }
    return tally;
  }

  Tally errors(const std::string& kind, int saves) {
    Tally tally;
    std::vector<char> calls;
    for (const auto& event : trace(kind, saves))
      if (is_fault_point(event)) calls.push_back(event.head.kind);
    const int promised = read_promises(root_ / "acks").acknowledged;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const auto at = static_cast<long>(i) + 1;
      std::vector<Fault> faults;
      for (const int error : {ENOSPC, EIO})
        for (const char* plan : {"once", "always"}) faults.push_back({plan, at, error});
      if (calls[i] == 'w') {
        faults.push_back({"once", at, EINTR});
        for (const int percent : {1, 99}) faults.push_back({"short", at, 0, percent});
      }
      for (const auto& fault : faults) error_case(tally, kind, saves, promised, calls, fault);
    }
    error_case(tally, kind, saves, promised, calls, {"short-always"});
    return tally;
  }

  PowerLossResult power(const std::string& kind, int saves) {
    const auto events = trace(kind, saves);
    fs::create_directories(root_ / "state");
    return power_loss(kind, events, root_ / "checkpoints", root_ / "state");
  }

 private:
  Outcome run(const std::string& kind, int saves, const Fault& fault) {
    const auto folder = root_ / "checkpoints", acks = root_ / "acks";
    fs::remove_all(folder);
    fs::create_directory(folder);
    fs::remove(acks);
    const std::vector<std::string> arguments = {writer_, kind, folder, acks, std::to_string(saves)};
    const std::vector<std::string> environment = {
        "LD_PRELOAD=" + shim_,
        "ASAN_OPTIONS=verify_asan_link_order=0",
        "FAULT_DIR=" + folder.string(),
        "FAULT_ACKS=" + acks.string(),
        "FAULT_PLAN=" + fault.plan,
        "FAULT_AT=" + std::to_string(fault.at),
        "FAULT_ERRNO=" + std::to_string(fault.error),
        "FAULT_PERCENT=" + std::to_string(fault.percent),
        "FAULT_TRACE=" + (fault.plan == "trace" ? (root_ / "trace").string() : "")};
    Outcome outcome;
    outcome.status = spawn(arguments, environment);
    outcome.promises = read_promises(acks);
    return outcome;
  }

  static int spawn(std::vector<std::string> arguments, std::vector<std::string> environment) {
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> result;
      result.reserve(texts.size() + 1);
      for (auto& text : texts) result.push_back(text.data());
      result.push_back(nullptr);
      return result;
    };
    pid_t child = 0;
    const int error = ::posix_spawn(&child, arguments[0].c_str(), nullptr, nullptr,
                                    pointers(arguments).data(), pointers(environment).data());
    if (error != 0) throw IoError(arguments[0], "start", error);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  void judge(Tally& tally, const std::string& kind, const Fault& fault, const Outcome& outcome) {
    const auto wrong = broken_promise(kind, root_ / "checkpoints", outcome.promises);
    if (!wrong.empty()) tally.wrong(tally.lost, fault, wrong);
  }

  /// An injected error must be told: exit code 74 and one line with folder and reason per failed
  /// save. Only the removal of an old checkpoint may fail in silence; the next save repeats it.
  void error_case(Tally& tally, const std::string& kind, int saves, int promised,
                  const std::vector<char>& calls, const Fault& fault) {
    const auto outcome = run(kind, saves, fault);
    ++tally.cases;
    const bool injected = fault.error != 0 && fault.error != EINTR;
    const auto told = [&](char call) {
      const bool full_disk = fault.plan == "always" && fault.error == ENOSPC;
      return call != 'u' && !(full_disk && call == 'c');
    };
    bool expected = false;
    if (injected)
      for (std::size_t i = static_cast<std::size_t>(fault.at) - 1; i < calls.size(); ++i) {
        expected = expected || told(calls[i]);
        if (fault.plan == "once") break;
      }
    const auto& failures = outcome.promises.failures;
    if (!WIFEXITED(outcome.status)) {
      tally.wrong(tally.crashed, fault, fmt::format("status {}", outcome.status));
    } else if (WEXITSTATUS(outcome.status) != (expected ? 74 : 0) || failures.empty() == expected ||
               outcome.promises.acknowledged + static_cast<int>(failures.size()) != promised) {
      tally.wrong(tally.silent, fault,
                  fmt::format("exit code {}, {} failures told", WEXITSTATUS(outcome.status),
                              failures.size()));
    }
    const auto reason = std::generic_category().message(fault.error);
    for (const auto& line : failures)
      if (line.find((root_ / "checkpoints").string()) == std::string::npos ||
          line.find(reason) == std::string::npos)
        tally.wrong(tally.silent, fault, "without path or reason: " + line);
    const bool unlink_fails = fault.plan == "always" && fault.error == EIO;
    if (kind == "protocol" && !unlink_fails && litter(root_ / "checkpoints") != 0)
      tally.wrong(tally.silent, fault, "a temporary was left");
    judge(tally, kind, fault, outcome);
  }

  std::string writer_, shim_;
  fs::path root_;
};

/// Prints a line and says whether it is as it must be: no loss for the protocol, some for a
/// control.
bool report(const char* what, const std::string& kind, bool must_hold, int cases, int bad,
            const std::string& detail) {
  const bool good = must_hold == (bad == 0);
  fmt::print("{:10} {:9} {:6} cases {:6} bad  {}\n", what, kind, cases, bad,
             good ? (must_hold ? "holds" : "fails, as it must") : "WRONG: " + detail);
  return good;
}

bool report(const char* what, const std::string& kind, bool must_hold, const Tally& t) {
  return report(what, kind, must_hold, t.cases, t.lost + t.crashed + t.silent, t.first);
}

bool report(const std::string& kind, bool must_hold, const PowerLossResult& r) {
  return report("power", kind, must_hold, r.states, r.lost, r.first_loss);
}

bool run_all(Harness& harness, bool long_mode) {
  const int kills = long_mode ? 48 : 5, errors = long_mode ? 28 : 4, power = long_mode ? 24 : 6;
  const int control = long_mode ? 24 : 4;
  const auto killed = harness.kills("protocol", kills);
  const auto failed = harness.errors("protocol", errors);
  const auto powerless = harness.power("protocol", power);
  bool good = report("kills", "protocol", true, killed);
  good &= report("errors", "protocol", true, failed);
  good &= report("protocol", true, powerless);
  bool controls = report("kills", "naive", false, harness.kills("naive", control));
  controls &= report("errors", "naive", false, harness.errors("naive", control));
  controls &= report("naive", false, harness.power("naive", control));
  controls &= report("unsynced", false, harness.power("unsynced", control));
  fmt::print(
      "{}: {} kill points, {} I/O errors, {} power-loss states; {} lost, {} crashed, {} "
      "silent; controls {}\n",
      good && controls ? "PASS" : "FAIL", killed.cases, failed.cases, powerless.states,
      killed.lost + failed.lost + powerless.lost, killed.crashed + failed.crashed,
      killed.silent + failed.silent, controls ? "fail as they must" : "DO NOT FAIL");
  return good && controls;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string mode = count == 4 ? arguments[3] : "";
  if (mode != "quick" && mode != "long") {
    fmt::print(stderr, "usage: fault_harness WRITER SHIM quick|long\n");
    return 64;
  }
  try {
    Harness harness(arguments[1], arguments[2]);
    return run_all(harness, mode == "long") ? 0 : 1;
  } catch (const Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
