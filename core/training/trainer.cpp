// SPDX-License-Identifier: Apache-2.0
#include "core/training/trainer.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "core/run/signals.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/minimum.hpp"
#include "core/training/problem_notices.hpp"
#include "core/training/stage_needs.hpp"

namespace banach {
namespace {

constexpr std::int64_t device_look = 100;  // steps between looks at the flag of a device

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Trainer::Trainer(RunPlan& plan, const Folder& folder, Log& log, const TrainerOptions& options)
    : plan_(plan),
      folder_(folder),
      log_(log),
      options_(options),
      checkpoints_(folder, static_cast<int>(plan.configuration.checkpoint.keep)) {
  if (!options_.time_limit) options_.time_limit = plan.configuration.time_limit;
}

Trainer::~Trainer() { log_.attach(nullptr); }

at::TensorOptions Trainer::options_of(const StagePlan& stage) const {
  return at::TensorOptions(stage.dtype).device(plan_.device);
}

std::int64_t Trainer::total_steps() const {
  std::int64_t out = state_.step - state_.stage_step, all = 0;
  for (std::size_t i = 0; i < plan_.stages.size(); ++i) {
    all += plan_.stages[i].parameters.steps;
    if (i >= static_cast<std::size_t>(state_.stage)) out += plan_.stages[i].parameters.steps;
  }
  return out + all * (window_count(plan_.experiment) - 1 - state_.window);
}

void Trainer::start(RunState state, bool resumed) {
  check_fits(state, plan_);
  const bool older = pools_outputs(state, plan_);
  take_scales(state, plan_, older ? plan_.dataset().get() : nullptr);
  state_ = std::move(state);
  BANACH_ASSERT(state_.stage >= 0 && static_cast<std::size_t>(state_.stage) < plan_.stages.size());
  checkpoints_.start();
  open_logs(resumed);
  base_seconds_ = state_.seconds;
  timed_step_ = state_.step, timed_seconds_ = state_.seconds;
  started_ = std::chrono::steady_clock::now();
  progress_ = std::make_unique<Progress>("train", state_.step, total_steps(), options_.progress);
  log_.attach(progress_.get());
  for (const auto& warning : stage_warnings(plan_)) log_.warning(warning);
  if (!resumed)
    for (const auto& notice : problem_notices(plan_.experiment)) log_.warning(notice);
  first_step_ = state_.step;
  begin_window();
  measure_start(resumed);
  begin_stage(resumed);
  if (older) renew_measures();
  if (objective_->planes() > 1 && uses_batch_statistics(*plan_.experiment.network))
    log_.warning(
        "batch statistics beside derivatives: the network of a training step differs from the one "
        "that is evaluated, so the loss can fall while the solution is wrong; normalisation = "
        "\"none\" avoids it");
}

void Trainer::begin_stage(bool resumed) {
  const StagePlan& now = stage();
  if (!resumed) search_features();
  if (!resumed) begin_level();
  make_objective();
  objective_->set_regularisation({plan_.configuration.regularisation,
                                  plan_.experiment.network->layout, objective_->parameters()});
  narrow(resumed);
  now.optimizer->reset(minimised().parameters());
  if (resumed && !state_.optimizer.empty()) {
    now.optimizer->restore(state_.optimizer);
    now.schedule->restore(state_.schedule);
  } else {
    state_.plateau_best.reset();
    state_.plateau_step = state_.step;
    state_.stage_seconds = 0;
  }
  if (!validation_ || validation_dtype_ != now.dtype) validation_ = make_validation(false);
  validation_dtype_ = now.dtype;
  stage_base_ = state_.stage_seconds;
  stage_started_ = std::chrono::steady_clock::now();
  if (!plan_.device.is_cpu()) snapshot_ = capture();
}

double Trainer::elapsed() const { return base_seconds_ + seconds_since(started_); }

RunState Trainer::capture() const {
  RunState out = state_;
  out.parameters = objective_->parameters().detach().clone();
  out.buffers = objective_->buffers().clone();
  out.optimizer = stage().optimizer->state();
  out.schedule = stage().schedule->state();
  out.seconds = elapsed();
  out.stage_seconds = stage_base_ + seconds_since(stage_started_);
  return out;
}

Outcome Trainer::run() {
  for (;;) {
    if (auto early = run_stage()) return *early;
    const std::string why = stage_end();
    check_last();
    if (plan_.stages.size() > 1) log_.note(fmt::format("stage {}: {}", state_.stage, why));
    if (static_cast<std::size_t>(state_.stage) + 1 == plan_.stages.size()) {
      if (next_window()) continue;
      if (saved_step_ != state_.step) save_last();
      state_.seconds = elapsed();
      show_progress(true);
      return {0, why};
    }
    state_ = capture();
    ++state_.stage;
    state_.stage_step = 0;
    state_.stage_stop.clear();
    state_.optimizer.clear();
    begin_stage(false);
  }
}

std::string Trainer::stage_end() const {
  const std::int64_t steps = stage().parameters.steps;
  if (!state_.stage_stop.empty()) return state_.stage_stop;
  if (state_.step == first_step_ && state_.stage_step > steps)
    return fmt::format("no step was left to do: {} steps done, {} are asked for", state_.stage_step,
                       steps);
  return fmt::format("all {} steps done", steps);
}

std::optional<Outcome> Trainer::run_stage() {
  while (state_.stage_stop.empty() && state_.stage_step < stage().parameters.steps) {
    step_checked();
    after_step();
    if (auto early = interrupted()) return early;
    if (progress_->due()) show_progress(false);
  }
  return std::nullopt;
}

void Trainer::one_step() {
  if (collocation_) collocation_->at_step(state_.step);
  const StageParameters& p = stage().parameters;
  lr_ = *p.lr * stage().schedule->factor(state_.stage_step, p.steps);
  objective_->begin_step(plan_.seed, state_.step, state_.stage_step);
  check_first();
  loss_ = stage().optimizer->step(minimised(), lr_);
  settle();
  objective_->end_step();
}

void Trainer::step_checked() {
  try {
    one_step();
  } catch (const NotFinite& error) {
    diverged(error);
  }
  ++state_.step;
  ++state_.stage_step;
  if (!plan_.device.is_cpu() && due(device_look)) watch_device();
}

// A device raises a flag instead of waiting at every step; the steps since it was last down are
// repeated one by one to find the culprit.
void Trainer::watch_device() {
  if (plan_.device.is_cpu()) return;
  if (!objective_->dirty()) {
    snapshot_ = capture();
    return;
  }
  const std::int64_t end = state_.step;
  state_ = *snapshot_;
  begin_stage(true);
  objective_->set_immediate(true);
  try {
    for (; state_.step < end; ++state_.step, ++state_.stage_step) one_step();
  } catch (const NotFinite& error) {
    diverged(error);
  }
  throw Error(Exit::diverged,
              fmt::format("the loss was not finite before step {}, but repeating the "
                          "steps does not show where",
                          end));
}

void Trainer::diverged(const NotFinite& error) {
  throw Error(Exit::diverged, fmt::format("training diverged at step {}: {}; {}", state_.step + 1,
                                          error.what(), last_good()));
}

void Trainer::after_step() {
  const auto& c = plan_.configuration;
  const StageParameters& p = stage().parameters;
  const bool validated = due(c.validation.every);
  if (const auto why = stage().optimizer->finished(); !why.empty()) {
    const bool stalled = stage().optimizer->stalled();
    const bool minimum = stalled && at_minimum(minimised(), start_loss(state_.start));
    note_stop(fmt::format("{}: {}{}{}", p.optimizer, why, seen_as(),
                          minimum ? "; nothing is left to gain" : ""));
    if (stalled && !minimum) halted(state_.stage_stop);
  }
  const bool last = state_.stage_step == p.steps || !state_.stage_stop.empty();
  const bool logged = validated || due(c.output.log_every) || last;
  if (logged || due(c.checkpoint.every)) watch_device();
  if (validated) validate();
  if (logged) row(validated);
  if (logged && p.stop.loss && loss_.item<double>() < *p.stop.loss)
    note_stop(fmt::format("loss below {}", shortest(*p.stop.loss)));
  if (p.stop.seconds && stage_base_ + seconds_since(stage_started_) >= *p.stop.seconds)
    note_stop(fmt::format("{} seconds of training", shortest(*p.stop.seconds)));
  if (due(c.checkpoint.every)) save();
}

void Trainer::note_stop(const std::string& reason) {
  if (state_.stage_stop.empty()) state_.stage_stop = reason;
}

void Trainer::validate() {
  measured_ = validation_->measure(banks());
  if (options_.report) options_.report(state_.step, *measured_, score(*measured_));
  const StageParameters& p = stage().parameters;
  const double metric = measured_->loss;
  if (!std::isfinite(metric)) return;
  stage().schedule->observe(state_.stage_step - 1, metric);
  if (!state_.plateau_best || metric < *state_.plateau_best)
    state_.plateau_best = metric, state_.plateau_step = state_.step;
  if (!state_.best || metric < *state_.best) {
    state_.best = metric, state_.best_step = state_.step;
    if (!plan_.experiment.windows) save_best();  // one window is no solution
  }
  if (p.stop.error && measured_->error() < *p.stop.error)
    note_stop(fmt::format("relative L2 error against the known solution below {}",
                          shortest(*p.stop.error)));
  if (p.stop.plateau && state_.step - state_.plateau_step >= *p.stop.plateau)
    note_stop(fmt::format("no better validation loss for {} steps", *p.stop.plateau));
}

std::optional<Outcome> Trainer::interrupted() {
  const int signal = pending_signal();
  const bool late = options_.time_limit && seconds_since(started_) >= *options_.time_limit;
  if (signal == 0 && !late) return std::nullopt;
  watch_device();
  if (saved_step_ != state_.step) save_last();
  state_.seconds = elapsed();
  show_progress(true);
  if (signal != 0) return Outcome{exit_code_of(signal), signal_name(signal)};
  return Outcome{static_cast<int>(Exit::saved),
                 fmt::format("time limit of {} seconds", shortest(*options_.time_limit))};
}

}  // namespace banach
