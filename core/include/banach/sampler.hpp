// SPDX-License-Identifier: Apache-2.0
// Where collocation points lie in the unit cube.
#pragma once
#include <cstdint>

#include "banach/stream.hpp"

namespace banach {

/// Places points in the unit cube; regions map them to their own coordinates.
class BANACH_API Sampler {
 public:
  virtual ~Sampler();
  /// How many points a request for n of them in d dimensions yields (>= 1); count(count(n)) =
  /// count(n).
  virtual std::int64_t count(std::int64_t n, int d) const;
  /// Writes points [n, d], row major, in [0, 1]^d; n must be a value that count() returns.
  virtual void points(std::int64_t n, int d, const Stream& stream, double* out) const = 0;
  /// False when the points do not depend on the stream: redrawing them is useless.
  virtual bool random() const;
};

}  // namespace banach
