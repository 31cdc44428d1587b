// SPDX-License-Identifier: Apache-2.0
#include "core/sampling/samplers.hpp"

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"

namespace banach {
namespace {

constexpr double below_one = 1 - 0x1p-53;

// The closest tensor grid of n points: `wide` axes have side + 1 points, the others side.
struct Shape {
  std::int64_t side = 1;
  int wide = 0;
  std::int64_t size = 1;

  Shape(std::int64_t n, int d) {
    if (d > 0) side = static_cast<std::int64_t>(std::pow(static_cast<double>(n), 1.0 / d));
    while (d > 0 && power(side + 1, 0, d) <= n) ++side;
    while (side > 1 && power(side, 0, d) > n) --side;
    size = power(side, 0, d);
    for (int k = 1; k <= d; ++k)
      if (std::int64_t other = power(side, k, d); std::abs(other - n) < std::abs(size - n))
        wide = k, size = other;
  }
  std::int64_t points(int axis) const { return side + (axis < wide ? 1 : 0); }

 private:
  static std::int64_t power(std::int64_t side, int wide, int d) {
    constexpr std::int64_t huge = std::int64_t{1} << 60;
    std::int64_t out = 1;
    for (int axis = 0; axis < d; ++axis) {
      const std::int64_t factor = axis < wide ? side + 1 : side;
      if (out > huge / factor) return huge;
      out *= factor;
    }
    return out;
  }
};

}  // namespace

Sampler::~Sampler() = default;
std::int64_t Sampler::count(std::int64_t n, int) const { return n; }
bool Sampler::random() const { return true; }

void UniformSampler::points(std::int64_t n, int d, const Stream& stream, double* out) const {
  stream.uniform(n * d, out);
}

std::int64_t GridSampler::count(std::int64_t n, int d) const {
  return d == 0 ? n : Shape(n, d).size;
}

void GridSampler::points(std::int64_t n, int d, const Stream&, double* out) const {
  const Shape shape(n, d);
  BANACH_ASSERT(d == 0 || shape.size == n);
  for (std::int64_t row = 0; row < n; ++row) {
    std::int64_t rest = row;
    for (int axis = d - 1; axis >= 0; --axis) {
      const std::int64_t m = shape.points(axis), i = rest % m;
      rest /= m;
      out[row * d + axis] = endpoints_ && m > 1
                                ? static_cast<double>(i) / static_cast<double>(m - 1)
                                : (static_cast<double>(i) + 0.5) / static_cast<double>(m);
    }
  }
}

void LatinHypercubeSampler::points(std::int64_t n, int d, const Stream& stream, double* out) const {
  for (int axis = 0; axis < d; ++axis) {
    const Stream order = stream.child(2 * static_cast<std::uint64_t>(axis));
    const Stream jitter = stream.child(2 * static_cast<std::uint64_t>(axis) + 1);
    double* x = out + axis;
    // The order of the strata, shuffled from the inside out in place.
    for (std::int64_t i = 0; i < n; ++i) {
      const auto index = static_cast<std::uint64_t>(i);
      const auto j = static_cast<std::int64_t>(order.below(index + 1, index));
      x[i * d] = x[j * d];
      x[j * d] = static_cast<double>(i);
    }
    for (std::int64_t i = 0; i < n; ++i)
      x[i * d] = std::min(below_one, (x[i * d] + jitter.uniform(static_cast<std::uint64_t>(i))) /
                                         static_cast<double>(n));
  }
}

}  // namespace banach
