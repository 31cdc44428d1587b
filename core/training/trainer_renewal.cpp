// SPDX-License-Identifier: Apache-2.0
// Runs that were saved when losses of data were pooled in the outputs' own units.
#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "core/training/trainer.hpp"

namespace banach {

bool pools_outputs(const RunState& state, const RunPlan& plan) {
  return plan.experiment.data && !state.scales.defined();
}

std::string renewal_text() {
  return "the run was saved when losses pooled all outputs in their own units; it continues with "
         "losses per output on scaled values, and its best checkpoint is measured again";
}

void Trainer::renew_measures() {
  state_.scales = plan_.experiment.normaliser.numbers();
  state_.best.reset(), state_.plateau_best.reset();
  state_.plateau_step = state_.step;
  std::vector<double> seen = stage().schedule->state();
  if (stage().parameters.schedule.type == "plateau" && !seen.empty()) {
    seen[0] = std::numeric_limits<double>::infinity();
    stage().schedule->restore(seen);
  }
  if (!checkpoints_.has_best()) return;
  const auto best = checkpoints_.load_best();
  const RunState then = to_state(best.container, best.path.string());
  const auto options = options_of(stage());
  const double loss =
      validation_->measure({{then.parameters.to(options), then.buffers.to(options)}}).loss;
  if (std::isfinite(loss)) state_.best = loss, state_.best_step = then.step;
}

}  // namespace banach
