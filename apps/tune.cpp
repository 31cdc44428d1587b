// SPDX-License-Identifier: Apache-2.0
// banach tune FILE: searches hyperparameters by the validation loss.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "apps/study.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/progress.hpp"
#include "core/run/signals.hpp"
#include "core/study/search.hpp"

namespace banach {
namespace {

std::string trial_name(std::int64_t number) { return fmt::format("trial-{:04}", number); }

// Whole lines that a trial has printed since the last look.
class Tail {
 public:
  explicit Tail(std::filesystem::path path) : path_(std::move(path)) {}

  std::vector<std::string> lines() {
    std::ifstream file(path_, std::ios::binary);
    file.seekg(at_);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::vector<std::string> out;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      out.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    at_ += static_cast<std::streamoff>(begin);
    return out;
  }

 private:
  std::filesystem::path path_;
  std::streamoff at_ = 0;
};

// A trial that was killed may have left half a line, which must not spoil the next one.
void end_torn_line(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() == 0) return;
  file.seekg(-1, std::ios::end);
  if (file.get() != '\n') std::ofstream(path, std::ios::app) << '\n';
}

class Tune {
 public:
  Tune(Context& context, TuneFile file, const StudyArguments& arguments)
      : context_(context), file_(std::move(file)), arguments_(arguments) {}

  int run() {
    const Table base = configured(file_.study.base, file_.fixed, file_.base_source);
    const auto more = plugin_paths(base);
    context_.load_plugins({more.begin(), more.end()});
    const auto seed = check();
    const StudyDirectory directory(arguments_.out.empty() ? file_.path() : arguments_.out);
    settle(directory, study_definition("tune", Schema<TuneParameters>().write(file_.study), base),
           {"trials"}, arguments_.force, {arguments_.words.front(), file_.study.base});
    Journal journal(directory.journal());
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
  // The corners of the space are planned before the first trial starts.
  std::uint64_t check() const {
    std::vector<double> lowest;
    for (const auto& d : file_.space) lowest.push_back(d.low);
    const RunPlan plan = check(lowest);
    const auto& metric = file_.study.metric;
    auto names = Validation::columns(plan.experiment);
    names.insert(names.begin(), "validation_loss");
    if (std::find(names.begin(), names.end(), metric) == names.end()) {
      const std::string near = nearest(metric, names);
      throw ConfigError(fmt::format(
          "{}: tune.metric: there is no \"{}\"; {}", to_text(file_.metric_source), metric,
          near.empty() ? "known: " + join(names) : "did you mean \"" + near + "\"?"));
    }
    for (std::size_t i = 0; i < file_.space.size(); ++i)
      for (const double value : file_.space[i].extremes()) {
        auto point = lowest;
        point[i] = value;
        if (value != lowest[i]) check(point);
      }
    return static_cast<std::uint64_t>(file_.study.seed.value_or(plan.configuration.seed));
  }

  RunPlan check(const std::vector<double>& point) const {
    auto all = file_.fixed;
    const auto more = overrides_at(file_.space, point);
    all.insert(all.end(), more.begin(), more.end());
    return plan_trial(context_, file_.study.base, all);
  }

  Command start(const StudyDirectory& directory, const TrialRunner& runner,
                const SearchTrial& trial) {
    const auto said = directory.said(trial_name(trial.number), ".out");
    end_torn_line(said);
    tails_.emplace(trial.number, Tail(said));
    return runner.command(trial_name(trial.number), overrides_at(file_.space, trial.point),
                          trial.seed, {"--report"});
  }

  // True when the trial should end by what it has reported.
  bool listen(Search& search, std::int64_t number) {
    bool enough = false;
    for (const auto& line : tails_.at(number).lines()) {
      if (line.rfind("{\"type\":\"report\"", 0) != 0) continue;
      const auto report = nlohmann::json::parse(line, nullptr, false);
      if (!report.is_object() || !report.contains("step")) continue;
      const auto& metric = file_.study.metric;
      const auto value = metric == "validation_loss"
                             ? report.value("value", nlohmann::json())
                             : report["metrics"].value(metric, nlohmann::json());
      enough = search.report(
          number, report["step"].get<std::int64_t>(),
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
    write_atomically(directory.path() / "trials.csv", std::string_view(search.csv()));
    std::map<std::string, int> states;
    for (const auto& trial : search.trials()) ++states[trial.ended ? trial.outcome.state : "open"];
    std::string counts;
    for (const auto& [state, count] : states)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, state);
    const SearchTrial* best = search.best();
    if (best) {
      const auto overrides = overrides_at(file_.space, best->point);
      std::printf("best: trial %lld, %s %.3e\n", static_cast<long long>(best->number),
                  file_.study.metric.c_str(), best->value);
      for (const auto& o : overrides) std::printf("  %s\n", o.word().c_str());
      std::printf("train it again: %s\n", runner.again(overrides, best->seed).c_str());
    }
    std::printf("trials: %zu (%s)\ntune: %s\n", search.trials().size(), counts.c_str(),
                directory.path().c_str());
    std::fflush(stdout);
    if (stopped > 0) {
      std::fprintf(stderr, "stopped by %s; go on with the same command\n", signal_name(stopped));
      return exit_code_of(stopped);
    }
    if (best || stopped != 0) return 0;
    for (const auto& trial : search.trials())
      if (trial.outcome.state == "failed") {
        std::fprintf(stderr, "no trial is complete; trial %lld failed: %s\n",
                     static_cast<long long>(trial.number), trial.outcome.error.c_str());
        return trial.outcome.code != 0 ? trial.outcome.code : static_cast<int>(Exit::diverged);
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
  auto* verb = app.add_subcommand("tune", "Search hyperparameters by the validation loss");
  auto a = std::make_shared<StudyArguments>();
  add_study_options(*verb, *a, context);
  verb->callback([&context, a] {
    const Table table =
        load_configuration(a->words.front(), {a->words.begin() + 1, a->words.end()});
    context.code = Tune(context, read_tune(table), *a).run();
  });
}

}  // namespace banach
