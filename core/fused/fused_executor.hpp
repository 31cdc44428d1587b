// SPDX-License-Identifier: Apache-2.0
// The fused executor: losses of all terms, their gradient and Jacobian on the CPU, a few rows at a
// time from the points to the parameters and back, without a tensor in between.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/fused/tape.hpp"

namespace banach {

/// What becomes of the values of a term: mean over the rows of their squares, or of themselves.
struct FusedTarget {
  bool squares = true;
  double weight = 1;
};

class BANACH_API FusedExecutor {
 public:
  /// Null, with the reason, where the terms or the network are beyond a tape.
  static std::unique_ptr<FusedExecutor> make(std::shared_ptr<const Network> network,
                                             Derivatives derivatives, std::vector<TapeTerm> terms,
                                             at::ScalarType dtype, std::string& reason);
  virtual ~FusedExecutor();

  /// The points of later calls; the tensors may change in place, shapes may not.
  virtual void set_points(const std::vector<PointSet>& sets) = 0;
  /// losses[i]: unweighted, of every term; `gradient` [parameters] of the weighted sum, or null.
  /// The same bits for every number of threads.
  virtual void losses(const std::vector<Bank>& banks, const std::vector<FusedTarget>& targets,
                      double* losses, at::Tensor* gradient) = 0;
  /// Values of every term times its factor, [R]: rows of a term one after another, its columns
  /// side by side.
  virtual at::Tensor residuals(const std::vector<Bank>& banks,
                               const std::vector<double>& factors) = 0;
  /// d residuals / d parameters, [R, parameters], stored by columns.
  virtual at::Tensor jacobian(const std::vector<Bank>& banks,
                              const std::vector<double>& factors) = 0;
  /// Derivative planes that the network carries.
  virtual int planes() const = 0;
};

}  // namespace banach
