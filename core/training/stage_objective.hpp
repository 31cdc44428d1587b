// SPDX-License-Identifier: Apache-2.0
// What the trainer sees of a loss, whatever it consists of.
#pragma once
#include <string>
#include <vector>

#include "core/optimizers/objective.hpp"
#include "core/training/regularisation.hpp"

namespace banach {

class BANACH_API StageObjective : public Objective {
 public:
  ~StageObjective() override;

  /// Draws what this step works on (points, samples, random masks): a pure function of the seed,
  /// the step of the run and that of its stage.
  virtual void begin_step(std::uint64_t seed, std::int64_t step, std::int64_t stage_step) = 0;
  /// Moves running statistics among the buffers towards those of the latest evaluation.
  virtual void end_step() = 0;
  /// Flat, those of the network that are never trained.
  virtual const at::Tensor& buffers() const = 0;
  /// Losses of the terms, [terms], without weights, of the latest value() or gradient(); stays on
  /// the device.
  virtual const at::Tensor& term_losses() const = 0;
  virtual const std::vector<std::string>& term_names() const = 0;
  /// Whether anything was not finite since the last call; waits for the device.
  virtual bool dirty() = 0;
  /// Throw at once on every device: for replaying what a flag has seen.
  void set_immediate(bool on) { immediate_ = on; }
  /// Derivative planes of the largest network call.
  virtual int planes() const = 0;

  /// Penalties on the weights, part of the loss.
  void set_regularisation(Regularisation regularisation) {
    regularisation_ = std::move(regularisation);
  }
  /// Bounds of the gradient, as clip_gradient.
  void set_clip(double norm, double value) { clip_norm_ = norm, clip_value_ = value; }

 protected:
  bool penalised() const { return regularisation_ && regularisation_->active(); }

  std::optional<Regularisation> regularisation_;
  double clip_norm_ = 0, clip_value_ = 0;
  bool immediate_ = true;
};

}  // namespace banach
