// SPDX-License-Identifier: Apache-2.0
// Errors of a trained operator in all ways that its data set allows.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/operators/data_match.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

struct OperatorReportOptions {
  Split split = Split::test;
  bool details = true;                                  // metrics, baselines, further test sets
  std::map<std::string, std::int64_t> resolution;       // points along axes; "": along every axis
  std::function<void(const std::string&)> notice = {};  // told what is done to other files
};

/// {"unknowns": {"u": {"mae", "relative_l2", "max_error"}}, "split", "samples", "resolution",
/// "metrics", "baselines": {"mean of the training outputs": {"u": ...}}, "tests": {"res256": ...}},
/// a test set on points that the operator cannot be given has the reason, "refused";
/// with windows that follow from each other also "rollout" (rollout_report()).
/// relative_l2 as in OperatorErrors.
BANACH_API nlohmann::json operator_report(const RunPlan& plan, const std::vector<Bank>& banks,
                                          const OperatorReportOptions& options);

/// The data set of other files of the plan, as its network can be given it: match_data().
BANACH_API MatchedData match_elsewhere(const RunPlan& plan, const DatasetParameters& parameters,
                                       const Dataset& dataset, const std::string& origin);

/// The parameters of the same data set at another number of points per axis: another subsampling.
/// ConfigError where the file's own points are no multiple.
BANACH_API DatasetParameters at_resolution(const DatasetParameters& parameters,
                                           const std::map<std::string, std::int64_t>& points);

}  // namespace banach
