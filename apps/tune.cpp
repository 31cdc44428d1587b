// SPDX-License-Identifier: Apache-2.0
// banach tune FILE: searches hyperparameters by a score that does not depend on them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/say.hpp"
#include "apps/study.hpp"
#include "apps/trial_output.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/progress.hpp"
#include "core/run/signals.hpp"
#include "core/study/search.hpp"
#include "core/training/plugin_places.hpp"

namespace banach {
namespace {

std::string trial_name(std::int64_t number) { return fmt::format("trial-{:04}", number); }

bool begins_with(const std::string& text, const std::string& start) {
  return text == start || text.rfind(start + ".", 0) == 0;
}

class Tune {
 public:
  Tune(Context& context, TuneFile file, const StudyArguments& arguments)
      : context_(context), file_(std::move(file)), arguments_(arguments) {}

  int run() {
    const Table base = configured(file_.study.base, file_.fixed, file_.base_source);
    context_.load_plugins(configured_places(base));
    const std::string folder = arguments_.out.empty() ? file_.path() : arguments_.out;
    if (!arguments_.force) keep_metric(folder);
    const auto seed = check();
    const StudyDirectory directory(folder);
    settle(directory, study_definition("tune", Schema<TuneParameters>().write(file_.study), base),
           {"trials"}, arguments_.force, {arguments_.words.front(), file_.study.base});
    settle_sizes(context_, directory, file_.study.base, corners());
    Journal journal(directory.folder(), StudyDirectory::journal_name);
    Search search({file_.space, file_.study.sampler, file_.study.pruner, file_.study.metric, seed},
                  journal);
    const TrialLimits limits = limits_of(file_.study);
    const TrialRunner runner(context_, directory, file_.study.base, file_.fixed,
                             limits.jobs > 1 && !base.find("threads"));
    install_signal_handlers();
    const int stopped = run_all(directory, search, runner, limits);
    return report(directory, search, runner, stopped);
  }

 private:
  // A search that an older program began goes on as it began.
  void keep_metric(const std::filesystem::path& folder) {
    if (file_.metric_given || recorded_metric(folder) != "validation_loss") return;
    file_.study.metric = "validation_loss";
    say_line(folder.string() +
             ": the search there compares trials by validation_loss and continues with it; "
             "--force starts again, by the score");
  }

  // Nothing that is searched may change what trials are compared by.
  void check_metric(const RunPlan& plan) const {
    const auto& metric = file_.study.metric;
    const bool scored = metric == "score";
    if (scored && plan.experiment.data && plan.experiment.data->outputs.empty())
      throw ConfigError(fmt::format(
          "{}: tune.metric: the data set has no outputs, so that nothing measures a trial: give it "
          "outputs to validate with (weights.data = 0 keeps them out of the loss)",
          to_text(file_.metric_source)));
    if (metric != "validation_loss" && !(scored && scored_by_loss(plan.experiment))) return;
    for (const auto& d : file_.space)
      if (begins_with(d.key, "weights") || begins_with(d.key, "loss"))
        throw ConfigError(fmt::format(
            "{}: tune.space.{}: {} is searched and changes the validation loss{}, so that trials "
            "cannot be compared by it: {}",
            to_text(d.source), d.name, d.key,
            scored ? ", which is the score of a problem with an energy" : "",
            scored ? "name an error or a residual in metric, such as \"u.relative_l2\""
                   : "leave metric out, for the score, or name an error or a residual"));
  }

  // Where single hyperparameters are at their extremes and the others at their lowest.
  std::vector<std::vector<double>> corner_points() const {
    std::vector<double> lowest;
    for (const auto& d : file_.space) lowest.push_back(d.low);
    std::vector<std::vector<double>> out{lowest};
    for (std::size_t i = 0; i < file_.space.size(); ++i)
      for (const double value : file_.space[i].extremes())
        if (value != lowest[i]) {
          out.push_back(lowest);
          out.back()[i] = value;
        }
    return out;
  }

  std::vector<std::vector<Override>> corners() const {
    std::vector<std::vector<Override>> out;
    for (const auto& point : corner_points()) out.push_back(at(point));
    return out;
  }

  // The corners of the space are planned before the first trial starts.
  std::uint64_t check() const {
    const auto points = corner_points();
    const RunPlan plan = check(points.front());
    check_metric(plan);
    const auto& metric = file_.study.metric;
    auto names = Validation::columns(plan.experiment);
    names.insert(names.begin(), {"score", "validation_loss"});
    if (std::find(names.begin(), names.end(), metric) == names.end()) {
      const std::string near = nearest(metric, names);
      throw ConfigError(fmt::format(
          "{}: tune.metric: there is no \"{}\"; {}", to_text(file_.metric_source), metric,
          near.empty() ? "known: " + join(names) : "did you mean \"" + near + "\"?"));
    }
    for (std::size_t i = 1; i < points.size(); ++i) check(points[i]);
    return static_cast<std::uint64_t>(file_.study.seed.value_or(plan.configuration.seed));
  }

