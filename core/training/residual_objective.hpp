// SPDX-License-Identifier: Apache-2.0
// The loss of a problem's terms at one set of points, over one flat parameter vector.
#pragma once
#include "core/optimizers/objective.hpp"
#include "core/training/experiment.hpp"
#include "core/training/regularisation.hpp"

namespace banach {

/// A loss or gradient that is not finite; what() names the term and the point.
class BANACH_API NotFinite final : public std::runtime_error {
 public:
  explicit NotFinite(const std::string& text) : std::runtime_error(text) {}
  ~NotFinite() override;
};

/// loss = sum over terms of weight * (squares: mean over the rows of the sum over the columns of
/// squares; energy: mean).
class BANACH_API ResidualObjective final : public Objective {
 public:
  /// `parameters` and `buffers` are flat; the objective works on its own leaf with their values.
  ResidualObjective(const Experiment& experiment, std::vector<double> weights,
                    Derivatives derivatives, const at::Tensor& parameters,
                    const at::Tensor& buffers);

  /// The points of every later evaluation; the tensors may change in place between them.
  void set_points(std::vector<PointSet> sets) { sets_ = std::move(sets); }
  /// Parameters of earlier windows, which stay as they are: banks 1, 2, ... of the experiment.
  void set_frozen(std::vector<Bank> banks) { frozen_ = std::move(banks); }
  /// Penalties on the weights, part of the loss.
  void set_regularisation(Regularisation regularisation) {
    regularisation_ = std::move(regularisation);
  }
  /// Bounds of the gradient, as clip_gradient.
  void set_clip(double norm, double value) { clip_norm_ = norm, clip_value_ = value; }

  /// What the random masks of the evaluations from here on are a function of.
  void begin_step(std::uint64_t seed, std::int64_t step) { evaluator_.set_draw(seed, step); }
  /// Moves running statistics among the buffers towards those of the latest evaluation.
  void end_step() { evaluator_.update_statistics(buffers_); }

  at::Tensor& parameters() override { return parameters_; }
  const at::Tensor& buffers() const { return buffers_; }
  /// The tensor of the loss is the same in every call of value() and gradient().
  at::Tensor value() override;
  /// On the CPU NotFinite is thrown at once; elsewhere a flag is kept, see dirty().
  Evaluation gradient() override;
  bool sum_of_squares() const override;
  at::Tensor residuals() override;
  at::Tensor jacobian() override;

  /// Losses of the terms, [terms], without weights, of the latest value() or gradient(); stays on
  /// the device.
  const at::Tensor& term_losses() const { return losses_; }
  /// Whether anything was not finite since the last call; waits for the device.
  bool dirty();
  /// Throw at once on every device: for replaying what a flag has seen.
  void set_immediate(bool on) { immediate_ = on; }
  /// Derivative planes of the largest network call.
  int planes() const { return evaluator_.planes(); }
  /// Values of all terms at the present points, [rows, columns] each.
  std::vector<at::Tensor> evaluate();

 private:
  void measure(const std::vector<at::Tensor>& values, std::vector<at::Tensor>* seeds);
  at::Tensor pull_back(const std::vector<at::Tensor>& values, const std::vector<at::Tensor>& seeds,
                       bool keep);
  at::Tensor& total();
  void check(const at::Tensor& loss, const at::Tensor& gradient);
  [[noreturn]] void explain();
  std::string point_text(std::size_t term, std::int64_t row) const;
  void need_squares(const char* what) const;
  bool penalised() const { return regularisation_ && regularisation_->active(); }

  std::vector<Term::Kind> kinds_;
  std::vector<std::string> names_, axes_;
  std::vector<double> weights_;
  Evaluator evaluator_;
  at::Tensor parameters_, buffers_;
  std::vector<Bank> frozen_;
  std::optional<Regularisation> regularisation_;
  std::vector<PointSet> sets_;
  std::vector<at::Tensor> seeds_;  // d loss / d residual
  at::Tensor losses_, loss_, flag_, device_weights_;
  double clip_norm_ = 0, clip_value_ = 0;
  bool immediate_;
};

}  // namespace banach
