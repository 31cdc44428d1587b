// SPDX-License-Identifier: Apache-2.0
// One training step of an operator that learns from an equation against the same step in eager
// PyTorch (zcs_step.py), one thread each, alternating within one run. First it checks that both
// have the same loss for the same parameters, functions and points. Prints the medians of thread
// CPU time and their ratio. malloc of the peer is set like our own, or left at its defaults.
// Sample run: bench_physics apps/bench/physics_deeponet.toml /usr/bin/python3
// apps/bench/zcs_step.py or: bench_physics --malloc=default ...; bench_physics --executor=tensor
// ...
#include <torch/types.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "apps/bench/peer.hpp"
#include "core/operators/operator_objective.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/scratch_folder.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/environment.hpp"
#include "core/training/run_plan.hpp"

namespace banach {
namespace {

void write(std::ofstream& file, const at::Tensor& t) {
  const at::Tensor numbers = t.detach().to(at::kFloat).contiguous();
  file.write(static_cast<const char*>(numbers.data_ptr()), 4 * numbers.numel());
}

// Slots of the trunk, the branch and what is left, each in the order of its layers.
void write_parameters(std::ofstream& file, const Layout& layout, const at::Tensor& parameters) {
  for (const std::string part : {"trunk.", "branch.", ""})
    for (const Slot& slot : layout.slots()) {
      const bool other = slot.name.rfind("trunk.", 0) != 0 && slot.name.rfind("branch.", 0) != 0;
      if (slot.trainable && (part.empty() ? other : slot.name.rfind(part, 0) == 0))
        write(file, parameters.narrow(0, slot.offset, slot.size));
    }
}

// What the first step of a run works on: functions, points, sources, parameters.
void write_step(const std::string& path, const RunPlan& plan, const Bank& bank) {
  const StagePlan& stage = plan.stages[0];
  const auto options = at::TensorOptions(stage.dtype);
  const std::uint64_t seed = Stream(plan.seed, "batches", 0).bits(0);
  Loader loader(plan.dataset(), Split::train, stage.parameters.batch, seed, NumberType::float32);
  Collocation points(plan.experiment, stage.sampling, plan.seed, options);
  const OperatorNetwork network(plan.experiment, plan.derivatives, Phase::training, options);
  const OperatorBatch batch = network.scaled(loader.batch(0).arrays, stage.parameters.batch);
  const PointSet set = network.filled(batch, points.at_step(0))[0];
  std::ofstream file(path, std::ios::binary);
  write(file, set.functions.begin()->second);
  write(file, set.points);
  write(file, set.given.begin()->second({}).squeeze(-1));
  write_parameters(file, plan.experiment.network->layout, bank.parameters);
}

void check(OperatorObjective& objective, const RunPlan& plan, std::vector<std::string> command) {
  objective.begin_step(plan.seed, 0, 0);
  const double own = objective.value().item<double>();
  command.push_back("--loss");
  const double other = Peer(command).microseconds(1);
  fmt::print("loss {:.6g}   of the peer {:.6g}\n", own, other);
  if (std::abs(own - other) > 1e-4 * std::abs(own))
    throw std::runtime_error("the peer computes something else");
}

int run(const std::string& executor, const std::vector<std::string>& words) {
  prepare_process(1);
  Registry registry;
  enroll_samplers(registry);
  enroll_schedules(registry);
  enroll_optimizers(registry);
  PluginManager plugins(registry, true);
  plugins.discover({});
  Table configuration = load_configuration(words[0]);
  configuration.set("executor", executor);
  const RunPlan plan = make_plan(configuration, registry, plugins);
  const auto options = at::TensorOptions(plan.stages[0].dtype);
  std::vector<double> parameters, buffers;
  initialise(plan.experiment.network->layout, plan.seed, parameters, buffers);
  const Bank bank{at::tensor(parameters, at::kDouble).to(options),
                  at::tensor(buffers, at::kDouble).to(options)};
  OperatorObjective objective(plan, 0, bank.parameters, bank.buffers);
  std::vector<std::string> command(words.begin() + 1, words.end());
  const ScratchFolder scratch("bench");
  if (!command.empty() && !serves(command)) {
    write_step(command.emplace_back(scratch.path() / "step.bin"), plan, bank);
    check(objective, plan, command);
  }
  Optimizer& optimizer = *plan.stages[0].optimizer;
  std::int64_t step = 0;
  const auto one = [&] {
    objective.begin_step(plan.seed, step, step);
    optimizer.step(objective, *plan.stages[0].parameters.lr);
    objective.end_step();
    ++step;
  };
  compare(one, command, 11, 20);
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) setenv(name, "1", 1);
  std::vector<std::string> words(argv + 1, argv + argc);
  std::string executor = "auto";
  bool tuned = true;
  while (!words.empty() && words[0].rfind("--", 0) == 0) {
    if (words[0] == "--malloc=default") tuned = false;
    if (words[0].rfind("--executor=", 0) == 0) executor = words[0].substr(11);
    words.erase(words.begin());
  }
  if (words.empty()) {
    fmt::print(stderr, "usage: bench_physics [--malloc=default] CONFIG.toml [PEER COMMAND...]\n");
    return 64;
  }
  if (tuned) {  // what prepare_process() sets here, for the peer
    setenv("MALLOC_MMAP_THRESHOLD_", "1073741824", 1);
    setenv("MALLOC_TRIM_THRESHOLD_", "1073741824", 1);
    setenv("MALLOC_TOP_PAD_", "67108864", 1);
  }
  try {
    return banach::run(executor, words);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
