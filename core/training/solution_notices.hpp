// SPDX-License-Identifier: Apache-2.0
// What a result says where nobody knows the right solution.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/training/run_plan.hpp"

namespace banach {

/// A sentence where the trained solution is constant, or comes to rest for most of the axis of its
/// initial condition, with the state and whether the equations hold there; else empty.
BANACH_API std::string constant_notice(const Experiment& experiment, const std::vector<Bank>& banks,
                                       Derivatives derivatives);

/// Into a result with errors in "unknowns": "error_known", and "notices" where there are any.
void add_solution_notices(nlohmann::json& result, const RunPlan& plan,
                          const std::vector<Bank>& banks);
/// The lines of both; empty for a result without the fields.
std::string solution_notices_text(const nlohmann::json& result);

}  // namespace banach