  std::vector<Override> at(const std::vector<double>& point) const {
    auto all = file_.fixed;
    const auto more = overrides_at(file_.space, point);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  RunPlan check(const std::vector<double>& point) const {
    return plan_trial(context_, file_.study.base, at(point));
  }

  Command start(const StudyDirectory& directory, const TrialRunner& runner,
                const SearchTrial& trial) {
    const auto said = trial_name(trial.number) + ".out";
    const Folder trials = directory.trials();
    cut_reports(trials, said, last_step(trials, trial_name(trial.number)));
    tails_.insert_or_assign(trial.number, Tail(trials, said));
    return runner.command(trial_name(trial.number), overrides_at(file_.space, trial.point),
                          trial.seed, {"--report"});
  }

  // True when the trial should end by what it has reported.
  bool listen(Search& search, std::int64_t number) {
    bool enough = false;
    for (const auto& line : tails_.at(number).lines()) {
      if (line.rfind("{\"type\":\"report\"", 0) != 0) continue;
      const auto report = nlohmann::json::parse(line, nullptr, false);
      const auto at = [](const nlohmann::json& object, const std::string& key) {
        return object.is_object() && object.contains(key) ? object.at(key) : nlohmann::json();
      };
      const auto step = at(report, "step");
      if (!step.is_number_integer()) continue;
      const auto& metric = file_.study.metric;
      const auto value =
          metric == "score" ? at(report, "value") : at(at(report, "metrics"), metric);
      enough = search.report(
          number, step.get<std::int64_t>(),
          value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
      if (enough) break;
    }
    return enough;
  }

  int run_all(const StudyDirectory& directory, Search& search, const TrialRunner& runner,
              const TrialLimits& limits) {
    std::vector<std::int64_t> open = search.open();
    std::int64_t done = static_cast<std::int64_t>(search.trials().size() - open.size());
    Progress progress("tune", done, file_.study.trials, Progress::mode_of(2, arguments_.quiet));
    const auto fields = [&search] {
      const auto* best = search.best();
      return best ? ProgressFields{{"best", best->value}} : ProgressFields{};
    };
    TrialHooks hooks;
    hooks.next = [&]() -> std::optional<std::pair<std::int64_t, Command>> {
      if (!open.empty()) {
        const std::int64_t number = open.front();
        open.erase(open.begin());
        return std::pair{
            number, start(directory, runner, search.trials()[static_cast<std::size_t>(number)])};
      }
      if (static_cast<std::int64_t>(search.trials().size()) >= file_.study.trials)
        return std::nullopt;
      const SearchTrial& trial = search.begin();
      return std::pair{trial.number, start(directory, runner, trial)};
    };
    hooks.enough = [&](std::int64_t number) { return listen(search, number); };
    hooks.ended = [&](const TrialEnd& end) {
      if (end.interrupted) return;
      listen(search, end.id);
      search.end(end.id, runner.outcome(trial_name(end.id), end, file_.study.timeout));
      ++done;
    };
    hooks.look = [&](std::size_t) {
      if (progress.due()) progress.show(done, fields());
    };
    Children children(directory.lock());
    const int stopped = run_trials(children, limits, hooks);
    progress.finish(done, fields());
    return stopped;
  }

  int report(const StudyDirectory& directory, const Search& search, const TrialRunner& runner,
             int stopped) const {
    directory.folder().write("trials.csv", std::string_view(search.csv()));
    std::map<std::string, int> states;
    for (const auto& trial : search.trials()) ++states[trial.ended ? trial.outcome.state : "open"];
    std::string counts;
    for (const auto& [state, count] : states)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, state);
    const SearchTrial* best = search.best();
    if (best) {
      const auto overrides = overrides_at(file_.space, best->point);
      say_text(fmt::format("best: trial {}, {} {:.3e}\n", best->number, file_.study.metric,
                           best->value));
      for (const auto& o : overrides) say_text("  " + o.word() + "\n");
      say_text("train it again: " + runner.again(overrides, best->seed) + "\n");
    }
    say_text(fmt::format("trials: {} ({})\ntune: {}\n", search.trials().size(), counts,
                         directory.path().string()));
    std::fflush(stdout);
    if (stopped > 0) {
      std::fprintf(stderr, "stopped by %s; go on with the same command\n", signal_name(stopped));
      return exit_code_of(stopped);
    }
    const auto mostly = mostly_failed(search.outcomes());
    if (stopped != 0 || (best && mostly.empty())) return 0;
    for (const auto& trial : search.trials())
      if (trial.outcome.state == "failed") {
        say_line(fmt::format("{}; trial {} failed: {}", best ? mostly : "no trial is complete",
                             trial.number, trial.outcome.error));
        return failure_code(trial.outcome);
      }
    return 0;
  }

  Context& context_;
  TuneFile file_;
  const StudyArguments& arguments_;
  std::map<std::int64_t, Tail> tails_;
};

}  // namespace

void add_tune(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("tune", "Search hyperparameters");
  auto a = std::make_shared<StudyArguments>();
  add_study_options(*verb, *a, context);
  verb->callback([&context, a] {
    const Table table =
        load_configuration(a->words.front(), {a->words.begin() + 1, a->words.end()});
    context.code = Tune(context, read_tune(table), *a).run();
  });
}

}  // namespace banach
