// SPDX-License-Identifier: Apache-2.0
// Whether a trial is worth going on with, by what it and the others reported on the way.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "banach/parameters.hpp"

namespace banach {

struct PrunerParameters {
  std::string type = "none";
  std::int64_t startup = 5, warmup = 0;          // median
  std::int64_t reduction = 4, min_resource = 0;  // asha
};
BANACH_API void describe(Schema<PrunerParameters>& s);

/// What one trial reported: (step, value), steps rising.
struct TrialReports {
  std::vector<std::pair<std::int64_t, double>> values;
  bool complete = false;  // ran to its end: neither pruned nor failed nor running
};

/// True when the trial should end at its last report. `others`: all other trials so far. A value
/// that is not finite is worse than every number.
/// median: the best value so far is worse than the median of the complete trials at this step
/// (never before `startup` of them, nor at or before step `warmup`).
/// asha: at the steps min_resource * reduction^k (min_resource 0: the first step that any trial
/// reported) only the best 1/reduction of all trials that came so far go on (Li et al., "A system
/// for massively parallel hyperparameter tuning", MLSys 2020).
BANACH_API bool should_prune(const PrunerParameters& parameters, const TrialReports& trial,
                             const std::vector<TrialReports>& others);

}  // namespace banach
