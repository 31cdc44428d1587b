// SPDX-License-Identifier: Apache-2.0
// One training step of a configuration against the same step in eager PyTorch (heat_step.py), one
// thread each, alternating within one run. Prints the medians of thread CPU time and their ratio.
// Sample run: bench_step plugins/problems/heat_primer.toml /usr/bin/python3 apps/bench/heat_step.py
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "core/optimizers/enroll.hpp"
#include "core/parameters/toml.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/collocation.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/run_plan.hpp"

namespace banach {
namespace {

double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A child process that times `steps` of its own steps for each line that it is sent.
class Peer {
 public:
  explicit Peer(const std::vector<std::string>& command) {
    int down[2], up[2];
    if (pipe(down) != 0 || pipe(up) != 0) throw std::runtime_error("pipe failed");
    if (fork() == 0) {
      dup2(down[0], 0);
      dup2(up[1], 1);
      std::vector<char*> words;
      for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
      words.push_back(nullptr);
      execvp(words[0], words.data());
      _exit(127);
    }
    close(down[0]);
    close(up[1]);
    to_ = fdopen(down[1], "w");
    from_ = fdopen(up[0], "r");
  }
  double microseconds(int steps) {
    std::fprintf(to_, "%d\n", steps);
    std::fflush(to_);
    double out = 0;
    if (std::fscanf(from_, "%lf", &out) != 1) throw std::runtime_error("the peer gave no time");
    return out;
  }

 private:
  FILE *to_, *from_;
};

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
  const auto microseconds = [&](int steps) {
    const double start = thread_seconds();
    for (int i = 0; i < steps; ++i) {
      objective.set_points(points.at_step(step++));
      optimizer.step(objective, plan.stages[0].parameters.lr);
    }
    return (thread_seconds() - start) / steps * 1e6;
  };
  microseconds(100);
  std::vector<double> own, peer, ratio;
  std::unique_ptr<Peer> other;
  if (argc > 2) other = std::make_unique<Peer>(std::vector<std::string>(argv + 2, argv + argc));
  for (int round = 0; round < 15; ++round) {
    own.push_back(microseconds(200));
    if (!other) continue;
    peer.push_back(other->microseconds(200));
    ratio.push_back(peer.back() / own.back());
  }
  fmt::print("banach {:.0f} us/step", median(own));
  if (other) fmt::print("   peer {:.0f} us/step   ratio {:.2f}", median(peer), median(ratio));
  fmt::print("\n");
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
