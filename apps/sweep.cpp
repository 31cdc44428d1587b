// SPDX-License-Identifier: Apache-2.0
// banach sweep FILE: a grid or list of overrides, each with several seeds.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "apps/say.hpp"
#include "apps/study.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/progress.hpp"
#include "core/run/signals.hpp"
#include "core/study/journal.hpp"
#include "core/training/plugin_places.hpp"

namespace banach {
namespace {

struct SweepArguments : StudyArguments {
  bool retry = false;
};

class Sweep {
 public:
  Sweep(Context& context, SweepFile file, const SweepArguments& arguments)
      : context_(context), file_(std::move(file)), arguments_(arguments) {}

  int run() {
    const Table base = configured(file_.study.base, file_.fixed, file_.base_source);
    context_.load_plugins(configured_places(base));
    check();
    const StudyDirectory directory(arguments_.out.empty() ? file_.path() : arguments_.out);
    settle(directory, study_definition("sweep", Schema<SweepParameters>().write(file_.study), base),
           {"repeats"}, arguments_.force, {arguments_.words.front(), file_.study.base});
    settle_sizes(context_, directory, file_.study.base, all_points());
    Journal journal(directory.folder(), StudyDirectory::journal_name);
    collect(journal);
    const TrialLimits limits = limits_of(file_.study);
    const TrialRunner runner(context_, directory, file_.study.base, file_.fixed,
                             limits.jobs > 1 && !base.find("threads"));
    install_signal_handlers();
    const int stopped = run_all(directory, journal, runner, limits);
    return report(directory, stopped);
  }

 private:
  struct Item {
    std::int64_t point, seed;
    std::string name() const { return fmt::format("point-{:03}-seed-{}", point, seed); }
  };

  // Every point is planned before the first trial starts.
  void check() {
    first_seed_ = 0;
    for (const auto& all : all_points()) {
      const RunPlan plan = plan_trial(context_, file_.study.base, all);
      first_seed_ = file_.study.seed.value_or(plan.configuration.seed);
    }
  }

  std::vector<std::vector<Override>> all_points() const {
    std::vector<std::vector<Override>> out;
    for (const auto& point : file_.points) {
      out.push_back(file_.fixed);
      out.back().insert(out.back().end(), point.overrides.begin(), point.overrides.end());
    }
    return out;
  }

  // The last word about each trial counts: a failed one may have been repeated.
  void collect(const Journal& journal) {
    for (const auto& record : journal.records()) {
      TrialOutcome outcome = to_outcome(record);
      if (outcome.point < 0 || outcome.point >= static_cast<std::int64_t>(file_.points.size()))
        throw DataError(
            fmt::format("trials.jsonl: damaged record: there is no point {}, the sweep "
                        "has {}",
                        outcome.point, file_.points.size()));
      keep(std::move(outcome));
    }
    for (std::int64_t p = 0; p < static_cast<std::int64_t>(file_.points.size()); ++p)
      for (std::int64_t r = 0; r < file_.study.repeats; ++r) {
        const auto done = outcomes_.find({p, first_seed_ + r});
        const bool lost = done != outcomes_.end() && done->second.lost();
        const bool again =
            done != outcomes_.end() && arguments_.retry && !lost && !done->second.complete();
        if (done == outcomes_.end() || again || lost) todo_.push_back({p, first_seed_ + r});
        if (again) repeated_.insert(todo_.back().name());
      }
  }

  void keep(TrialOutcome outcome) { outcomes_[{outcome.point, outcome.seed}] = std::move(outcome); }

  std::size_t total() const {
    return file_.points.size() * static_cast<std::size_t>(file_.study.repeats);
  }

