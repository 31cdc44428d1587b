// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/axis_transform.hpp"

#include <algorithm>
#include <cmath>

namespace banach {
namespace {

constexpr std::int64_t block = 64;  // columns at a time: a block of them stays in the caches

// Products of a column, in numbers that take equally long.
double product_work(std::int64_t points, std::int64_t carried) {
  return static_cast<double>(points * carried);
}
double hands_work(std::int64_t points, std::int64_t carried, std::int64_t hands) {
  constexpr double of_short_products = 1.8;  // measured: docs/architectures/fno.md
  const std::int64_t held = points / hands;
  return of_short_products * (static_cast<double>(hands) * product_work(held, held / 2 + 1) +
                              static_cast<double>(4 * hands * carried));
}
std::int64_t best_hands(std::int64_t points, std::int64_t carried) {
  std::int64_t best = 1;
  double least = product_work(points, carried);
  for (std::int64_t hands = 2; hands < points; ++hands) {
    if (points % hands != 0) continue;
    const double work = hands_work(points, carried, hands);
    if (work < least) best = hands, least = work;
  }
  return best;
}

}  // namespace

template <class T>
AxisTransform<T>::AxisTransform(std::int64_t points, std::int64_t modes, bool one_sided,
                                std::int64_t hands)
    : points_(points),
      modes_(modes),
      carried_(std::min(modes, points / 2 + 1)),
      pairs_((points - 1) / 2),
      hands_(hands > 0 ? hands : best_hands(points, carried_)),
      one_sided_(one_sided) {
  hands_ > 1 ? make_hands() : make_matrices();
}

template <class T>
double AxisTransform<T>::factor(Scale scale, std::int64_t frequency) const {
  if (scale == mean) return 1 / static_cast<double>(points_);
  return (one_sided_ && frequency > 0 ? 2 : 1) * (2 * frequency == points_ ? 0.5 : 1);
}

template <class T>
double AxisTransform<T>::angle(std::int64_t multiple) const {
  return 2 * M_PI * static_cast<double>(multiple % points_) / static_cast<double>(points_);
}

template <class T>
void AxisTransform<T>::make_matrices() {
  for (const Scale scale : {mean, sum})
    for (std::int64_t k = 0; k < carried_; ++k) {
      for (std::int64_t x = 0; x < points_ - pairs_; ++x)
        cosines_[scale].push_back(static_cast<T>(factor(scale, k) * std::cos(angle(k * x))));
      for (std::int64_t x = 1; k > 0 && x <= pairs_; ++x)
        sines_[scale].push_back(static_cast<T>(-factor(scale, k) * std::sin(angle(k * x))));
    }
}

template <class T>
std::int64_t AxisTransform<T>::scratch() const {
  if (!hand_) return points_ * block;
  const auto collected = static_cast<std::int64_t>(alike_.size()) * 2 * hands_ + 2 * most_alike();
  return collected * block + hand_->scratch();
}

template <class T>
void AxisTransform<T>::analyse(Scale scale, std::int64_t n, const T* x, std::int64_t x_row,
                               const Waves<T>& out, T* scratch) const {
  for (std::int64_t i = 0; i < n; i += block) {
    const std::int64_t columns = std::min(block, n - i);
    const Waves<T> waves{out.cosine + i, out.sine + i, out.row};
    hand_ ? analyse_hands(scale, columns, x + i, x_row, waves, scratch)
          : analyse_folded(scale, columns, x + i, x_row, waves, scratch);
    for (std::int64_t k = carried_; k < modes_; ++k) {
      std::fill_n(waves.cosine + k * out.row, columns, T(0));
      std::fill_n(waves.sine + k * out.row, columns, T(0));
    }
  }
}

template <class T>
void AxisTransform<T>::synthesise(Scale scale, std::int64_t n, const Waves<const T>& in, T* x,
                                  std::int64_t x_row, bool accumulate, T* scratch) const {
  for (std::int64_t i = 0; i < n; i += block) {
    const std::int64_t columns = std::min(block, n - i);
    const Waves<const T> waves{in.cosine + i, in.sine + i, in.row};
    hand_ ? synthesise_hands(scale, columns, waves, x + i, x_row, accumulate, scratch)
          : synthesise_folded(scale, columns, waves, x + i, x_row, accumulate, scratch);
  }
}

// Cosines see the sums of values at x and -x, sines the differences: half of the products.
template <class T>
void AxisTransform<T>::analyse_folded(Scale scale, std::int64_t n, const T* x, std::int64_t x_row,
                                      const Waves<T>& out, T* scratch) const {
  const std::int64_t even = points_ - pairs_;
  T* const odd = scratch + even * n;
  std::copy_n(x, n, scratch);
  if (even > pairs_ + 1) std::copy_n(x + (even - 1) * x_row, n, scratch + (even - 1) * n);
  kernels_.butterfly(
      {pairs_, n, x + x_row, x_row, x + (points_ - 1) * x_row, -x_row, scratch + n, n, odd, n});
  const T *cosines = cosines_[scale].data(), *sines = sines_[scale].data();
  kernels_.multiply({carried_, n, even, cosines, even, 1, scratch, n, out.cosine, out.row});
  kernels_.multiply(
      {carried_ - 1, n, pairs_, sines, pairs_, 1, odd, n, out.sine + out.row, out.row});
}

template <class T>
void AxisTransform<T>::synthesise_folded(Scale scale, std::int64_t n, const Waves<const T>& in,
                                         T* x, std::int64_t x_row, bool accumulate,
                                         T* scratch) const {
  const std::int64_t even = points_ - pairs_;
  T* const odd = scratch + even * n;
  const T *cosines = cosines_[scale].data(), *sines = sines_[scale].data();
  kernels_.multiply({even, n, carried_, cosines, 1, even, in.cosine, in.row, scratch, n});
  kernels_.multiply({pairs_, n, carried_ - 1, sines, 1, pairs_, in.sine + in.row, in.row, odd, n});
  kernels_.fill_rows(1, n, scratch, x, accumulate);
  if (even > pairs_ + 1)
    kernels_.fill_rows(1, n, scratch + (even - 1) * n, x + (even - 1) * x_row, accumulate);
  kernels_.butterfly({pairs_, n, scratch + n, n, odd, n, x + x_row, x_row,
                      x + (points_ - 1) * x_row, -x_row, accumulate});
}

template class AxisTransform<float>;
template class AxisTransform<double>;

}  // namespace banach
