// SPDX-License-Identifier: Apache-2.0
// One recorded expression as a plain function of points, callable from many threads.
#pragma once
#include <mutex>

#include "core/training/experiment.hpp"

namespace banach {

class BANACH_API RecordedFunction {
 public:
  /// `outputs`: columns of the results; `scales`: those of what is recorded, or empty. The dtype
  /// and device of the banks are those of the computation.
  RecordedFunction(std::shared_ptr<const Network> network, Derivatives derivatives,
                   Recorded recorded, Origins origins, std::int64_t outputs,
                   std::vector<UnknownScale> scales, std::vector<Bank> banks);
  ~RecordedFunction();

  /// Values [count, outputs] at points [count, axes], both row major in double.
  void operator()(const double* points, std::int64_t count, double* out) const;

 private:
  std::unique_ptr<Evaluator> borrow() const;
  void give_back(std::unique_ptr<Evaluator> evaluator) const;
  at::Tensor evaluate(const at::Tensor& points) const;

  std::shared_ptr<const Network> network_;
  Derivatives derivatives_;
  Recorded recorded_;
  Origins origins_;
  std::int64_t outputs_;
  std::vector<UnknownScale> scales_;
  std::vector<Bank> banks_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Evaluator>>
      idle_;  // an evaluator serves one thread at a time
};

/// Values [N, unknowns] in units of the scales -> float64 in the unknowns' own; as they are without
/// scales.
BANACH_API at::Tensor in_own_units(const std::vector<UnknownScale>& scales,
                                   const at::Tensor& values);

}  // namespace banach
