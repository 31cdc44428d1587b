// SPDX-License-Identifier: Apache-2.0
#include "tests/boundary/door.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "core/optimizers/enroll.hpp"
#include "core/parameters/memory.hpp"
#include "core/parameters/toml.hpp"
#include "core/sampling/enroll.hpp"
#include "core/study/file_kind.hpp"
#include "core/study/study_file.hpp"
#include "core/training/dry_run.hpp"
#include "core/training/environment.hpp"
#include "core/training/generate_file.hpp"
#include "core/training/guilty_key.hpp"
#include "core/training/ignored_keys.hpp"
#include "core/training/memory_needs.hpp"

namespace banach::testing {
namespace {

constexpr int patience = 60;                // seconds
constexpr rlim_t memory = rlim_t{6} << 30;  // bytes of address space
constexpr int too_late = 124;

void write_all(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto n = ::write(file, text.data() + at, text.size() - at);
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}

std::string read_until(int file, bool& late) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(patience);
  std::string out;
  char buffer[4096];
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{file, POLLIN, 0};
    late = left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0;
    if (late) return out;
    const auto n = ::read(file, buffer, sizeof buffer);
    if (n <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

[[noreturn]] void child(int file, const std::function<Verdict()>& action) {
  const rlimit limit{memory, memory}, none{0, 0};
  ::setrlimit(RLIMIT_AS, &limit);
  ::setrlimit(RLIMIT_CORE, &none);
  const Verdict verdict = action();
  write_all(file, verdict.text);
  ::_exit(verdict.code);
}

}  // namespace

Verdict in_child(const std::function<Verdict()>& action) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t id = ::fork();
  if (id == 0) child(ends[1], action);
  ::close(ends[1]);
  Verdict out;
  bool late = false;
  out.text = read_until(ends[0], late);
  ::close(ends[0]);
  if (late) ::kill(id, SIGKILL);
  int status = 0;
  ::waitpid(id, &status, 0);
  out.code = late ? too_late : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

Door::Door() {
  enroll_optimizers(registry_);
  enroll_samplers(registry_);
  enroll_schedules(registry_);
  plugins_.discover();
}

void Door::train(const Table& table) const {
  RunPlan plan = make_plan(table, registry_, plugins_);
  refuse_ignored_keys(plan, table);
  require_memory(plan, table);
  prepare_process(1);
  with_guilty_keys(table, [&] { dry_run(plan); });
}

void Door::generate(const Table& table) const {
  prepared_generator(table, read_generate_file(table), registry_.generators,
                     [&](const std::string& type, const Source& where) {
                       plugins_.unknown("generator", type, where);
                     });
}

Verdict Door::enter(const std::string& command, const std::string& file) const {
  try {
    const Table table = load_configuration(file);
    require_file_of(command, table);
    if (command == "train") train(table);
    if (command == "sweep") read_sweep(table);
    if (command == "tune") read_tune(table);
    if (command == "generate") generate(table);
    return {};
  } catch (const Error& error) {
    return {static_cast<int>(error.code()), error.what()};
  } catch (const std::exception& error) {
    if (const auto text = memory_failure(error)) return {static_cast<int>(Exit::config), *text};
    return {static_cast<int>(Exit::internal), error.what()};
  } catch (...) {
    return {static_cast<int>(Exit::internal), "an exception of an unknown type"};
  }
}

}  // namespace banach::testing
