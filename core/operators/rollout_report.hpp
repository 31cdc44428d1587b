// SPDX-License-Identifier: Apache-2.0
// Errors of an operator that goes on from its own predictions.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/training/run_plan.hpp"

namespace banach {

/// From the first window of every trajectory over [evaluate] rollout windows (0, or more than there
/// are: as many as the shortest trajectory with a window holds), each fed with the predictions of
/// the one before:
/// {"steps": times between the last one given and the last one of each window,
///  "relative_l2": mean over trajectories and outputs of ||u - v|| / ||v||, over all channels and
///                 points of an output,
///  "nrmse": mean over trajectories and channels of sqrt(mean (u - v)^2 / mean v^2),
///  "trajectories": their number}
/// of states u and v, also where targets are differences. null where windows do not follow from
/// each other, or their steps of time differ; `data` describes the data set, the network is that of
/// the plan.
BANACH_API nlohmann::json rollout_report(const RunPlan& plan, const OperatorData& data,
                                         const Dataset& dataset, Split split, const Bank& bank);

}  // namespace banach
