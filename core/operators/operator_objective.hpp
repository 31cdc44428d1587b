// SPDX-License-Identifier: Apache-2.0
// The loss of an operator: outputs of a data set, residuals of a problem, or both.
#pragma once
#include "core/operators/operator_network.hpp"
#include "core/operators/operator_residuals.hpp"
#include "core/operators/rollout.hpp"
#include "core/training/collocation.hpp"
#include "core/training/stage_objective.hpp"

namespace banach {

/// loss = weight of data * mean over the samples of their loss (sample_losses) + sum over terms of
/// weight * mean square of the residual (energy: mean) over samples and points. With rollout = k
/// the operator goes on from every sample of the batch over k windows, fed with its own
/// predictions, as far as its trajectory (and the samples whose outputs are used) reach; the data's
/// mean is then over all samples and windows, and gradients go through all of them. Residuals see
/// the first window.
class BANACH_API OperatorObjective final : public StageObjective {
 public:
  /// Of one stage of the plan; `parameters` and `buffers` are flat, the objective works on its own
  /// leaf with their values.
  OperatorObjective(const RunPlan& plan, std::int64_t stage, const at::Tensor& parameters,
                    const at::Tensor& buffers);

  void begin_step(std::uint64_t seed, std::int64_t step, std::int64_t stage_step) override;
  void end_step() override { network_.update_statistics(buffers_); }
  at::Tensor& parameters() override { return parameters_; }
  const at::Tensor& buffers() const override { return buffers_; }
  at::Tensor value() override;
  Evaluation gradient() override;
  Evaluation trial() override;
  const at::Tensor& term_losses() const override { return losses_; }
  const std::vector<std::string>& term_names() const override { return names_; }
  bool dirty() override;
  int planes() const override { return residuals_ ? residuals_->planes() : network_.planes(); }
  /// Why the fused executor does not evaluate the residuals; empty where it does, where there are
  /// none at points and where nobody asked for it.
  const std::string& not_fused_because() const { return not_fused_; }

 private:
  /// One window of a roll-out after the first.
  struct Later {
    OperatorBatch batch;
    at::Tensor rows;  // of the window before, that go on
  };
  /// Outputs in the units of losses.
  at::Tensor predicted(const Bank& bank, const OperatorBatch& batch);
  void read_later(std::vector<std::int64_t> samples);
  /// Of the outputs for `batch` and all windows that follow from it.
  at::Tensor data_loss(const Bank& bank, at::Tensor outputs, const OperatorBatch& batch);
  void choose_executor(bool wanted);
  /// The loss with its graph, without residuals that the fused executor evaluates; fills losses_.
  at::Tensor total();
  /// The weighted losses of those residuals, and their gradient unless null; fills losses_.
  double fused_losses(at::Tensor* gradient);
  void check(const at::Tensor& loss, const at::Tensor& gradient);
  [[noreturn]] void explain(const at::Tensor& gradient) const;
  OperatorBatch tensors(const DataBatch& batch) const;

  const RunPlan& plan_;
  const Experiment& experiment_;
  OperatorNetwork network_;
  std::unique_ptr<OperatorResiduals> residuals_;  // by the fused executor
  std::string not_fused_;
  at::TensorOptions options_;
  std::unique_ptr<Loader> loader_;    // of what the residuals see, and the data if all is labelled
  std::unique_ptr<Loader> labelled_;  // of the samples whose outputs are used, where it is not all
  std::optional<Collocation> collocation_;
  std::vector<PointSet> sets_;
  OperatorBatch batch_, labelled_batch_;
  at::Tensor parameters_, buffers_, losses_, loss_, flag_;
  std::vector<std::string> names_;
  std::vector<double> weights_;  // of the names
  std::optional<RollOut> rollout_;
  std::int64_t windows_ = 1;                // of the roll-out
  std::vector<std::int64_t> trajectories_;  // of samples whose outputs are used
  std::vector<Later> later_;
  std::shared_ptr<const Dataset> dataset_;
  bool data_ = false, physics_ = false;
};

}  // namespace banach
