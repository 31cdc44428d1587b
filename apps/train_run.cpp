// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "apps/outputs.hpp"
#include "apps/say.hpp"
#include "apps/train.hpp"
#include "core/operators/data_notices.hpp"
#include "core/parameters/json_text.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/toml.hpp"
#include "core/plugin/running.hpp"
#include "core/plugin/stamp.hpp"
#include "core/run/signals.hpp"
#include "core/training/data_record.hpp"
#include "core/training/environment.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/memory_needs.hpp"
#include "core/training/plugin_places.hpp"
#include "core/training/process_state.hpp"
#include "core/training/run_identity.hpp"
#include "core/training/run_loader.hpp"
#include "core/training/run_plan_checks.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

void refuse_changes(const std::vector<Difference>& all, bool moved) {
  std::vector<Difference> bad;
  for (const auto& d : all)
    if (!may_change_on_resume(d.key) && !(moved && names_data(d.key))) bad.push_back(d);
  if (!bad.empty())
    throw ConfigError(
        "a resumed run keeps its model and data; only steps and stop of stages, "
        "checkpoint, output.log_every and time_limit may change, not (run -> now):\n" +
        to_text(bad));
}

std::optional<RunState> load_state(const RunDirectory& directory,
                                   std::vector<std::string>& notices) {
  const Checkpoints checkpoints(directory.folder());
  try {
    const auto loaded = checkpoints.load_last(notices);
    auto state = to_state(loaded.container, loaded.path.string());
    require_of_run(state, directory.folder(), loaded.path);
    return state;
  } catch (const DataError& error) {
    if (error.code() != Exit::no_input) throw;
    notices.push_back("the run has no checkpoint yet: it starts from the beginning");
    return std::nullopt;
  }
}

// What is not as it was when the run was saved.
void compare_plugins(const RunState& state, const Context& context,
                     std::vector<std::string>& changes) {
  if (state.stamp != engine_stamp())
    changes.push_back("the run was saved by another engine (" + one_line(state.stamp) +
                      "): its further steps may round differently");
  for (auto& change : plugin_changes(state, context.plugins)) changes.push_back(std::move(change));
}

// Of the process that the run was computed in last.
void compare_process(const Folder& run, std::vector<std::string>& changes) {
  const std::string name = "environment.json";
  if (!run.has(name)) return;
  const auto recorded = nlohmann::json::parse(run.text(name), nullptr, false);
  if (auto text = process_changes(recorded, process_state()); !text.empty())
    changes.push_back(std::move(text));
}

// Whether the plan's files are those that the run has learnt from, wherever they lie now. Files
// that a pattern has newly found are others.
bool is_record(const RunState& state, const RunPlan& plan, const std::string& run, bool force) {
  if (state.files.is_null()) return false;
  const auto record = recorded_files(state, run);
  const auto now = data_files(plan.configuration);
  const std::string other = other_files(record, now);
  if (other.empty()) return true;
  if (!force)
    throw DataError(fmt::format(
        "{}: the run has learnt from {} data files, and those of now are not the same ({}): bring "
        "them back, start a new run, or continue with the new data: --force",
        run, record.size(), other));
  return true;
}

// Where files lie is no change of a run.
void forget_places(std::vector<Difference>& all) {
  all.erase(
      std::remove_if(all.begin(), all.end(), [](const Difference& d) { return names_data(d.key); }),
      all.end());
}

// What a crash while training names; empty parts are the engine's own.
std::string trained_text(const RunPlan& plan, const Registry& registry) {
  const auto file = [](const EntryInfo* entry) {
    return entry && !entry->origin.path.empty() ? " (" + entry->origin.path + ")" : "";
  };
  const std::string problem =
      plan.configuration.problem.find("type") ? plan.configuration.problem.text("type") : "";
  const std::string network = plan.configuration.architecture.text("type");
  const std::string first =
      problem.empty() ? "from data"
                      : "problem \"" + problem + "\"" + file(registry.problems.find(problem));
  return first + " with architecture \"" + network + "\"" +
         file(registry.architectures.find(network));
}

}  // namespace

