// SPDX-License-Identifier: Apache-2.0
// The trained operator on batches of a data set, in units of the losses or in physical ones.
#pragma once
#include "banach/tensor_architecture.hpp"
#include "core/operators/grid_evaluator.hpp"
#include "core/operators/input_spline.hpp"

namespace banach {

class BANACH_API OperatorNetwork {
 public:
  OperatorNetwork(const Experiment& experiment, Derivatives derivatives, Phase phase,
                  at::TensorOptions options);

  /// Outputs [B, unknowns, extents...] at the points of `data` (the data set that was trained on,
  /// or another one of the same kind) in their own units, float64, CPU; `raw` in its own units.
  at::Tensor predict(const Bank& bank, const OperatorData& data, const OperatorBatch& raw);
  /// A batch as the calls below take it.
  OperatorBatch scaled(const OperatorBatch& raw) const;
  OperatorBatch scaled(const std::vector<DataArray>& arrays, std::int64_t count) const;
  /// Outputs [B, unknowns, extents...] for a scaled batch, differentiable: those of the network,
  /// where the solution is no more than that; else in their own units.
  at::Tensor outputs(const Bank& bank, const OperatorData& data, const OperatorBatch& batch);
  /// Such outputs in the units of losses, differentiable, and in their own ones, float64, CPU.
  at::Tensor for_losses(const at::Tensor& outputs) const;
  at::Tensor physical(const at::Tensor& outputs) const;
  /// Outputs (in the units of losses) and, for the same scaled batch, the residuals of all terms,
  /// [B, points, columns] each; on a grid both come from one call of the network. `sets`: the
  /// points of the terms where the architecture maps points (one per term), unused on grids.
  /// Without `outputs` the first is undefined.
  struct Result {
    at::Tensor outputs;
    std::vector<at::Tensor> residuals;
  };
  Result evaluate(const Bank& bank, const OperatorBatch& batch, const std::vector<PointSet>& sets,
                  bool outputs);
  /// The point sets with the functions of the scaled batch: values on sensors, and at the points
  /// where residuals read them there.
  std::vector<PointSet> filled(const OperatorBatch& batch, std::vector<PointSet> sets) const;
  void set_draw(std::uint64_t seed, std::int64_t step);
  void update_statistics(at::Tensor& buffers) const;
  int planes() const;

 private:
  std::map<std::string, at::Tensor> functions(const OperatorData& data,
                                              const OperatorBatch& batch) const;
  /// The network alone, [B, outputs, extents...].
  at::Tensor on_grid(const OperatorData& data, const OperatorBatch& batch,
                     const std::vector<at::Tensor>& slots) const;
  GridFields fields(const at::Tensor& network, const OperatorData& data, const OperatorBatch& batch,
                    const std::vector<at::Tensor>& slots) const;
  at::Tensor grid_outputs(const OperatorData& data, const at::Tensor& network,
                          const OperatorBatch& batch, const std::vector<at::Tensor>& slots) const;
  at::Tensor arranged(const OperatorData& data, const OperatorBatch& batch,
                      at::Tensor values) const;
  PointSet data_points(const OperatorData& data, const OperatorBatch& batch) const;

  const Experiment& experiment_;
  at::TensorOptions options_;
  bool plain_ = false;            // the solution is the network in other units
  at::Tensor points_;             // of the outputs of the data set, from its origin
  std::vector<at::Tensor> axes_;  // of its grid, scaled
  std::unique_ptr<GridEvaluator> grid_;
  std::unique_ptr<Evaluator> solution_, terms_, both_;
  std::vector<InputSpline> splines_;  // of the functions that residuals read at points
  std::vector<std::string> spline_names_;
};

}  // namespace banach
