// SPDX-License-Identifier: Apache-2.0
// result.json: what a finished run has found.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/training/trainer.hpp"

namespace banach {

/// Stable keys: name, run, unknowns.<name>.{mae,relative_l2,max_error}, terms.<name>.rms,
/// held_out.<name>.rms, baselines.<method>.<unknown>.{mae,relative_l2,max_error},
/// coefficients.<name>.{value,truth}, validation_loss, score (score.hpp), warnings (closing.hpp),
/// steps, train_seconds, stop_reason, best_step.
BANACH_API nlohmann::json result_json(const RunPlan& plan, Trainer& trainer, const Outcome& outcome,
                                      const std::string& run);
/// The same for people: errors as a table, then terms, stop reason, folder and time.
BANACH_API std::string result_text(const nlohmann::json& result);

}  // namespace banach
