// SPDX-License-Identifier: Apache-2.0
// banach train FILE: from a configuration to a finished run; banach train --resume RUN: on with it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/app.hpp"
#include "apps/outputs.hpp"
#include "apps/say.hpp"
#include "apps/train.hpp"
#include "core/operators/data_notices.hpp"
#include "core/parameters/json_text.hpp"
#include "core/parameters/toml.hpp"
#include "core/plugin/search_report.hpp"
#include "core/run/checkpoints.hpp"
#include "core/study/file_kind.hpp"
#include "core/training/data_record.hpp"
#include "core/training/dry_run.hpp"
#include "core/training/environment.hpp"
#include "core/training/guilty_key.hpp"
#include "core/training/ignored_keys.hpp"
#include "core/training/memory_needs.hpp"
#include "core/training/plugin_places.hpp"
#include "core/training/run_plan_checks.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

// A flag means the same as a line of TOML in front of the others.
void set(Table& table, const std::string& key, Value value, const std::string& flag) {
  const Source source{std::make_shared<const std::string>("command line: " + flag), 0, 0};
  value.source = value.key = source;
  table.set(key, std::move(value));
}

void set_out(Table& table, const std::string& out) {
  const fs::path path = (fs::absolute(out) / "").lexically_normal().parent_path();
  set(table, "name", path.filename().string(), "--out " + out);
  Value* output = table.find("output");
  if (!output || !output->get<Table>()) {
    Table fresh;
    fresh.path = "output";
    set(table, "output", std::move(fresh), "--out " + out);
    output = table.find("output");
  }
  set(std::get<Table>(output->data), "dir", path.parent_path().string(), "--out " + out);
}

void apply_flags(Table& table, const TrainArguments& a) {
  if (a.seed) set(table, "seed", *a.seed, "--seed");
  if (a.threads) set(table, "threads", *a.threads, "--threads");
  if (!a.device.empty()) set(table, "device", a.device, "--device");
  if (!a.out.empty()) set_out(table, a.out);
}

std::string given_text(const TrainArguments& a, std::string text) {
  for (std::size_t i = 1; i < a.words.size(); ++i) {
    text += "\n# command line: " + one_line(a.words[i]);
  }
  return a.words.size() > 1 ? text + "\n" : text;
}

// What a configuration is, apart from where its run lies.
std::vector<Difference> changes(const fs::path& run, const RunPlan& plan) {
  const std::string name = "resolved.toml";
  auto all = differences(parse_toml(Folder(run).text(name), (run / name).string()), plan.resolved);
  all.erase(
      std::remove_if(all.begin(), all.end(),
                     [](const Difference& d) {
                       return d.key == "name" || d.key == "output.dir" || d.key == "time_limit" ||
                              d.key == "plugins.paths" ||
                              (d.before == "absent" && (d.key.rfind("normalisation.", 0) == 0 ||
                                                        d.key == "dataset.cf_attributes"));
                     }),
      all.end());
  return all;
}

// A file that is no longer what the run there has learnt from; "" where there is none.
std::string changed_data(const fs::path& run) {
  std::vector<std::string> ignored;
  try {
    const auto loaded = Checkpoints(Folder(run)).load_last(ignored);
    const RunState state = to_state(loaded.container, loaded.path.string());
    const auto changed = changed_files(recorded_files(state, loaded.path.string()));
    return changed.empty() ? "" : changed.front();
  } catch (const DataError&) {
    return "";  // without a checkpoint nothing has been learnt
  }
}

// Whether the run there is this one, done; otherwise why nothing can be done about it is said.
bool shown_again(const fs::path& run, const RunPlan& plan, const TrainArguments& a) {
  if (a.force || !RunDirectory::is_run(run)) return false;
  const auto different = changes(run, plan);
  const std::string how = "continue it with banach train --resume " + run.string() +
                          ", replace it with --force, or choose another folder with --out";
  if (!different.empty())
    throw DataError(run.string() + ": another run is there: " + how +
                        "; what differs (there -> now):\n" + to_text(different),
                    Exit::cannot_create);
  if (const auto file = changed_data(run); !file.empty())
    throw DataError(run.string() + ": the run there has learnt from " + file +
                        ", which changed since: replace the run with --force, or choose another "
                        "folder with --out",
                    Exit::cannot_create);
  if (!RunDirectory::is_finished(run))
    throw DataError(run.string() + ": an unfinished run is there: " + how, Exit::cannot_create);
  print_result(read_result(run), a);
  return true;
}

// Names of the architectures of a table and its parts.
void add_architectures(const Table& table, std::vector<std::string>& out) {
  out.push_back(table.text("type"));
  for (const auto& [key, value] : table.entries)
    if (const auto* part = value.get<Table>(); part && part->find("type"))
      add_architectures(*part, out);
}

// Plugins that the run uses and of which there are others.
std::vector<std::string> shadowed(const Context& context, const RunConfiguration& c) {
  std::vector<std::string> out;
  const auto look = [&](const std::string& kind, const std::string& name) {
    for (auto& line : left_out(context.plugins, context.registry, kind, name))
      if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  };
  std::vector<std::string> architectures;
  add_architectures(c.architecture, architectures);
  look("problem", c.problem.text("type"));
  for (const auto& name : architectures) look("architecture", name);
  if (c.dataset) look("generator", c.dataset->generate.text("type"));
  look("sampler", c.sampling.method.value_or(""));
  for (const auto& stage : c.stages) {
    look("optimizer", stage.optimizer);
    look("schedule", stage.schedule.type);
  }
  return out;
}

