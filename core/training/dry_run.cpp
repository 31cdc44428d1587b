// SPDX-License-Identifier: Apache-2.0
#include "core/training/dry_run.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/operators/operator_objective.hpp"
#include "core/training/collocation.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/problem_notices.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/windows.hpp"

namespace banach {
namespace {

std::string shape_text(const at::Tensor& t) {
  std::vector<std::string> parts;
  for (const auto n : t.sizes()) parts.push_back(std::to_string(n));
  return "[" + join(parts) + "]";
}

// Every layer's output is kept once per plane for the way back, and about as much again for it.
double megabytes(const RunPlan& plan, std::int64_t points, int planes, std::size_t bytes) {
  std::int64_t widths = 0;
  for (const auto& slot : plan.experiment.network->layout.slots())
    if (slot.shape.size() == 2) widths += slot.shape[1];
  const double activations = 4.0 * static_cast<double>(points * planes * widths);
  const double vectors = 5.0 * static_cast<double>(plan.experiment.network->layout.parameters());
  return (activations + vectors) * static_cast<double>(bytes) / 1e6;
}

std::string shapes_text(const OperatorData& data) {
  std::string out;
  for (const auto& v : data.info.variables) {
    std::vector<std::string> shape{"samples", std::to_string(v.channels.size())};
    for (const auto& axis : v.axes)
      shape.push_back(fmt::format("{} {}", data.info.axis(axis)->size, axis));
    out += fmt::format("{:<16}[{}]\n", v.name, join(shape));
  }
  return out;
}

// All that can be told of a data set that does not exist yet.
std::string without_numbers(const RunPlan& plan) {
  const Layout& layout = plan.experiment.network->layout;
  std::int64_t steps = 0;
  for (const auto& s : plan.stages) steps += s.parameters.steps;
  return shapes_text(*plan.experiment.data) +
         fmt::format(
             "parameters: {} learnable, {} fixed\n{} steps, on {}\n{}; no step was taken, "
             "nothing was written\n",
             layout.parameters(), layout.buffers(), steps, plan.device.str(), plan.not_generated);
}

// One step on a batch of the data set.
std::string dry_run_data(RunPlan& plan) {
  if (!plan.not_generated.empty()) return without_numbers(plan);
  const StagePlan& stage = plan.stages.front();
  const auto options = at::TensorOptions(stage.dtype).device(plan.device);
  const RunState state = initial_state(plan);
  OperatorObjective objective(plan, 0, state.parameters.to(options), state.buffers.to(options));
  objective.begin_step(plan.seed, 0, 0);
  const double loss = stage.optimizer->step(objective, *stage.parameters.lr).item<double>();
  std::string out = shapes_text(*plan.experiment.data);
  const at::Tensor losses = objective.term_losses().cpu();
  for (std::size_t i = 0; i < objective.term_names().size(); ++i)
    out += fmt::format("{:<16}{:>12.4e}  weight {:g}\n", objective.term_names()[i],
                       losses.data_ptr<double>()[i], plan.loss_weight(objective.term_names()[i]));
  for (const auto& p : plan.dataset()->plan())
    out += fmt::format("{}: {}, {}\n", p.variable, p.layout, p.reason);
  const Layout& layout = plan.experiment.network->layout;
  std::int64_t steps = 0;
  for (const auto& s : plan.stages) steps += s.parameters.steps;
  return out + fmt::format(
                   "parameters: {} learnable, {} fixed\nloss {:.6e}; {} steps, on {}; "
                   "nothing was written\n",
                   layout.parameters(), layout.buffers(), loss, steps, plan.device.str());
}

std::string dry_run_function(RunPlan& plan) {
  const StagePlan& stage = plan.stages.front();
  const auto options = at::TensorOptions(stage.dtype).device(plan.device);
  const RunState state = initial_state(plan);
  const Experiment experiment =
      plan.experiment.windows ? make_window(plan.experiment, 0, {}) : plan.experiment;
  std::vector<double> weights;
  std::vector<SamplingChoice> choices;
  for (const auto& term : experiment.terms) {
    weights.push_back(plan.weight(term.term.name));
    choices.push_back(plan.choice(stage, term.term.name));
  }
  ResidualObjective objective(experiment, weights, plan.derivatives, state.parameters.to(options),
                              state.buffers.to(options));
  Collocation points(experiment, choices, plan.seed, options);
  objective.set_points(points.at_step(0));
  const auto values = objective.evaluate();
  const double loss = stage.optimizer->step(objective, *stage.parameters.lr).item<double>();
  const Layout& layout = plan.experiment.network->layout;
  std::string out = fmt::format("{:<16}{:>8}  {:<14}{:>12}  {}\n", "term", "points", "residual",
                                "loss", "weight");
  const at::Tensor losses = objective.term_losses().cpu();
  for (std::size_t i = 0; i < values.size(); ++i)
    out += fmt::format("{:<16}{:>8}  {:<14}{:>12.4e}  {:g}\n", experiment.terms[i].term.name,
                       points.rows(i), shape_text(values[i]), losses.data_ptr<double>()[i],
                       weights[i]);
  for (const auto& slot : layout.slots()) {
    std::vector<std::string> shape;
    for (const auto n : slot.shape) shape.push_back(std::to_string(n));
    out += fmt::format("  {} [{}]{}\n", slot.name, join(shape), slot.trainable ? "" : " fixed");
  }
  out += fmt::format("parameters: {} learnable, {} fixed\n", layout.parameters(), layout.buffers());
  out += fmt::format("points per step: {}\nderivative planes: {}\n", points.total(),
                     objective.planes());
  out += fmt::format(
      "memory: about {:.1f} MB beside LibTorch\n",
      megabytes(plan, points.total(), objective.planes(), c10::elementSize(stage.dtype)));
  std::int64_t steps = 0;
  for (const auto& s : plan.stages) steps += s.parameters.steps;
  steps *= window_count(plan.experiment);
  return out + fmt::format("loss {:.6e}; {} steps in {} stage{}{}, on {}; nothing was written\n",
                           loss, steps, plan.stages.size(), plan.stages.size() == 1 ? "" : "s",
                           plan.experiment.windows
                               ? fmt::format(" of {} windows", window_count(plan.experiment))
                               : "",
                           plan.device.str());
}

}  // namespace

std::string dry_run(RunPlan& plan) try {
  std::string out;
  for (const auto& notice : problem_notices(plan.experiment)) out += "warning: " + notice + "\n";
  return out + (plan.experiment.data ? dry_run_data(plan) : dry_run_function(plan));
} catch (const NotFinite& error) {
  throw Error(Exit::diverged, std::string("the first step: ") + error.what());
}

}  // namespace banach
