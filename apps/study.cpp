// SPDX-License-Identifier: Apache-2.0
#include "apps/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "apps/outputs.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"
#include "core/run/checkpoints.hpp"
#include "core/run/signals.hpp"
#include "core/training/ignored_keys.hpp"
#include "core/training/run_plan_checks.hpp"

namespace banach {
namespace {

// What may differ without the study being another one.
bool indifferent(const std::string& key, const std::vector<std::string>& free) {
  static const std::vector<std::string> always = {"base", "jobs", "timeout", "seconds"};
  const auto dot = key.find('.');
  const std::string head = key.substr(0, dot),
                    rest = dot == std::string::npos ? "" : key.substr(dot + 1);
  if (head == "base") return rest == "name" || rest == "output.dir" || rest == "plugins.paths";
  return std::find(always.begin(), always.end(), rest) != always.end() ||
         std::find(free.begin(), free.end(), rest) != free.end();
}

std::string end_text(int code, const std::string& log) {
  const std::string line = last_line(log);
  if (!line.empty()) return line;
  return code > 128 ? fmt::format("ended by signal {}", code - 128)
                    : fmt::format("exit code {}", code);
}

}  // namespace

void add_study_options(CLI::App& verb, StudyArguments& a, Context& context) {
  verb.add_option("words", a.words, "The TOML file, then key=value overrides of it")
      ->type_name("FILE key=value")
      ->required();
  verb.add_option("--out", a.out, "Folder of the study, instead of output.dir/name")
      ->type_name("DIR");
  verb.add_flag("--force", a.force, "Replace the study that is there");
  verb.add_flag("--quiet", a.quiet, "No progress");
  add_plugin_options(verb, context);
}

RunPlan plan_trial(const Context& context, const std::string& base,
                   const std::vector<Override>& overrides) {
  const Table table = configured(base, overrides);
  try {
    RunPlan plan = make_plan(table, context.registry, context.plugins);
    refuse_ignored_keys(plan, table);
    require_training(plan, table);
    return plan;
  } catch (const ConfigError& error) {
    throw ConfigError(with_places(error.what(), overrides));
  }
}

Table study_definition(const char* kind, const Table& study, const Table& base) {
  Table out;
  out.set(kind, study);
  out.set("base", base);
  return out;
}

void settle(const StudyDirectory& directory, const Table& definition,
            const std::vector<std::string>& free, bool force, const Paths& inputs) {
  const std::string text = write_toml(definition);
  if (directory.begun() && force) {
    require_outside(directory.path(), inputs);
    directory.clear();
  }
  if (directory.begun()) {
    auto all = differences(parse_toml(directory.folder().text(StudyDirectory::definition_name),
                                      directory.definition().string()),
                           parse_toml(text, "study.toml"));
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Difference& d) { return indifferent(d.key, free); }),
              all.end());
    if (!all.empty())
      throw DataError(directory.path().string() +
                          ": another study is there: replace it with --force, or choose another "
                          "folder with --out; what differs (there -> now):\n" +
                          to_text(all),
                      Exit::cannot_create);
  }
  directory.define(text);
}

std::string recorded_metric(const std::filesystem::path& folder) {
  const std::string name = StudyDirectory::definition_name;
  const auto there = Folder::find(folder);
  if (!there || !there->has(name)) return "";
  const Table study = parse_toml(there->text(name), (folder / name).string());
  const Value* tune = study.find("tune");
  const Table* table = tune ? tune->get<Table>() : nullptr;
  const Value* metric = table ? table->find("metric") : nullptr;
  return metric && metric->get<std::string>() ? *metric->get<std::string>() : "";
}

std::int64_t last_step(const Folder& trials, const std::string& trial) {
  const auto run = trials.find_folder(trial);
  const auto steps = run ? Checkpoints(*run).steps() : std::vector<std::int64_t>();
  return steps.empty() ? -1 : steps.front();
}

TrialRunner::TrialRunner(const Context& context, const StudyDirectory& directory, std::string base,
                         std::vector<Override> fixed, bool one_thread)
    : context_(context),
      directory_(directory),
      base_(std::move(base)),
      fixed_(std::move(fixed)),
      one_thread_(one_thread) {}

std::vector<std::string> TrialRunner::words(const std::vector<Override>& overrides,
                                            std::int64_t seed) const {
  std::vector<std::string> out = {"train", base_};
  if (one_thread_) out.emplace_back("threads=1");
  for (const auto* list : {&fixed_, &overrides})
    for (const auto& o : *list) out.push_back(o.word());
  out.insert(out.end(), {"--seed", std::to_string(seed)});
  return out;
}

Command TrialRunner::command(const std::string& trial, const std::vector<Override>& overrides,
                             std::int64_t seed, const std::vector<std::string>& more) const {
  const auto run = directory_.run(trial);
  const Folder trials = directory_.trials();
  Command out{{"/proc/self/exe"}, trials, trial + ".out", trial + ".log"};
  if (trials.find_folder(trial) && RunDirectory::is_run(run)) {
    out.words.insert(out.words.end(), {"train", "--resume", run.string()});
    for (const auto& place : context_.configured)  // whose consent the study has got
      if (place.by == PluginPlace::By::configuration)
        out.words.insert(out.words.end(), {"--plugin-dir", place.path.string()});
  } else {
    const auto train = words(overrides, seed);
    out.words.insert(out.words.end(), train.begin(), train.end());
    out.words.insert(out.words.end(), {"--out", run.string()});
  }
  out.words.insert(out.words.end(), {"--quiet", "--score-sizes", sizes_file(directory_).string()});
  for (const auto& path : context_.plugin_paths)
    out.words.insert(out.words.end(), {"--plugin-dir", path});
  if (context_.trust_plugins) out.words.emplace_back("--trust-plugins");
  out.words.insert(out.words.end(), more.begin(), more.end());
  return out;
}

TrialOutcome TrialRunner::outcome(const std::string& trial, const TrialEnd& end,
                                  const std::optional<double>& timeout) const {
  TrialOutcome out;
  out.code = end.code, out.state = "failed";
  if (end.code != 0) {
    out.error = end.late ? fmt::format("timeout of {} seconds", to_text(timeout.value_or(0)))
                         : end_text(end.code, directory_.trials().text(trial + ".log"));
    return out;
  }
  try {
    out.metrics = metrics_of(read_result(directory_.run(trial)));
    out.state = "complete";
  } catch (const DataError& error) {
    out.error = error.what();
  }
  return out;
}

std::string TrialRunner::again(const std::vector<Override>& overrides, std::int64_t seed) const {
  std::string out = "banach";
  for (const auto& word : words(overrides, seed)) out += " " + shell_word(word);
  return out;
}

int failure_code(const TrialOutcome& outcome) {
  return outcome.code != 0 ? outcome.code : static_cast<int>(Exit::diverged);
}

TrialLimits limits_of(const StudyParameters& study) {
  TrialLimits out;
  out.jobs = study.jobs > 0 ? study.jobs : std::max(1u, std::thread::hardware_concurrency());
  out.timeout = study.timeout, out.seconds = study.seconds;
  return out;
}

}  // namespace banach
