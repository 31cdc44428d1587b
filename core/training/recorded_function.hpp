// SPDX-License-Identifier: Apache-2.0
// One recorded expression as a plain function of points, callable from many threads.
#pragma once
#include <mutex>

#include "core/training/experiment.hpp"

namespace banach {

class BANACH_API RecordedFunction {
 public:
  /// `axes`, `outputs`: columns of points and results. The dtype and device of the banks are those
  /// of the computation.
  RecordedFunction(std::shared_ptr<const Network> network, Derivatives derivatives,
                   Recorded recorded, std::int64_t axes, std::int64_t outputs,
                   std::vector<Bank> banks);
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
  std::int64_t axes_, outputs_;
  std::vector<Bank> banks_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Evaluator>>
      idle_;  // an evaluator serves one thread at a time
};

}  // namespace banach
