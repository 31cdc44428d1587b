// SPDX-License-Identifier: Apache-2.0
// Residuals of an operator by the fused executor: the branch once for every function, the trunk a
// few points at a time, and both together in matrix products.
#pragma once
#include "core/fused/fused_executor.hpp"
#include "core/operators/function_columns.hpp"
#include "core/training/experiment.hpp"

namespace banach {

class Program;

class BANACH_API OperatorResiduals {
 public:
  /// Null, with the reason, where the terms or the network are beyond the fused executor.
  static std::unique_ptr<OperatorResiduals> make(const Experiment& experiment,
                                                 Derivatives derivatives, at::ScalarType dtype,
                                                 std::string& reason);
  ~OperatorResiduals();

  /// losses[i] of every term, unweighted: mean over functions and points of the residual's square
  /// (energy: of itself), at points [N, axes] with functions [F, sensors]; `gradient` [parameters]
  /// of the weighted sum, or null. The same bits for every number of threads.
  void losses(const Bank& bank, const std::vector<PointSet>& sets,
              const std::vector<double>& weights, double* losses, at::Tensor* gradient);
  /// Derivative planes that the trunk carries.
  int planes() const { return planes_; }

 private:
  struct Ready {  // for one number of functions
    std::unique_ptr<FusedExecutor> executor;
    std::vector<double> shares;  // of one column in the mean of a term
  };
  OperatorResiduals(const Experiment& experiment, at::ScalarType dtype, FunctionColumns columns);
  Ready make_ready(int functions, std::string& reason) const;
  Ready& ready(std::int64_t functions);
  std::vector<at::Tensor> coefficients(const Bank& bank, const PointSet& set) const;

  std::shared_ptr<const Network> network_;
  std::vector<Term::Kind> kinds_;
  at::ScalarType dtype_;
  FunctionColumns columns_;
  std::unique_ptr<Program> branch_;
  std::map<std::int64_t, Ready> ready_;
  int planes_ = 1;
};

}  // namespace banach
