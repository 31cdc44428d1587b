// SPDX-License-Identifier: Apache-2.0
// The state of a search, all of it from its journal: what was tried, what came of it, what next.
#pragma once
#include "banach/stream.hpp"
#include "core/study/journal.hpp"
#include "core/study/outcome.hpp"
#include "core/study/pruner.hpp"
#include "core/study/space.hpp"

namespace banach {

struct SearchTrial {
  std::int64_t number = 0, seed = 0;
  std::vector<double> point;
  TrialReports reports;
  TrialOutcome outcome;
  double value = 0;  // of a complete trial: finite
  bool ended = false;
};

struct SearchSettings {
  Space space;
  std::string sampler = "tpe";
  PrunerParameters pruner;
  std::string metric = "score";
  std::uint64_t seed = 0;
};

/// Trials are numbered from 0; everything about trial k is drawn from hash(seed, k), so that one
/// trial after the other gives the same search again.
class BANACH_API Search {
 public:
  /// Goes on where the journal ends. DataError when it is of another space.
  Search(SearchSettings settings, Journal& journal);

  /// The point of the next trial, recorded as begun.
  const SearchTrial& begin();
  /// A value that a running trial reported; steps that were reported before change nothing. True
  /// when the trial should end.
  bool report(std::int64_t number, std::int64_t step, double value);
  /// Records the end of a trial: "complete" becomes "pruned" when it was to end, "failed" when its
  /// metric is missing or not finite.
  void end(std::int64_t number, TrialOutcome outcome);

  const std::vector<SearchTrial>& trials() const { return trials_; }
  /// Those that had begun and not ended.
  std::vector<std::int64_t> open() const;
  /// Of all trials that ended.
  std::vector<TrialOutcome> outcomes() const;
  /// The complete trial with the smallest value; null: none yet.
  const SearchTrial* best() const;
  /// trial, state, value, seed, one column per hyperparameter, steps, code, error.
  std::string csv() const;

 private:
  std::vector<double> suggest(std::int64_t number) const;
  std::vector<double> suggest_by_order(const Stream& stream) const;
  void read(const nlohmann::json& record);
  SearchTrial& trial(std::int64_t number);

  SearchSettings settings_;
  Journal& journal_;
  std::vector<SearchTrial> trials_;
  std::vector<char> pruned_;
};

}  // namespace banach
