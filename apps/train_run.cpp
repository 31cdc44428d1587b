// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "apps/train.hpp"
#include "core/parameters/toml.hpp"
#include "core/plugin/stamp.hpp"
#include "core/run/signals.hpp"
#include "core/training/environment.hpp"
#include "core/training/initial_state.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

// What may change on resume: how long, when to stop, what is written.
bool may_change(const std::string& key) {
  if (key == "time_limit" || key == "plugins.paths" || key.rfind("checkpoint.", 0) == 0 ||
      key == "output.log_every")
    return true;
  if (key.rfind("stage.", 0) != 0) return false;
  const auto dot = key.find('.', 6);
  const std::string rest = dot == std::string::npos ? "" : key.substr(dot + 1);
  return rest == "steps" || rest == "stop" || rest.rfind("stop.", 0) == 0;
}

void refuse_changes(const std::vector<Difference>& all) {
  std::vector<Difference> bad;
  for (const auto& d : all)
    if (!may_change(d.key)) bad.push_back(d);
  if (!bad.empty())
    throw ConfigError(
        "a resumed run keeps its model and data; only steps and stop of stages, "
        "checkpoint, output.log_every and time_limit may change, not (run -> now):\n" +
        to_text(bad));
}

std::optional<RunState> load_state(const RunDirectory& directory,
                                   std::vector<std::string>& notices) {
  const Checkpoints checkpoints(directory.checkpoints());
  try {
    const auto loaded = checkpoints.load_last(notices);
    return to_state(loaded.container, loaded.path.string());
  } catch (const DataError& error) {
    if (error.code() != Exit::no_input) throw;
    notices.push_back("the run has no checkpoint yet: it starts from the beginning");
    return std::nullopt;
  }
}

std::string file_text(const fs::path& path) {
  const auto bytes = read_file(path);
  return std::string(ByteView(bytes).text());
}

void compare_plugins(const RunState& state, const Context& context,
                     std::vector<std::string>& notices) {
  if (state.stamp != engine_stamp())
    notices.push_back("the run was saved by another engine (" + state.stamp +
                      "): its further steps "
                      "may round differently");
  for (const auto& saved : state.plugins)
    for (const auto& now : context.plugins.loaded())
      if (fs::path(saved.value("path", "")).filename() == fs::path(now.path).filename() &&
          saved.value("version", "") != now.version)
        notices.push_back(fmt::format("plugin {} is version {} now, the run was saved with {}",
                                      now.plugin, now.version, saved.value("version", "")));
}

}  // namespace

void say_once(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

std::vector<std::string> command_line() {
  std::vector<std::string> out{""};
  std::ifstream file("/proc/self/cmdline", std::ios::binary);  // has no size: read to its end
  const std::string words(std::istreambuf_iterator<char>(file), {});
  for (const char c : words) {
    if (c == '\0')
      out.emplace_back();
    else
      out.back() += c;
  }
  out.pop_back();
  return out;
}

int train_in(const RunDirectory& directory, RunPlan& plan, const Context& context,
             const TrainArguments& a, std::optional<RunState> state,
             const std::vector<std::string>& notices) {
  install_signal_handlers();
  Log log(a.quiet);
  log.open(directory.log());
  for (const auto& notice : notices) log.warning(notice);
  if (const auto warning = blas_warning(); !warning.empty()) log.warning(warning);
  const auto& loaded = context.plugins.loaded();
  directory.write_text("environment.json",
                       environment_json(a.command_line, loaded, plan.device.str()).dump(2) + "\n");
  const bool resumed = state.has_value();
  std::vector<std::string> struck;
  RunState start = resumed ? std::move(*state) : initial_state(plan, &struck);
  for (const auto& notice : struck) log.warning(notice);
  start.configuration = resolved_text(plan);
  start.plugins = plugins_json(loaded);
  start.stamp = engine_stamp();
  try {
    TrainerOptions options{a.max_seconds, Progress::mode_of(2, a.quiet)};
    if (a.report) options.report = print_report;
    Trainer trainer(plan, directory.path(), log, options);
    trainer.start(std::move(start), resumed);
    const Outcome outcome = trainer.run();
    if (!outcome.finished()) {
      log.info(fmt::format("stopped by {} after step {}; saved", outcome.stop_reason,
                           trainer.state().step));
      log.info("resume with: banach train --resume " + directory.path().string());
      return outcome.code;
    }
    const auto result = result_json(plan, trainer, outcome, directory.path().string());
    directory.write_text("result.json", result.dump(2) + "\n");
    log.note("finished: " + outcome.stop_reason);
    print_result(result, a);
    return 0;
  } catch (const Error& error) {
    log.note(error.what());
    throw;
  }
}

void resume(Context& context, const TrainArguments& a) {
  if (a.force || a.dry_run || a.seed || a.threads || !a.out.empty() || !a.device.empty())
    throw Error(Exit::usage,
                "banach train --resume takes only key=value, --max-seconds, --plugin-dir, "
                "--quiet, --json and --print-config: the rest is fixed by the run");
  const fs::path folder = fs::absolute(a.resume).lexically_normal();
  const RunDirectory directory = RunDirectory::open(folder);
  std::vector<std::string> notices;
  auto state = load_state(directory, notices);
  const std::string text = state ? state->configuration : file_text(directory.resolved());
  const Table before = parse_toml(text, directory.resolved().string());
  Table table = before;
  for (const auto& word : a.words) apply_override(table, word);
  const auto more = plugin_paths(table);
  context.load_plugins({more.begin(), more.end()});
  RunPlan plan =
      make_plan(table, context.registry, context.plugins, nullptr, say_once, PlanPurpose::resuming);
  const auto different = differences(before, plan.resolved);
  refuse_changes(different);
  if (a.print_config) {
    std::printf("%s", resolved_text(plan).c_str());
    return;
  }
  if (different.empty() && RunDirectory::is_finished(folder)) {
    print_result(read_result(folder), a);
    return;
  }
  if (state) {
    if (!different.empty()) state->stage_stop.clear();
    compare_plugins(*state, context, notices);
  }
  prepare_process(threads_of(plan));
  std::error_code ignored;
  fs::remove(directory.result(), ignored);
  directory.write_text("resolved.toml", resolved_text(plan));
  context.code = train_in(directory, plan, context, a, std::move(state), notices);
}

}  // namespace banach
