// SPDX-License-Identifier: Apache-2.0
// What an optimizer sees of a training problem.
#pragma once
#include <ATen/core/Tensor.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// A loss, gradient or Jacobian that is not finite: term and place, as far as they can be found.
class BANACH_API NotFinite : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~NotFinite() override;
};

/// Loss [] and gradient [P], on the device of the parameters; reading them is the caller's host
/// sync.
struct Evaluation {
  at::Tensor loss, gradient;
};

/// Parts of a flat parameter vector: offset and size each.
using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// A scalar loss of one flat parameter vector.
class BANACH_API Objective {
 public:
  virtual ~Objective();
  /// Flat [P], real floating point; optimizers update it in place.
  virtual at::Tensor& parameters() = 0;
  /// Loss [] at the present parameters.
  virtual at::Tensor value() = 0;
  /// Loss and gradient at the present parameters; NotFinite where the objective reports that.
  virtual Evaluation gradient() = 0;
  /// The same at a point that may be rejected: what is not finite is returned, not reported, and
  /// the gradient is never clipped.
  virtual Evaluation trial();
  /// Whether the loss is sum(residuals()^2).
  virtual bool sum_of_squares() const;
  /// Residuals [R]; ConfigError unless the loss is a sum of squares.
  virtual at::Tensor residuals();
  /// d residuals / d parameters, [R, P]; ConfigError unless the loss is a sum of squares.
  virtual at::Tensor jacobian();
};

}  // namespace banach
