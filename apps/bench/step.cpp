// SPDX-License-Identifier: Apache-2.0
// One training step of a configuration against the same step of another program, such as
// heat_step.py in eager PyTorch, one thread each, alternating within one run: medians of thread CPU
// time and of the ratio in each round. With `threads=N` instead: wall time on one thread against N.
// Sample run:
//   bench_step plugins/problems/heat_primer.toml sampling.points=64 -- python3
//   apps/bench/heat_step.py
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "apps/bench/peer.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/parameters/toml.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/collocation.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/run_plan.hpp"

namespace banach {
namespace {

/// The training step of a configuration's first stage.
class Step {
 public:
  explicit Step(Table table) : plugins_(registry_, true) {
    enroll_samplers(registry_);
    enroll_schedules(registry_);
    enroll_optimizers(registry_);
    plugins_.discover({});
    plan_ = std::make_unique<RunPlan>(make_plan(table, registry_, plugins_));
    const auto options = at::TensorOptions(plan_->stages[0].dtype);
    std::vector<double> parameters, buffers;
    initialise(plan_->experiment.network->layout, plan_->seed, parameters, buffers);
    objective_ =
        std::make_unique<ResidualObjective>(plan_->experiment, plan_->weights, plan_->derivatives,
                                            at::tensor(parameters, at::kDouble).to(options),
                                            at::tensor(buffers, at::kDouble).to(options));
    points_ = std::make_unique<Collocation>(plan_->experiment, plan_->stages[0].sampling,
                                            plan_->seed, options);
  }
  void operator()() {
    const StagePlan& stage = plan_->stages[0];
    objective_->set_points(points_->at_step(number_++));
    stage.optimizer->step(*objective_,
                          stage.parameters.lr.value_or(stage.optimizer->default_rate()));
  }

 private:
  Registry registry_;
  PluginManager plugins_;
  std::unique_ptr<RunPlan> plan_;
  std::unique_ptr<ResidualObjective> objective_;
  std::unique_ptr<Collocation> points_;
  std::int64_t number_ = 0;
};

/// Wall time of a step on one thread and on `threads`, alternating.
void compare_threads(Step& step, int threads) {
  const auto microseconds = [&](int n) {
    at::set_num_threads(n);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) step();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
               .count() /
           100;
  };
  microseconds(threads);
  std::vector<double> one, many, ratio;
  for (int round = 0; round < 25; ++round) {
    one.push_back(microseconds(1));
    many.push_back(microseconds(threads));
    ratio.push_back(one.back() / many.back());
  }
  const auto best = [](const std::vector<double>& v) {
    return *std::min_element(v.begin(), v.end());
  };
  fmt::print(
      "one thread {:.0f} us/step (best {:.0f})   {} threads {:.0f} us/step (best {:.0f})   ratio "
      "{:.2f} "
      "(of the best {:.2f})\n",
      median(one), best(one), threads, median(many), best(many), median(ratio),
      best(one) / best(many));
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) {
    fmt::print(stderr,
               "usage: bench_step CONFIG.toml [KEY=VALUE...] [threads=N | -- PEER COMMAND...]\n");
    return 64;
  }
  Table table = load_configuration(words[0]);
  const auto peer = std::find(words.begin() + 1, words.end(), "--");
  int threads = 1;
  for (auto word = words.begin() + 1; word != peer; ++word)
    if (word->rfind("threads=", 0) == 0)
      threads = std::stoi(word->substr(8));
    else
      apply_override(table, *word);
  at::set_num_threads(threads);
  Step step(std::move(table));
  if (threads > 1)
    compare_threads(step, threads);
  else
    compare(std::ref(step), {peer == words.end() ? peer : peer + 1, words.end()}, 15, 100);
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  try {
    return banach::run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