  int run_all(const StudyDirectory& directory, Journal& journal, const TrialRunner& runner,
              const TrialLimits& limits) {
    std::size_t next = 0, done = total() - todo_.size(), failed = 0;
    Progress progress("sweep", static_cast<std::int64_t>(done), static_cast<std::int64_t>(total()),
                      Progress::mode_of(2, arguments_.quiet));
    const auto fields = [&failed] {
      return failed == 0 ? ProgressFields{}
                         : ProgressFields{{"failed", static_cast<double>(failed)}};
    };
    TrialHooks hooks;
    hooks.next = [&]() -> std::optional<std::pair<std::int64_t, Command>> {
      if (next == todo_.size()) return std::nullopt;
      const Item& item = todo_[next];
      if (repeated_.count(item.name())) directory.trials().remove_tree(item.name());
      const auto& point = file_.points[static_cast<std::size_t>(item.point)];
      return std::pair{static_cast<std::int64_t>(next++),
                       runner.command(item.name(), point.overrides, item.seed)};
    };
    hooks.ended = [&](const TrialEnd& end) {
      if (end.interrupted) return;
      const Item& item = todo_[static_cast<std::size_t>(end.id)];
      TrialOutcome outcome = runner.outcome(item.name(), end, file_.study.timeout);
      outcome.point = item.point, outcome.seed = item.seed;
      journal.append(to_json(outcome));
      failed += !outcome.complete(), ++done;
      keep(std::move(outcome));
    };
    hooks.enough = [](std::int64_t) { return false; };
    hooks.look = [&](std::size_t) {
      if (progress.due()) progress.show(static_cast<std::int64_t>(done), fields());
    };
    Children children(directory.lock());
    const int stopped = run_trials(children, limits, hooks);
    progress.finish(static_cast<std::int64_t>(done), fields());
    return stopped;
  }

  SweepTable table() const {
    SweepTable out;
    for (const auto& point : file_.points) {
      PointLabel label{point.label, {}};
      for (const auto& o : point.overrides) {
        label.values[o.key] = o.value;
        if (std::find(out.keys.begin(), out.keys.end(), o.key) == out.keys.end())
          out.keys.push_back(o.key);
      }
      out.points.push_back(std::move(label));
    }
    for (const auto& [key, outcome] : outcomes_)
      if (key.second < first_seed_ + file_.study.repeats) out.outcomes.push_back(outcome);
    return out;
  }

  int report(const StudyDirectory& directory, int stopped) const {
    const SweepTable all = table();
    directory.folder().write("sweep.csv", std::string_view(all.trials_csv()));
    directory.folder().write("summary.csv", std::string_view(all.summary_csv()));
    if (stopped != 0) {
      std::fprintf(
          stderr, "stopped by %s with %zu of %zu trials done; go on with the same command\n",
          stopped > 0 ? signal_name(stopped) : "the end of its time", all.outcomes.size(), total());
      return stopped > 0 ? exit_code_of(stopped) : static_cast<int>(Exit::saved);
    }
    say_text(fmt::format("{}sweep: {}\n", all.text(), directory.path().string()));
    const auto failed = std::find_if(all.outcomes.begin(), all.outcomes.end(),
                                     [](const auto& o) { return !o.complete(); });
    if (failed == all.outcomes.end()) return 0;
    say_line(fmt::format("a trial failed ({}, seed {}): {}",
                         all.points[static_cast<std::size_t>(failed->point)].text, failed->seed,
                         failed->error));
    const auto mostly = mostly_failed(all.outcomes);
    if (mostly.empty()) return 0;
    say_line(mostly);
    return failure_code(*failed);
  }

  Context& context_;
  SweepFile file_;
  const SweepArguments& arguments_;
  std::int64_t first_seed_ = 0;
  std::map<std::pair<std::int64_t, std::int64_t>, TrialOutcome> outcomes_;
  std::vector<Item> todo_;
  std::set<std::string> repeated_;
};

}  // namespace

void add_sweep(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("sweep", "Train a grid or list of variations, with repeats");
  auto a = std::make_shared<SweepArguments>();
  add_study_options(*verb, *a, context);
  verb->add_flag("--retry", a->retry, "Train failed trials again");
  verb->callback([&context, a] {
    const Table table =
        load_configuration(a->words.front(), {a->words.begin() + 1, a->words.end()});
    context.code = Sweep(context, read_sweep(table), *a).run();
  });
}

}  // namespace banach
