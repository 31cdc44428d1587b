// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>

#include "core/sampling/samplers.hpp"

namespace banach {
namespace {

constexpr double below_one = 1 - 0x1p-53;

std::uint64_t next_prime(std::uint64_t n) {
  for (++n;; ++n) {
    bool prime = n > 1;
    for (std::uint64_t k = 2; prime && k * k <= n; ++k) prime = n % k != 0;
    if (prime) return n;
  }
}

// One axis of the Halton sequence: x(i) = sum over k of digit_k(i), permuted, times base^-(k+1).
class RadicalInverse {
 public:
  RadicalInverse(std::uint64_t base, std::uint64_t n, const Stream& stream) : base_(base) {
    std::uint64_t draw = 0;
    const double step = 1.0 / static_cast<double>(base);
    double scale = step;
    for (std::uint64_t size = 1; size < n; size *= base, scale *= step) {
      const std::size_t start = digits_.size();
      for (std::uint64_t i = 0; i < base; ++i) {
        const std::uint64_t j = stream.below(i + 1, draw++);
        digits_.push_back(0);
        digits_[start + i] = digits_[start + j];
        digits_[start + j] = static_cast<double>(i) * scale;
      }
    }
    // Digits beyond those of n - 1 are zero for every point: one draw serves them all.
    for (; scale > 0x1p-60; scale *= step)
      tail_ += static_cast<double>(stream.below(base, draw++)) * scale;
  }
  double operator()(std::uint64_t i) const {
    double x = tail_;
    for (std::size_t start = 0; start < digits_.size(); start += base_, i /= base_)
      x += digits_[start + i % base_];
    return std::min(below_one, x);
  }

 private:
  std::uint64_t base_;
  std::vector<double> digits_;
  double tail_ = 0;
};

}  // namespace

void SobolSampler::points(std::int64_t n, int d, const Stream& stream, double* out) const {
  using Engine = boost::random::sobol;
  if (d < 1) return;
  std::vector<std::uint64_t> shift(static_cast<std::size_t>(d));
  for (std::size_t axis = 0; axis < shift.size(); ++axis) shift[axis] = stream.bits(axis);
  Engine engine(static_cast<std::size_t>(d));
  for (std::int64_t i = 0; i < n; ++i)
    for (std::size_t axis = 0; axis < shift.size(); ++axis) {
      // Boost leaves the origin out; with it, 2^m points are balanced.
      const std::uint64_t x = (i == 0 ? 0 : engine()) ^ shift[axis];
      *out++ = static_cast<double>(x >> 11) * 0x1p-53;
    }
}

void HaltonSampler::points(std::int64_t n, int d, const Stream& stream, double* out) const {
  std::uint64_t base = 1;
  for (int axis = 0; axis < d; ++axis) {
    base = next_prime(base);
    const RadicalInverse x(base, static_cast<std::uint64_t>(n),
                           stream.child(static_cast<std::uint64_t>(axis)));
    for (std::int64_t i = 0; i < n; ++i) out[i * d + axis] = x(static_cast<std::uint64_t>(i));
  }
}

}  // namespace banach
