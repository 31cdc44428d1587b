// SPDX-License-Identifier: Apache-2.0
// The trainer's way from window to window.
#include <fmt/format.h>

#include <algorithm>

#include "core/training/trainer.hpp"

namespace banach {

std::vector<Bank> Trainer::banks() const {
  std::vector<Bank> out{{objective_->parameters().detach(), objective_->buffers()}};
  const auto options = objective_->parameters().options().requires_grad(false);
  for (const Bank& bank : banks_of(state_, plan_.device))
    out.push_back({bank.parameters.to(options), bank.buffers.to(options)});
  out.pop_back();  // the present window once more
  return out;
}

std::vector<Bank> Trainer::all_banks() const {
  auto out = banks();
  std::rotate(out.begin(), out.begin() + 1, out.end());
  return out;
}

void Trainer::begin_window() {
  const Experiment& whole = plan_.experiment;
  validation_.reset();
  measured_.reset();
  if (!whole.windows) {
    experiment_ = &whole;
    return;
  }
  if (whole.domain.size() == 1 && !whole.windows->soft()) {
    const auto done = banks_of(state_, plan_.device);
    for (; ended_ < state_.window; ++ended_)
      start_ = end_state(make_window(whole, static_cast<int>(ended_), start_),
                         {done[static_cast<std::size_t>(ended_)]});
  }
  window_ =
      std::make_unique<Experiment>(make_window(whole, static_cast<int>(state_.window), start_));
  experiment_ = window_.get();
}

std::vector<double> Trainer::weights() const {
  std::vector<double> out;
  for (const auto& term : experiment_->terms) out.push_back(plan_.weight(term.term.name));
  return out;
}

Collocation Trainer::collocation_of(const StagePlan& stage, std::uint64_t seed) const {
  std::vector<SamplingChoice> choices;
  for (const auto& term : experiment_->terms)
    choices.push_back(plan_.choice(stage, term.term.name));
  return Collocation(*experiment_, choices, seed, options_of(stage));
}

// The next window begins with the parameters of this one: the network sees the same range.
bool Trainer::next_window() {
  if (last_window()) return false;
  log_.note(fmt::format("window {} of {} done", state_.window + 1, window_count(plan_.experiment)));
  state_ = capture();
  finish_window(state_);
  state_.stage = state_.stage_step = 0;
  state_.stage_stop.clear();
  state_.optimizer.clear();
  state_.best.reset();
  begin_window();
  begin_stage(false);
  return true;
}

}  // namespace banach
