// SPDX-License-Identifier: Apache-2.0
// Error against CPU seconds of training, measuring left out: every configuration and every entry
// of a sweep with several seeds, one thread. Writes configuration, seed, step, seconds and the
// largest relative L2 error of an unknown, at steps whose number in their stage grows by an eighth.
// What is a solution at its end only is trained as a whole: windows several times, with 1/32, 1/16,
// ... of their steps, and features that are searched for once.
// Sample run: bench_optimizers heat.csv 3 30 plugins/problems/studies/optimizers/heat.toml
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apps/bench/bench_run.hpp"
#include "apps/bench/peer.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/scratch_folder.hpp"
#include "core/study/study_file.hpp"
#include "core/training/environment.hpp"
#include "core/training/feature_search.hpp"
#include "core/training/trainer.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr int rungs = 6;  // of windows: steps / 32, ..., steps / 2, steps

struct Named {
  std::string name;
  Table table;
};

/// The configurations of a file with one seed: those of a sweep, or the file itself.
std::vector<Named> configurations(const std::string& file, int seed) {
  const std::string word = fmt::format("seed={}", seed);
  const Table given = load_configuration(file);
  if (!given.find("sweep")) return {{fs::path(file).stem(), load_configuration(file, {word})}};
  const SweepFile sweep = read_sweep(given);
  std::vector<Named> out;
  for (const SweepPoint& point : sweep.points) {
    std::vector<Override> all = sweep.fixed;
    all.insert(all.end(), point.overrides.begin(), point.overrides.end());
    all.push_back({"seed", std::to_string(seed), {}});
    out.push_back({point.label, configured(sweep.study.base, all)});
  }
  return out;
}

/// Rows of one configuration with one seed.
class Curve {
 public:
  Curve(std::ostream& file, std::string name, int seed)
      : file_(file), head_(fmt::format("{},{}", name, seed)) {}
  void row(std::int64_t step, double seconds, double error) {
    last_ = fmt::format("{},{},{:.4g},{:.3e}", head_, step, seconds, error);
    file_ << last_ << std::endl;
  }
  void end(const std::string& why) {
    fmt::print("{}  {}\n", last_, why);
    std::fflush(stdout);
  }

 private:
  std::ostream& file_;
  std::string head_, last_;
};

/// Steps and measurements in turn until the stage, or the time, is over; the latter is told.
bool train_stage(BenchRun& run, double limit, double& seconds, Curve& curve, std::string& why) {
  std::int64_t next = 1;
  double since = thread_seconds();
  for (bool over = false, late = false; !over;) {
    run.step();
    why = run.present().optimizer->finished();
    late = seconds + thread_seconds() - since >= limit;
    over = late || !why.empty() || run.stage_done == run.present().parameters.steps;
    if (!over && run.stage_done < next) continue;
    next = run.stage_done + 1 + run.stage_done / 8;
    seconds += thread_seconds() - since;
    curve.row(run.done, seconds, run.measure().error());
    if (late) return false;
    since = thread_seconds();
  }
  return true;
}

void train_by_steps(BenchRun& run, double limit, Curve& curve) {
  double seconds = 0;
  std::string why;
  for (std::size_t stage = 0; stage < run.plan.stages.size(); ++stage) {
    if (stage > 0) run.begin_stage(stage);
    if (!train_stage(run, limit, seconds, curve, why)) {
      curve.end("end of the time");
      return;
    }
  }
  curve.end(why.empty() ? "all steps done" : why);
}

/// Trains to the end in a scratch folder; CPU seconds.
double train_whole(RunPlan plan, Curve& curve) {
  const ScratchFolder scratch("bench");
  Log log(true);
  const double start = thread_seconds();
  Trainer trainer(plan, scratch.path(), log, {});
  trainer.start(initial_state(plan), false);
  const Outcome outcome = trainer.run();
  const double seconds = thread_seconds() - start;
  curve.row(trainer.state().step, seconds, trainer.final_measurement().error());
  curve.end(outcome.stop_reason);
  return seconds;
}

/// The configuration with a part of its steps and nothing written on the way.
Table shortened(Table table, const std::vector<StagePlan>& stages, int halvings) {
  for (const char* key : {"validation.every", "checkpoint.every", "output.log_every"})
    apply_override(table, fmt::format("{}=1000000000", key));
  for (std::size_t i = 0; i < stages.size(); ++i)
    apply_override(table,
                   fmt::format("stage.{}.steps={}", i,
                               std::max<std::int64_t>(1, stages[i].parameters.steps >> halvings)));
  return table;
}

/// With more and more steps, from the start each time.
void train_windows(const Named& given, const BenchCatalog& catalog, int runs, double limit,
                   Curve& curve) {
  const RunPlan whole = make_plan(given.table, catalog.registry, catalog.plugins);
  for (int run = 0; run < runs; ++run) {
    const int halvings = runs - 1 - run;
    if (halvings > 0 && whole.stages[0].parameters.steps >> halvings == 0) continue;
    const Table table = shortened(given.table, whole.stages, halvings);
    RunPlan plan = make_plan(table, catalog.registry, catalog.plugins);
    if (2 * train_whole(std::move(plan), curve) > limit) return;
  }
}

void train(const Named& given, const BenchCatalog& catalog, double limit, Curve& curve) {
  const RunPlan plan = make_plan(given.table, catalog.registry, catalog.plugins);
  const bool searched = FeatureSearch::can_choose(plan.experiment);
  if (searched || plan.experiment.windows) {
    train_windows(given, catalog, searched ? 1 : rungs, limit, curve);
    return;
  }
  BenchRun run(given.table, catalog);
  try {
    train_by_steps(run, limit, curve);
  } catch (const NotFinite& error) {
    curve.end(error.what());
  }
}

int run(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: bench_optimizers OUT.csv SEEDS SECONDS FILE.toml...\n");
    return 64;
  }
  prepare_process(1);
  const BenchCatalog catalog;
  std::ofstream file(argv[1]);
  if (!file) throw std::runtime_error(fmt::format("{} cannot be written", argv[1]));
  file << "configuration,seed,step,seconds,error\n";
  for (int i = 4; i < argc; ++i)
    for (int seed = 0; seed < std::atoi(argv[2]); ++seed)
      for (const Named& given : configurations(argv[i], seed)) {
        Curve curve(file, given.name, seed);
        train(given, catalog, std::atof(argv[3]), curve);
      }
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) setenv(name, "1", 1);
  try {
    return banach::run(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
