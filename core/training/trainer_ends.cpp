// SPDX-License-Identifier: Apache-2.0
// Where a training begins and how it ends: what it is measured against, and halts that are none of
// its own.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/training/finite.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/minimum.hpp"
#include "core/training/trainer.hpp"

namespace banach {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

// Older checkpoints know nothing of the start; that of a data set would have to be read again.
void Trainer::measure_start(bool resumed) {
  if (!state_.start.is_null() || (resumed && plan_.experiment.data)) return;
  const Measurement start = measure_untrained(plan_, resumed ? initial_state(plan_) : state_);
  state_.start["loss"] = std::isfinite(start.loss) ? nlohmann::json(start.loss) : nlohmann::json();
  state_.start["sizes"] = sizes_json(residual_sizes(start));
}

double Trainer::score(const Measurement& measured) const {
  ResidualSizes sizes = options_.sizes;
  if (state_.start.contains("sizes"))
    sizes.merge(read_sizes(state_.start.at("sizes"), "the checkpoint"));
  return banach::score(plan_.experiment, measured, sizes);
}

// Before the first step of all: what is not finite is named, and what nothing depends on.
void Trainer::check_first() {
  if (state_.step != 0) return;
  const Evaluation first = minimised().gradient();
  const double loss = first.loss.item<double>();
  if (first.gradient.count_nonzero().item<std::int64_t>() > 0) return;
  if (loss == 0 && objective_->term_losses().count_nonzero().item<std::int64_t>() == 0) return;
  throw Error(Exit::diverged,
              fmt::format("training halted at step 1: the gradient is exactly zero and the loss is "
                          "{:.3g}: nothing that is trained enters it, or weights this small vanish "
                          "in {}; look at the terms and weights",
                          loss, stage().dtype == at::kDouble ? "float64" : "float32"));
}

// The optimizer has put the parameters back to where the stage began.
void Trainer::halted(const std::string& why) {
  watch_device();
  const std::int64_t at = state_.step;
  state_.step -= state_.stage_step;
  state_.stage_step = 0;
  if (state_.step > 0 && saved_step_ != state_.step) {
    RunState begun = capture();
    begun.optimizer.clear();
    begun.stage_stop.clear();
    checkpoints_.save(state_.step, to_container(begun));
  }
  throw Error(Exit::diverged,
              fmt::format("training halted at step {}: {}, and no step of stage {} has lowered the "
                          "loss: look for a kink or a jump in the terms, or begin with a stage of "
                          "adam; {}",
                          at, why, state_.stage, last_good()));
}

std::string Trainer::last_good() const {
  const auto steps = checkpoints_.steps();
  return steps.empty() ? "there is no checkpoint yet"
                       : fmt::format("the last good checkpoint is {} (step {})",
                                     checkpoints_.path_of(steps.front()).string(), steps.front());
}

// A step that nothing follows is looked at as well.
void Trainer::check_last() {
  if (state_.stage_step == 0 || !loss_.defined())  // no step of this process has drawn points
    objective_->begin_step(plan_.seed, std::max<std::int64_t>(state_.step - 1, 0),
                           std::max<std::int64_t>(state_.stage_step - 1, 0));
  try {
    if (!all_finite(objective_->parameters().detach()) || !all_finite(objective_->value())) {
      objective_->set_immediate(true);
      objective_->gradient();
      throw NotFinite("the loss is not finite where the last step has ended");
    }
  } catch (const NotFinite& error) {
    diverged(error);
  }
  own_.clear();
  for (const auto& [name, loss] : term_losses()) own_[name] = loss;
}

Closing Trainer::closing(Measurement end) {
  Closing out;
  out.start_loss = start_loss(state_.start);
  if (state_.start.contains("sizes"))
    out.start = read_sizes(state_.start.at("sizes"), "the checkpoint");
  out.end = std::move(end);
  out.epsilon = stage().dtype == at::kDouble ? 2.2e-16 : 1.2e-7;
  out.lr = *stage().parameters.lr;
  out.own_loss = unknown;
  if (plan_.experiment.data) {
    const auto data = own_.find("data");
    if (data != own_.end() && plan_.loss_weight("data") > 0) out.own_loss = data->second;
    return out;
  }
  out.fresh = residual_sizes(validation_->measure(banks()));
  for (const auto& term : experiment_->terms)
    if (term.term.kind == Term::Kind::squares && plan_.weight(term.term.name) > 0)
      out.own[term.term.name] = std::sqrt(own_[term.term.name]);
  return out;
}

Measurement Trainer::final_measurement() {
  if (!plan_.experiment.data) return make_validation(true)->measure(all_banks());
  return make_validation(false)->measure(all_banks());
}

}  // namespace banach
