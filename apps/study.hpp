// SPDX-License-Identifier: Apache-2.0
// What banach sweep and banach tune share: trials are `banach train` processes of this executable.
#pragma once
#include "apps/train.hpp"
#include "core/study/children.hpp"
#include "core/study/outcome.hpp"
#include "core/study/study_directory.hpp"
#include "core/study/study_file.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

struct StudyArguments {
  std::vector<std::string> words;  // FILE key=value ...
  std::string out;
  bool force = false, quiet = false;
};

/// FILE key=value, --out, --force, --quiet and the options of plugins.
void add_study_options(CLI::App& verb, StudyArguments& arguments, Context& context);

/// The plan of the base under these overrides; ConfigError with the places of the study file.
RunPlan plan_trial(const Context& context, const std::string& base,
                   const std::vector<Override>& overrides);

/// What a study is: its own table and the base under the fixed overrides.
Table study_definition(const char* kind, const Table& study, const Table& base);
/// Writes the definition into a new study's folder; compares it in one that has begun, where only
/// the keys in `free` (and time, jobs, places) may differ: else DataError with the difference,
/// unless `force`, which starts again; none of the `inputs` may lie there then.
void settle(const StudyDirectory& directory, const Table& definition,
            const std::vector<std::string>& free, bool force,
            const std::vector<std::filesystem::path>& inputs);

/// The metric in the study.toml of a folder; "" where there is none.
std::string recorded_metric(const std::filesystem::path& folder);
/// The step of the newest checkpoint of a run; -1: none yet.
std::int64_t last_step(const Folder& trials, const std::string& trial);

/// score_sizes.json of a study, once: the sizes of residuals that the scores of all its trials
/// refer to, the means over untrained networks of the base under these overrides.
void settle_sizes(const Context& context, const StudyDirectory& directory, const std::string& base,
                  const std::vector<std::vector<Override>>& points);

/// Where that file lies.
std::filesystem::path sizes_file(const StudyDirectory& directory);

/// Starts and collects trials by name.
class TrialRunner {
 public:
  TrialRunner(const Context& context, const StudyDirectory& directory, std::string base,
              std::vector<Override> fixed, bool one_thread);
  /// `banach train` with the study's sizes, or --resume where the trial's run has begun; `more`:
  /// further options.
  Command command(const std::string& trial, const std::vector<Override>& overrides,
                  std::int64_t seed, const std::vector<std::string>& more = {}) const;
  /// What came of it: the metrics of its result, or the last line that it said.
  TrialOutcome outcome(const std::string& trial, const TrialEnd& end,
                       const std::optional<double>& timeout) const;
  /// `banach train BASE ... --seed N` for a person to type.
  std::string again(const std::vector<Override>& overrides, std::int64_t seed) const;

 private:
  std::vector<std::string> words(const std::vector<Override>& overrides, std::int64_t seed) const;

  const Context& context_;
  const StudyDirectory& directory_;
  std::string base_;
  std::vector<Override> fixed_;
  bool one_thread_;
};

/// The exit code for a trial that failed.
int failure_code(const TrialOutcome& outcome);

TrialLimits limits_of(const StudyParameters& study);

}  // namespace banach