void say_once(const std::string& text) { say_line(text); }

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
  log.open(directory.folder().to_write("log.txt", O_RDWR | O_CREAT | O_APPEND), directory.log());
  for (const auto& notice : notices) log.warning(notice);
  for (const auto& notice : plan.notices) log.warning(notice);
  if (const auto warning = blas_warning(); !warning.empty()) log.warning(warning);
  const auto used = context.plugins.used();
  directory.write_text(
      "environment.json",
      json_text(environment_json(a.command_line, used, plan.device.str()), 2) + "\n");
  const bool resumed = state.has_value();
  std::vector<std::string> struck;
  RunState start = resumed ? std::move(*state) : initial_state(plan, &struck);
  for (const auto& notice : struck) log.warning(notice);
  start.configuration = resolved_text(plan);
  start.plugins = plugins_json(used);
  start.files = to_json(prints_of(data_files(plan.configuration)));
  start.stamp = engine_stamp();
  try {
    TrainerOptions options{a.max_seconds, Progress::mode_of(2, a.quiet)};
    if (a.report) options.report = print_report;
    if (!a.sizes.empty()) options.sizes = sizes_in(a.sizes);
    Trainer trainer(plan, directory.folder(), log, options);
    const std::string what = trained_text(plan, context.registry);
    const Running running("training", what.c_str());
    trainer.start(std::move(start), resumed);
    const Outcome outcome = trainer.run();
    if (!outcome.finished()) {
      log.info(fmt::format("stopped by {} after step {}; saved", outcome.stop_reason,
                           trainer.state().step));
      log.info("resume with: banach train --resume " + directory.path().string());
      return outcome.code;
    }
    const auto result = result_json(plan, trainer, outcome, directory.path().string());
    directory.write_text("result.json", json_text(result, 2) + "\n");
    log.note("finished: " + outcome.stop_reason);
    print_result(result, a);
    return 0;
  } catch (const Error& error) {
    log.note(error.what());
    throw;
  }
}

void resume(Context& context, const TrainArguments& a) {
  if (a.dry_run || a.seed || a.threads || !a.out.empty() || !a.device.empty())
    throw Error(
        Exit::usage,
        "banach train --resume takes only key=value, --max-seconds, --plugin-dir, "
        "--quiet, --json, --report, --score-sizes, --print-config and --force (although data "
        "changed): the rest is fixed by the run");
  const fs::path folder = fs::absolute(a.resume).lexically_normal();
  const RunDirectory directory = RunDirectory::open(folder);
  std::vector<std::string> notices, changes;
  auto state = load_state(directory, notices);
  const std::string text = state ? state->configuration : directory.folder().text("resolved.toml");
  if (state) require_same_data(*state, folder.string(), a.force, changes);
  Table before = parse_toml(text, directory.resolved().string());
  complete_record(before);
  Table table = before;
  for (const auto& word : a.words) apply_override(table, word);
  context.load_plugins(recorded_places(table, folder));
  std::optional<DatasetInfo> known;
  if (state && !state->dataset.is_null()) known = dataset_info(state->dataset, folder.string());
  // Coordinates of an older run have no origin, which its network would not know either.
  const bool older = known && !state->dataset.contains("origin");
  RunPlan plan = make_plan(table, context.registry, context.plugins, older ? &*known : nullptr,
                           say_once, PlanPurpose::resuming, known ? &*known : nullptr);
  context.plugins.remember_used();
  const bool moved = state && is_record(*state, plan, folder.string(), a.force);
  auto different = differences(before, plan.resolved);
  refuse_changes(different, moved);
  forget_places(different);
  if (a.print_config) {
    say_text(resolved_text(plan));
    return;
  }
  require_training(plan, table);
  require_result_file(a.result_json, folder, data_files_of(plan.configuration), a.force);
  if (different.empty() && RunDirectory::is_finished(folder)) {
    print_result(read_result(folder), a);
    return;
  }
  prepare_process(threads_of(plan));
  if (state) {
    if (!different.empty()) state->stage_stop.clear();
    compare_process(directory.folder(), changes);
    compare_plugins(*state, context, changes);
    if (pools_outputs(*state, plan)) changes.push_back(renewal_text());
  }
  if (!changes.empty()) notices.push_back(join(changes, "; "));  // an old run costs one warning
  require_memory(plan, table);
  const auto found = data_notices(plan, true);
  notices.insert(notices.end(), found.begin(), found.end());
  directory.folder().remove("result.json");
  directory.write_text("resolved.toml", resolved_text(plan));
  context.code = train_in(directory, plan, context, a, std::move(state), notices);
}

}  // namespace banach
