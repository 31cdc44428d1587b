// SPDX-License-Identifier: Apache-2.0
// The trained operator on batches of a data set: normalised inputs in, outputs in their own units
// out.
#pragma once
#include "banach/tensor_architecture.hpp"
#include "core/operators/grid_evaluator.hpp"
#include "core/operators/input_spline.hpp"

namespace banach {

class BANACH_API OperatorNetwork {
 public:
  OperatorNetwork(const Experiment& experiment, Derivatives derivatives, Phase phase,
                  at::TensorOptions options);

  /// Outputs [B, unknowns, extents...] at the points of `data`: the data set that was trained on,
  /// or another one of the same kind (other resolution).
  at::Tensor predict(const Bank& bank, const OperatorData& data, const OperatorBatch& batch);
  /// Outputs and, for the same batch, the residuals of all terms, [B, points, columns] each; on a
  /// grid both come from one call of the network. `sets`: the points of the terms where the
  /// architecture maps points (one per term), unused on grids. Without `outputs` the first is
  /// undefined.
  struct Result {
    at::Tensor outputs;
    std::vector<at::Tensor> residuals;
  };
  Result evaluate(const Bank& bank, const OperatorBatch& batch, const std::vector<PointSet>& sets,
                  bool outputs);
  /// The point sets with the functions of the batch: values on sensors, and at the points where
  /// residuals read them there.
  std::vector<PointSet> filled(const Bank& bank, const OperatorBatch& batch,
                               std::vector<PointSet> sets) const;
  void set_draw(std::uint64_t seed, std::int64_t step);
  void update_statistics(at::Tensor& buffers) const;
  int planes() const;

 private:
  std::map<std::string, at::Tensor> functions(const OperatorData& data, const OperatorBatch& batch,
                                              const std::vector<at::Tensor>& slots) const;
  GridFields fields(const OperatorData& data, const OperatorBatch& batch,
                    const std::vector<at::Tensor>& slots) const;
  at::Tensor arranged(const OperatorData& data, const OperatorBatch& batch, at::Tensor values,
                      const std::vector<at::Tensor>& slots) const;
  PointSet data_points(const OperatorData& data, const OperatorBatch& batch,
                       const std::vector<at::Tensor>& slots) const;

  const Experiment& experiment_;
  at::TensorOptions options_;
  at::Tensor points_;  // of the outputs of the data set
  std::unique_ptr<GridEvaluator> grid_;
  std::unique_ptr<Evaluator> solution_, terms_, both_;
  std::vector<InputSpline> splines_;  // of the functions that residuals read at points
  std::vector<std::string> spline_names_;
};

}  // namespace banach
