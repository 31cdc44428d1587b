// SPDX-License-Identifier: Apache-2.0
// The training loop: stages of steps, records on the way, a state that can be saved between any
// two.
#pragma once
#include <functional>

#include "core/optimizers/partial_objective.hpp"
#include "core/optimizers/projected_objective.hpp"
#include "core/run/checkpoints.hpp"
#include "core/run/log.hpp"
#include "core/run/metrics_log.hpp"
#include "core/run/progress.hpp"
#include "core/training/closing.hpp"
#include "core/training/collocation.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/run_state.hpp"
#include "core/training/score.hpp"
#include "core/training/validation.hpp"
#include "core/training/windows.hpp"

namespace banach {

struct TrainerOptions {
  std::optional<double> time_limit;  // seconds; wins over that of the configuration
  Progress::Mode progress = Progress::Mode::quiet;
  /// Told of every validation; may be empty. `score`: what trials are compared by.
  std::function<void(std::int64_t step, const Measurement& measured, double score)> report = {};
  ResidualSizes sizes = {};  // those that the score refers to; the run's own where they are absent
};

/// Whether the state was saved when losses of data pooled all outputs in their own units.
BANACH_API bool pools_outputs(const RunState& state, const RunPlan& plan);
/// What that means for a run that is resumed.
BANACH_API std::string renewal_text();

/// How a training ended.
struct Outcome {
  int code = 0;             // 0 finished, 75 saved, 128 + n signal
  std::string stop_reason;  // "all 15000 steps done", "SIGINT", ...
  bool finished() const { return code == 0; }
};

class BANACH_API Trainer {
 public:
  /// Writes into `folder` (a run directory that the caller holds). `plan`, `log` outlive the
  /// trainer.
  Trainer(RunPlan& plan, const Folder& folder, Log& log, const TrainerOptions& options);
  ~Trainer();

  /// Starts from this state: a fresh one, or that of a checkpoint (then logs are cut to its step).
  void start(RunState state, bool resumed);
  /// Trains to the end, or to whatever comes before. Errors: Exit::diverged for what is not finite,
  /// Exit::io for a save that failed.
  Outcome run();

  /// The state between two steps.
  RunState capture() const;
  /// Errors on the grid of [evaluate] and residual norms at the present parameters; of a data set
  /// the errors on its validation samples.
  Measurement final_measurement();
  /// Of that measurement: what trials are compared by.
  double score(const Measurement& measured) const;
  /// The run from its start to that measurement; after run().
  Closing closing(Measurement end);
  /// Parameters of the whole solution, as they are now.
  std::vector<Bank> all_banks() const;
  /// Learnable coefficients by name.
  std::vector<std::pair<std::string, double>> coefficients() const;
  const RunState& state() const { return state_; }

 private:
  void open_logs(bool resumed);
  /// Measures the best checkpoint of an older run in the losses of today.
  void renew_measures();
  std::int64_t last_row() const;
  void begin_window();
  void begin_stage(bool resumed);
  void make_objective();
  void begin_level();
  void add_level(std::int64_t level);
  void narrow(bool resumed);
  Objective& minimised();
  void settle();
  std::string seen_as() const;
  void search_features();
  void note_executor(const std::string& not_fused_because);
  std::unique_ptr<Measurer> make_validation(bool final_one) const;
  bool next_window();
  Collocation collocation_of(const StagePlan& stage, std::uint64_t seed) const;
  std::vector<double> weights() const;
  void measure_start(bool resumed);
  void check_first();
  void check_last();
  std::string stage_end() const;
  std::string last_good() const;
  [[noreturn]] void halted(const std::string& why);
  std::optional<Outcome> run_stage();
  void one_step();
  void step_checked();
  void after_step();
  void validate();
  void row(bool validated);
  std::map<std::string, double> term_losses() const;
  void show_progress(bool last);
  bool due(std::int64_t every) const { return state_.step % every == 0; }
  std::optional<Outcome> interrupted();
  void save();
  void save_best();
  /// The save that nothing follows: its failure is an error whatever checkpoint.on_error says.
  void save_last();
  void look_at_folder();
  void note_stop(const std::string& reason);
  void watch_device();
  [[noreturn]] void diverged(const NotFinite& error);
  const StagePlan& stage() const { return plan_.stages[static_cast<std::size_t>(state_.stage)]; }
  at::TensorOptions options_of(const StagePlan& stage) const;
  bool last_window() const { return state_.window + 1 == window_count(plan_.experiment); }
  std::vector<Bank> banks() const;  // of what is being trained
  double elapsed() const;
  std::int64_t total_steps() const;

  RunPlan& plan_;
  Folder folder_;
  Log& log_;
  TrainerOptions options_;
  RunState state_;
  Checkpoints checkpoints_;
  std::unique_ptr<Experiment> window_;        // what is being trained, where the axis is cut
  std::int64_t ended_ = 0;                    // windows before it whose ends are known
  std::optional<std::vector<double>> start_;  // the state in which it begins
  const Experiment* experiment_ = nullptr;
  std::unique_ptr<MetricsLog> metrics_;
  std::unique_ptr<TimingLog> timing_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<StageObjective> objective_;
  std::unique_ptr<PartialObjective> partial_;      // of a stage of one level
  std::unique_ptr<ProjectedObjective> projected_;  // of a stage with variable projection
  std::unique_ptr<Collocation> collocation_;       // of a problem without a data set
  std::unique_ptr<Measurer> validation_;
  at::ScalarType validation_dtype_ = at::kFloat;
  std::optional<Measurement> measured_;
  std::map<std::string, double>
      own_;  // losses of the terms on the points that were trained on last
  at::Tensor loss_;
  std::optional<RunState>
      snapshot_;  // devices other than the CPU: the last state known to be finite
  double lr_ = 0, base_seconds_ = 0, stage_base_ = 0, timed_seconds_ = 0;
  std::int64_t timed_step_ = 0, saved_step_ = -1, first_step_ = 0;
  bool moved_ = false, rows_lost_ = false;
  std::chrono::steady_clock::time_point started_, stage_started_;
};

}  // namespace banach
