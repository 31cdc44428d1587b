// SPDX-License-Identifier: Apache-2.0
// Errors of a trained operator on a split of its data set.
#pragma once
#include "core/operators/operator_network.hpp"
#include "core/training/run_plan.hpp"
#include "core/training/validation.hpp"

namespace banach {

class BANACH_API OperatorValidation final : public Measurer {
 public:
  /// Of the plan's data set; an empty split falls back to the one before (test, validation, train).
  OperatorValidation(const RunPlan& plan, Split split, at::TensorOptions options);
  /// The relative L2 error is the mean over the samples of each one's own; the validation loss is
  /// the mean loss of the outputs as training has it, on scaled values (NaN without any).
  Measurement measure(const std::vector<Bank>& banks) override;

  /// Called with predictions [B, unknowns, extents...] and samples, both in their own units in
  /// float64 on the CPU.
  using Visit = std::function<void(const at::Tensor& outputs, const OperatorBatch& batch,
                                   const std::vector<std::int64_t>& samples)>;
  /// Predictions of the whole split of another data set (or another resolution of it), in order, at
  /// the points of `where`; `data` says what its arrays are.
  static void visit(const RunPlan& plan, const OperatorData& where, const OperatorData& data,
                    const Dataset& dataset, Split split, const std::vector<Bank>& banks,
                    const Visit& visit);
  Split split() const { return split_; }

 private:
  const RunPlan& plan_;
  std::shared_ptr<const Dataset> dataset_;
  OperatorNetwork network_;
  Split split_;
};

/// The last split that holds samples: test, else validation, else train.
BANACH_API Split filled_split(const Dataset& dataset, Split wanted);

}  // namespace banach
