// SPDX-License-Identifier: Apache-2.0
// The loss of a problem's terms at one set of points, over one flat parameter vector.
#pragma once
#include <algorithm>

#include "core/fused/fused_executor.hpp"
#include "core/training/experiment.hpp"
#include "core/training/stage_objective.hpp"

namespace banach {

/// loss = sum over terms of weight * (squares: mean over the rows of the sum over the columns of
/// squares; energy: mean).
class BANACH_API ResidualObjective final : public StageObjective {
 public:
  /// `parameters` and `buffers` are flat; the objective works on its own leaf with their values.
  /// `fused`: on the CPU by the fused executor, where that has all operations.
  ResidualObjective(const Experiment& experiment, std::vector<double> weights,
                    Derivatives derivatives, const at::Tensor& parameters,
                    const at::Tensor& buffers, bool fused = true);

  /// The points of every later evaluation; the tensors may change in place between them.
  void set_points(std::vector<PointSet> sets);
  /// Parameters of earlier windows, which stay as they are: banks 1, 2, ... of the experiment.
  void set_frozen(std::vector<Bank> banks) { frozen_ = std::move(banks); }
  /// Other values of what is never trained.
  void set_buffers(const at::Tensor& buffers) { buffers_.copy_(buffers); }
  void begin_step(std::uint64_t seed, std::int64_t step, std::int64_t stage_step = 0) override;
  void end_step() override { evaluator_.update_statistics(buffers_); }

  at::Tensor& parameters() override { return parameters_; }
  const at::Tensor& buffers() const override { return buffers_; }
  /// The tensor of the loss is the same in every call of value() and gradient().
  at::Tensor value() override;
  /// On the CPU NotFinite is thrown at once; elsewhere a flag is kept, see dirty().
  Evaluation gradient() override;
  Evaluation trial() override;
  bool sum_of_squares() const override;
  at::Tensor residuals() override;
  at::Tensor jacobian() override;

  const at::Tensor& term_losses() const override { return losses_; }
  const std::vector<std::string>& term_names() const override { return names_; }
  bool dirty() override;
  int planes() const override { return evaluator_.planes(); }
  /// Values of all terms at the present points, [rows, columns] each, by the tensor executor.
  std::vector<at::Tensor> evaluate();
  /// Whether the fused executor is at work, and else why not (empty where nobody asked for it).
  bool fused() const { return fused_ != nullptr; }
  const std::string& not_fused_because() const { return not_fused_; }

 private:
  std::vector<Bank> banks() const;
  std::vector<double> row_factors() const;
  at::Tensor tensor_gradient();
  void measure(const std::vector<at::Tensor>& values, std::vector<at::Tensor>* seeds);
  at::Tensor pull_back(const std::vector<at::Tensor>& values, const std::vector<at::Tensor>& seeds,
                       bool keep);
  at::Tensor& total();
  void check(const at::Tensor& loss, const at::Tensor& gradient);
  [[noreturn]] void explain();
  std::string point_text(std::size_t term, std::int64_t row) const;
  void need_squares(const char* what) const;

  std::vector<Term::Kind> kinds_;
  std::vector<std::string> names_, axes_;
  Origins origins_;
  std::vector<double> weights_;
  Evaluator evaluator_;
  at::Tensor parameters_, buffers_;
  std::vector<Bank> frozen_;
  std::vector<PointSet> sets_;
  std::unique_ptr<FusedExecutor> fused_;
  std::string not_fused_;
  std::vector<FusedTarget> targets_;
  at::Tensor gradient_;
  std::vector<at::Tensor> seeds_;  // d loss / d residual
  at::Tensor losses_, loss_, flag_, device_weights_;
};

/// Rows of a term's values [..., columns].
inline std::int64_t row_count(const at::Tensor& value) {
  return value.dim() == 0 ? 1 : value.numel() / std::max<std::int64_t>(1, value.size(-1));
}

}  // namespace banach
