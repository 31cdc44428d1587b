// SPDX-License-Identifier: Apache-2.0
// What trainings are compared by, whatever their weights and their loss.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/training/run_plan.hpp"
#include "core/training/run_state.hpp"
#include "core/training/validation.hpp"

namespace banach {

/// RMS of the residuals of untrained networks, by term.
using ResidualSizes = std::map<std::string, double>;

/// Residual norms and validation loss of the parameters in `fresh`, in every window; of a data set
/// the errors on its validation samples.
BANACH_API Measurement measure_untrained(const RunPlan& plan, const RunState& fresh);

/// The norms of a measurement by term: of what was held out where there is that.
BANACH_API ResidualSizes residual_sizes(const Measurement& measured);

/// The number that trials are compared by; small is good. The mean over all terms in `sizes` of the
/// residual's RMS relative to its size there (0 for a term that holds exactly, and so is none);
/// with a data set the mean relative L2 error of its outputs; for a problem with an energy, whose
/// terms have no size of their own, the validation loss. NaN where nothing can be compared.
BANACH_API double score(const Experiment& experiment, const Measurement& measured,
                        const ResidualSizes& sizes);

/// Whether the score is the validation loss, because a term is an energy.
BANACH_API bool scored_by_loss(const Experiment& experiment);

/// {"pde": 0.3, ...} and back; DataError (`origin` opens the message) for anything else.
BANACH_API nlohmann::json sizes_json(const ResidualSizes& sizes);
BANACH_API ResidualSizes read_sizes(const nlohmann::json& json, const std::string& origin);

}  // namespace banach
