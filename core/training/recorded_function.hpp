// SPDX-License-Identifier: Apache-2.0
// One recorded expression as a plain function of points, callable from many threads.
#pragma once
#include <mutex>

#include "core/training/experiment.hpp"

namespace banach {

class BANACH_API RecordedFunction {
 public:
  /// `outputs`: columns of the result. The bank's dtype and device are those of the computation.
  RecordedFunction(std::shared_ptr<const Network> network, Derivatives derivatives,
                   Recorded recorded, std::int64_t outputs, Bank bank);
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
  Bank bank_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Evaluator>>
      idle_;  // an evaluator serves one thread at a time
};

/// The exact solution in double precision on the CPU; the experiment has one.
BANACH_API std::unique_ptr<RecordedFunction> exact_function(const Experiment& experiment);

}  // namespace banach
