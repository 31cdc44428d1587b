// SPDX-License-Identifier: Apache-2.0
// What a training takes for granted of its data, looked at before it begins.
#pragma once
#include "core/training/run_plan.hpp"

namespace banach {

struct DataFindings {
  std::vector<std::string> notices;
  std::vector<std::string> faults;  // what makes results meaningless
};

/// Uneven points of grids and of losses, uneven times of windows, roll-outs over them, data outside
/// the problem's domain, test sets that the operator cannot be given. Opens the test sets.
BANACH_API DataFindings look_at_data(const RunPlan& plan);

/// The notices; DataError with the first fault, or, for a run that is resumed, its text as one more
/// notice.
BANACH_API std::vector<std::string> data_notices(const RunPlan& plan, bool resumed);

}  // namespace banach
