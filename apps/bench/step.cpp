// SPDX-License-Identifier: Apache-2.0
// One training step of a configuration against the same step in eager PyTorch (heat_step.py), one
// thread each, alternating within one run. Prints the medians of thread CPU time and their ratio.
// Sample run: bench_step plugins/problems/heat_primer.toml /usr/bin/python3 apps/bench/heat_step.py
#include <ATen/Parallel.h>
#include <fmt/format.h>

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

int run(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_step CONFIG.toml [PEER COMMAND...]\n");
    return 64;
  }
  at::set_num_threads(1);
  Registry registry;
  enroll_samplers(registry);
  enroll_schedules(registry);
  enroll_optimizers(registry);
  PluginManager plugins(registry, true);
  plugins.discover({});
  RunPlan plan = make_plan(load_configuration(argv[1]), registry, plugins);
  const auto options = at::TensorOptions(plan.stages[0].dtype);
  std::vector<double> parameters, buffers;
  initialise(plan.experiment.network->layout, plan.seed, parameters, buffers);
  ResidualObjective objective(plan.experiment, plan.weights, plan.derivatives,
                              at::tensor(parameters, at::kDouble).to(options),
                              at::tensor(buffers, at::kDouble).to(options));
  Collocation points(plan.experiment, plan.stages[0].sampling, plan.seed, options);
  Optimizer& optimizer = *plan.stages[0].optimizer;
  std::int64_t step = 0;
  const auto one = [&] {
    objective.set_points(points.at_step(step++));
    optimizer.step(objective, *plan.stages[0].parameters.lr);
  };
  compare(one, {argv + 2, argv + argc}, 25, 40);
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  setenv("OMP_NUM_THREADS", "1", 1);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  try {
    return banach::run(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
