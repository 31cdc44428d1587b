// SPDX-License-Identifier: Apache-2.0
// What a stage minimises and what measures it, with and without a data set.
#include "core/operators/operator_objective.hpp"
#include "core/operators/operator_validation.hpp"
#include "core/training/feature_search.hpp"
#include "core/training/trainer.hpp"

namespace banach {

void Trainer::make_objective() {
  const StagePlan& now = stage();
  const auto options = options_of(now);
  const at::Tensor parameters = state_.parameters.to(options), buffers = state_.buffers.to(options);
  if (experiment_->data) {
    auto objective = std::make_unique<OperatorObjective>(plan_, state_.stage, parameters, buffers);
    note_executor(objective->not_fused_because());
    objective_ = std::move(objective);
    return;
  }
  const std::string& executor = plan_.configuration.executor;
  auto objective = std::make_unique<ResidualObjective>(*experiment_, weights(), plan_.derivatives,
                                                       parameters, buffers, executor != "tensor");
  auto* const residuals = objective.get();
  note_executor(residuals->not_fused_because());
  objective_ = std::move(objective);
  auto frozen = banks();
  frozen.erase(frozen.begin());
  residuals->set_frozen(std::move(frozen));
  collocation_ = std::make_unique<Collocation>(collocation_of(now, plan_.seed));
  collocation_->set_spacing(state_.spacing);
  residuals->set_points(collocation_->at_step(state_.step));
}

void Trainer::note_executor(const std::string& why) {
  if (why.empty()) return;
  if (plan_.configuration.executor == "fused")
    throw ConfigError("executor: the fused executor cannot evaluate " + why +
                      "; say executor = \"auto\"");
  log_.note("the tensor executor evaluates the residuals, because the fused one cannot evaluate " +
            why);
}

// Before the first step of every window.
void Trainer::search_features() {
  if (state_.stage != 0 || state_.stage_step != 0 || !FeatureSearch::can_choose(*experiment_))
    return;
  const auto options = options_of(stage());
  auto frozen = banks_of(state_, plan_.device);
  frozen.pop_back();
  for (auto& bank : frozen) bank = {bank.parameters.to(options), bank.buffers.to(options)};
  std::vector<double> parameters, buffers;
  initialise(experiment_->network->layout, plan_.seed, parameters, buffers);
  const auto tensor = [&](const std::vector<double>& numbers) {
    return at::tensor(numbers, at::TensorOptions(at::kDouble)).to(options);
  };
  FeatureSearch search({*experiment_, plan_.experiment.domain, weights(), plan_.derivatives, frozen,
                        collocation_of(stage(), plan_.seed),
                        collocation_of(stage(), plan_.seed ^ 0x68656c646f7574ull),
                        tensor(parameters), tensor(buffers),
                        Stream(plan_.seed, "draw", static_cast<std::uint64_t>(state_.window)),
                        state_.draw, plan_.configuration.executor != "tensor"});
  const auto found = search.run();
  if (!found) return;
  state_.parameters = found->parameters.cpu(), state_.buffers = found->buffers.cpu();
  state_.draw = found->draw, state_.spacing = found->spacing;
  log_.note(found->report);
}

std::unique_ptr<Measurer> Trainer::make_validation(bool final_one) const {
  const auto& c = plan_.configuration;
  const Experiment& experiment = final_one ? plan_.experiment : *experiment_;
  if (experiment.data)
    return std::make_unique<OperatorValidation>(plan_, final_one ? Split::test : Split::validation,
                                                options_of(stage()));
  const auto& counts = final_one || c.validation.grid.empty() ? c.evaluate.grid : c.validation.grid;
  return std::make_unique<Validation>(
      experiment, plan_.derivatives, make_grid(experiment.domain, counts), c.validation.points,
      final_one ? plan_.weights : weights(), plan_.seed, options_of(stage()));
}

}  // namespace banach
