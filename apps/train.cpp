// SPDX-License-Identifier: Apache-2.0
// banach train FILE: from a configuration to a finished run; banach train --resume RUN: on with it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "apps/app.hpp"
#include "apps/train.hpp"
#include "core/parameters/toml.hpp"
#include "core/training/dry_run.hpp"
#include "core/training/environment.hpp"

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

std::string given_text(const TrainArguments& a) {
  std::ifstream file(a.words.front(), std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  for (std::size_t i = 1; i < a.words.size(); ++i) {
    std::string line = "\n# command line: " + a.words[i];
    for (std::size_t k = 1; k < line.size(); ++k)
      if (line[k] == '\n' || line[k] == '\r') line[k] = ' ';
    text += line;
  }
  return a.words.size() > 1 ? text + "\n" : text;
}

// What a configuration is, apart from where its run lies.
std::vector<Difference> changes(const fs::path& run, const RunPlan& plan) {
  const auto bytes = read_file(run / "resolved.toml");
  auto all = differences(parse_toml(std::string(ByteView(bytes).text()), run / "resolved.toml"),
                         plan.resolved);
  all.erase(std::remove_if(all.begin(), all.end(),
                           [](const Difference& d) {
                             return d.key == "name" || d.key == "output.dir" ||
                                    d.key == "time_limit" || d.key == "plugins.paths" ||
                                    (d.key == "dataset.cf_attributes" && d.before == "absent");
                           }),
            all.end());
  return all;
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
  if (!RunDirectory::is_finished(run))
    throw DataError(run.string() + ": an unfinished run is there: " + how, Exit::cannot_create);
  print_result(read_result(run), a);
  return true;
}

void train_fresh(Context& context, const TrainArguments& a) {
  const std::vector<std::string> overrides(a.words.begin() + 1, a.words.end());
  Table table = load_configuration(a.words.front(), overrides);
  apply_flags(table, a);
  const auto more = plugin_paths(table);
  context.load_plugins({more.begin(), more.end()});
  RunPlan plan =
      make_plan(table, context.registry, context.plugins, nullptr, say_once,
                a.print_config || a.dry_run ? PlanPurpose::showing : PlanPurpose::training);
  if (a.print_config) {
    std::printf("%s", resolved_text(plan).c_str());
    return;
  }
  prepare_process(threads_of(plan));
  if (a.dry_run) {
    std::printf("%s", dry_run(plan).c_str());
    return;
  }
  const fs::path run = run_path(plan.configuration);
  if (shown_again(run, plan, a)) return;
  const RunDirectory directory = RunDirectory::create(run, a.force);
  directory.write_text("resolved.toml", resolved_text(plan));  // from here on there is a run
  directory.write_text("config.toml", given_text(a));
  context.code = train_in(directory, plan, context, a, std::nullopt, {});
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
  verb->add_flag("--force", a->force, "Replace the run that is there");
  verb->add_flag("--quiet", a->quiet, "No progress");
  verb->add_flag("--json", a->json, "Print the result as JSON");
  verb->add_option("--result-json", a->result_json, "Write the result there; -: as --json")
      ->type_name("PATH");
  verb->add_flag("--report", a->report, "Print a line of JSON after every validation");
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

nlohmann::json read_result(const fs::path& run) {
  const auto bytes = read_file(run / "result.json");
  try {
    auto result = nlohmann::json::parse(ByteView(bytes).text());
    result.at("terms"), result.at("unknowns"), result.at("coefficients");
    result["run"] = run.string();
    return result;
  } catch (const nlohmann::json::exception& error) {
    throw DataError((run / "result.json").string() + ": damaged: " + error.what());
  }
}

void print_result(const nlohmann::json& result, const TrainArguments& a) {
  const bool json = a.json || a.result_json == "-";
  if (!a.result_json.empty() && a.result_json != "-")
    write_atomically(a.result_json, std::string_view(result.dump(2) + "\n"));
  std::printf("%s", json ? (result.dump(2) + "\n").c_str() : result_text(result).c_str());
  std::fflush(stdout);
}

void print_report(std::int64_t step, const Measurement& measured) {
  const auto number = [](double x) { return std::isfinite(x) ? nlohmann::json(x) : nullptr; };
  nlohmann::json metrics = nlohmann::json::object();
  for (const auto& [name, value] : Validation::values(measured)) metrics[name] = number(value);
  nlohmann::json line = {{"step", step}, {"value", number(measured.loss)}, {"metrics", metrics}};
  std::printf("{\"type\":\"report\",%s\n", line.dump().c_str() + 1);
  std::fflush(stdout);
}

}  // namespace banach
