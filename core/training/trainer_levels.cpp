// SPDX-License-Identifier: Apache-2.0
// Stages that train one level of the architecture.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/training/initial_state.hpp"
#include "core/training/last_layer.hpp"
#include "core/training/levels.hpp"
#include "core/training/trainer.hpp"

namespace banach {
namespace {

// Back to what a fresh run has: parameters as drawn, amplitude zero.
void reset_level(const RunPlan& plan, std::int64_t number, RunState& state) {
  const Network& network = *plan.experiment.network;
  std::vector<double> parameters, buffers;
  initialise(network.layout, plan.seed, parameters, buffers);
  const at::Tensor fresh = at::tensor(parameters, at::TensorOptions(at::kDouble));
  at::NoGradGuard no_grad;
  state.parameters = state.parameters.clone(), state.buffers = state.buffers.clone();
  for (const auto& [offset, size] : level_parameters(network, number))
    state.parameters.narrow(0, offset, size).copy_(fresh.narrow(0, offset, size));
  const Level level = network.architecture->levels()[static_cast<std::size_t>(number - 1)];
  const Slot& amplitude = network.layout.slots()[static_cast<std::size_t>(level.amplitude)];
  state.buffers.narrow(0, amplitude.offset, amplitude.size).zero_();
}

}  // namespace

// A level begins with the first stage of every window that names it; until then it is zero.
void Trainer::begin_level() {
  state_.loss_factor = 1;
  const auto levels = experiment_->network->architecture->levels();
  for (std::int64_t k = 1; k <= static_cast<std::int64_t>(levels.size()); ++k) {
    const auto first = std::find_if(
        plan_.stages.begin(), plan_.stages.end(),
        [k](const StagePlan& stage) { return stage.parameters.level == std::optional(k); });
    if (levels[static_cast<std::size_t>(k - 1)].amplitude < 0 || first == plan_.stages.end())
      continue;
    const auto begins = first - plan_.stages.begin();
    if (state_.stage == 0 && state_.window > 0) reset_level(plan_, k, state_);
    if (begins == state_.stage) add_level(k);
  }
}

void Trainer::add_level(std::int64_t level) {
  const auto options = options_of(stage());
  auto frozen = banks_of(state_, plan_.device);
  frozen.pop_back();
  for (auto& bank : frozen) bank = {bank.parameters.to(options), bank.buffers.to(options)};
  Collocation points = collocation_of(stage(), plan_.seed);
  points.set_spacing(state_.spacing);
  const StartedLevel found = start_level(
      {*experiment_, level, weights(), plan_.derivatives, frozen, points.at_step(state_.step),
       state_.parameters.to(options), state_.buffers.to(options), Stream(plan_.seed, "level"),
       plan_.configuration.executor != "tensor"});
  state_.parameters = found.parameters.cpu(), state_.buffers = found.buffers.cpu();
  log_.note(found.report);
}

// What optimizers work on: the objective, one level of it, and of that all but the last layer.
void Trainer::narrow(bool resumed) {
  const StageParameters& p = stage().parameters;
  partial_.reset();
  projected_.reset();
  const Network& network = *plan_.experiment.network;
  const Ranges part = p.level ? level_parameters(network, *p.level) : Ranges{};
  if (p.level) {
    if (!resumed) state_.loss_factor = factor_to_one(objective_->value().item<double>());
    partial_ = std::make_unique<PartialObjective>(*objective_, part, state_.loss_factor);
  }
  if (p.clip && partial_) partial_->set_clip(p.clip->norm, p.clip->value);
  if (p.clip && !partial_) objective_->set_clip(p.clip->norm, p.clip->value);
  if (!p.variable_projection) return;
  const Ranges layer = last_layer(network, part);
  projected_ = partial_ ? std::make_unique<ProjectedObjective>(*partial_, within(layer, part))
                        : std::make_unique<ProjectedObjective>(*objective_, layer);
}

Objective& Trainer::minimised() {
  if (projected_) return *projected_;
  return partial_ ? static_cast<Objective&>(*partial_) : *objective_;
}

// The parameters of the objective are those at which the optimizer has arrived.
void Trainer::settle() {
  if (projected_) projected_->settle();
  if (!partial_) return;
  partial_->settle();
  loss_ = partial_->true_loss(loss_);
}

// What to know of the losses that an optimizer mentions.
std::string Trainer::seen_as() const {
  if (!partial_ || state_.loss_factor == 1) return "";
  return fmt::format(" (of the loss times {:.2g})", state_.loss_factor);
}

}  // namespace banach
