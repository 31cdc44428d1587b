// SPDX-License-Identifier: Apache-2.0
// What came of trials: one row each, and the mean and spread over the repeats of a point.
#pragma once
#include <map>
#include <nlohmann/json.hpp>

#include "banach/export.hpp"

namespace banach {

using Metrics = std::vector<std::pair<std::string, double>>;

/// The numbers of a result.json by the names that metrics.csv uses: u.mae, u.relative_l2,
/// u.max_error, residual.pde, held_out.sensors, coefficient.k, score, validation_loss,
/// steps, train_seconds.
BANACH_API Metrics metrics_of(const nlohmann::json& result);

/// How a trial ended.
struct TrialOutcome {
  std::int64_t point = 0, seed = 0;
  std::string state;  // "complete", "failed", "pruned"
  int code = 0;
  std::string error;
  Metrics metrics;

  bool complete() const { return state == "complete"; }
  /// Whether the machine took it (a full disk, a folder in use) or it saved to be gone on with:
  /// then it is trained on when the study is continued.
  BANACH_API bool lost() const;
  /// The metric of that name, or NaN.
  double metric(const std::string& name) const;
};
/// "799 of 800 trials failed" of a study that cannot count as done, since more than half of them
/// did; "" of all others.
BANACH_API std::string mostly_failed(const std::vector<TrialOutcome>& outcomes);
/// {"type": "end", "point", "seed", "state", "code", "error", "metrics"} and back; DataError where
/// something is missing.
BANACH_API nlohmann::json to_json(const TrialOutcome& outcome);
BANACH_API TrialOutcome to_outcome(const nlohmann::json& record);

/// The last line that says something of a text; "" if there is none.
BANACH_API std::string last_line(const std::string& text);

struct Spread {
  std::size_t count = 0;
  double mean = 0, deviation = 0, min = 0, max = 0;  // deviation: of the sample, 0 for one value
};
/// Of the finite values.
BANACH_API Spread spread_of(const std::vector<double>& values);

/// How a point is called, and the values of the keys that vary.
struct PointLabel {
  std::string text;
  std::map<std::string, std::string> values;
};
struct BANACH_API SweepTable {
  std::vector<std::string> keys;
  std::vector<PointLabel> points;
  std::vector<TrialOutcome> outcomes;  // in any order; those of a point by seed in the tables

  /// For people: errors, steps and time of every point.
  std::string text() const;
  /// One row per trial.
  std::string trials_csv() const;
  /// One row per point.
  std::string summary_csv() const;
};

/// A value in TOML as a cell of a CSV file; texts lose their quotes.
BANACH_API std::string csv_value(const std::string& toml);

}  // namespace banach