void train_fresh(Context& context, const TrainArguments& a) {
  const std::vector<std::string> overrides(a.words.begin() + 1, a.words.end());
  std::string given;
  Table table = load_configuration(a.words.front(), overrides, &given);
  require_file_of("train", table);
  apply_flags(table, a);
  context.load_plugins(configured_places(table));
  RunPlan plan =
      make_plan(table, context.registry, context.plugins, nullptr, say_once,
                a.print_config || a.dry_run ? PlanPurpose::showing : PlanPurpose::training);
  context.plugins.remember_used();
  refuse_ignored_keys(plan, table);
  if (a.print_config) {
    say_text(resolved_text(plan));
    return;
  }
  require_training(plan, table);
  require_memory(plan, table);
  prepare_process(threads_of(plan));
  auto notices = shadowed(context, plan.configuration);
  for (auto& notice : data_notices(plan, false)) notices.push_back(std::move(notice));
  if (a.dry_run) {
    for (const auto& notice : notices) say_once(notice);
    with_guilty_keys(table, [&] { say_text(dry_run(plan)); });
    for (const auto& notice : plan.notices) say_once("warning: " + notice);
    return;
  }
  const fs::path run = run_path(plan.configuration);
  auto inputs = data_files_of(plan.configuration);
  inputs.emplace_back(a.words.front());
  require_result_file(a.result_json, run, inputs, a.force);
  if (a.force) require_outside(run, inputs);
  if (shown_again(run, plan, a)) return;
  const std::string resolved = resolved_text(plan);
  const RunDirectory directory = RunDirectory::create(run, a.force);
  directory.write_text("resolved.toml", resolved);  // from here on there is a run
  directory.write_text("config.toml", given_text(a, std::move(given)));
  with_guilty_keys(
      table, [&] { context.code = train_in(directory, plan, context, a, std::nullopt, notices); });
}

}  // namespace

void add_train(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("train", "Train a configuration, or go on with a run");
  auto a = std::make_shared<TrainArguments>();
  verb->add_option("words", a->words,
                   "The TOML file (not with --resume), then key=value overrides of it")
      ->type_name("FILE key=value");
  verb->add_option("--override", a->overrides, "The same, for programs; may be repeated")
      ->type_name("key=value")
      ->allow_extra_args(false);
  verb->add_option("--resume", a->resume, "Go on with the run in this folder")->type_name("RUN");
  verb->add_option("--out", a->out, "Folder of the run, instead of output.dir/name")
      ->type_name("DIR");
  verb->add_option("--seed", a->seed, "Seed of every random stream");
  verb->add_option("--device", a->device, "\"cpu\", \"cuda\", \"cuda:1\" or \"auto\"");
  verb->add_option("--threads", a->threads, "Threads on the CPU; 0: as many as pay off");
  verb->add_option("--max-seconds", a->max_seconds, "Save and end with 75 after this time")
      ->check(CLI::PositiveNumber);
  verb->add_flag("--dry-run", a->dry_run, "Build everything, take one step, write nothing");
  verb->add_flag("--print-config", a->print_config, "Print the complete configuration");
  verb->add_flag("--force", a->force,
                 "Replace the run (and the file of --result-json) that is there; with --resume: "
                 "although its data changed");
  verb->add_flag("--quiet", a->quiet, "No progress");
  verb->add_flag("--json", a->json, "Print the result as JSON");
  verb->add_option("--result-json", a->result_json, "Write the result there; -: as --json")
      ->type_name("PATH");
  verb->add_flag("--report", a->report, "Print a line of JSON after every validation");
  verb->add_option("--score-sizes", a->sizes,
                   "JSON with the size of every term's residual that the score refers to; else "
                   "those of the untrained network")
      ->type_name("FILE");
  add_plugin_options(*verb, context);
  verb->callback([&context, a] {
    a->command_line = command_line();
    if (a->resume.empty() && a->words.empty())
      throw Error(Exit::usage,
                  "banach train: name a configuration (banach train heat.toml) or a run "
                  "(banach train --resume RUN)");
    a->words.insert(a->words.end(), a->overrides.begin(), a->overrides.end());
    a->resume.empty() ? train_fresh(context, *a) : resume(context, *a);
  });
}

ResidualSizes sizes_in(const fs::path& file) {
  const auto bytes = read_file(file);
  return read_sizes(parse_json(ByteView(bytes).text(), file.string()), file.string());
}

nlohmann::json read_result(const fs::path& run) {
  const std::string file = (run / "result.json").string();
  auto result = parse_json(Folder(run).text("result.json"), file);
  return read_json(file, [&] {
    result_text(result);  // whoever reads it finds all that is printed
    result["run"] = run.string();
    return result;
  });
}

void print_result(const nlohmann::json& result, const TrainArguments& a) {
  const bool json = a.json || a.result_json == "-";
  if (!a.result_json.empty() && a.result_json != "-")
    write_atomically(a.result_json, std::string_view(json_text(result, 2) + "\n"));
  say_text(json ? json_text(result, 2) + "\n" : result_text(result));
  std::fflush(stdout);
}

void print_report(std::int64_t step, const Measurement& measured, double score) {
  const auto number = [](double x) { return std::isfinite(x) ? nlohmann::json(x) : nullptr; };
  nlohmann::json metrics = nlohmann::json::object();
  for (const auto& [name, value] : Validation::values(measured)) metrics[name] = number(value);
  metrics["validation_loss"] = number(measured.loss);
  nlohmann::json line = {{"step", step}, {"value", number(score)}, {"metrics", metrics}};
  say_text("{\"type\":\"report\"," + json_text(line).substr(1) + "\n");
  std::fflush(stdout);
}

}  // namespace banach
