// SPDX-License-Identifier: Apache-2.0
// Many frequencies: short transforms of every hands-th point, and what they say together.
#include <algorithm>
#include <cmath>

#include "core/spectral/axis_transform.hpp"

namespace banach {

template <class T>
void AxisTransform<T>::make_hands() {
  const std::int64_t held = points_ / hands_;
  const std::int64_t modes = std::min(carried_, held / 2 + 1);
  hand_ = std::make_unique<const AxisTransform>(held, modes, false, 1);
  alike_.resize(static_cast<std::size_t>(modes));
  for (std::int64_t k = 0; k < carried_; ++k) {
    const std::int64_t seen = k % held;
    const bool turned = 2 * seen > held;
    collect(alike_[static_cast<std::size_t>(turned ? held - seen : seen)], k, turned);
  }
}

// Hand h sees c + i s at k, or its conjugate (`turned`), and adds e^(-2 pi i k h / points) times
// it.
template <class T>
void AxisTransform<T>::collect(Alike& alike, std::int64_t frequency, bool turned) {
  alike.frequencies.push_back(frequency);
  for (const Scale scale : {mean, sum}) {
    // The short transforms are means.
    const double f = factor(scale, frequency) * static_cast<double>(points_ / hands_);
    std::vector<T>& matrix = alike.matrix[scale];
    for (const bool sine : {false, true})
      for (const bool of_sine : {false, true})
        for (std::int64_t h = 0; h < hands_; ++h) {
          const double a = angle(frequency * h), sign = of_sine && turned ? -1 : 1;
          const double entry = sine == of_sine ? std::cos(a) : sine ? -std::sin(a) : std::sin(a);
          matrix.push_back(static_cast<T>(f * sign * entry));
        }
  }
}

template <class T>
std::int64_t AxisTransform<T>::most_alike() const {
  std::size_t most = 0;
  for (const Alike& alike : alike_) most = std::max(most, alike.frequencies.size());
  return static_cast<std::int64_t>(most);
}

// `parts`: [frequencies on a hand, cosine and sine, hands, n]; the sine of 0 stays out of products.
template <class T>
void AxisTransform<T>::analyse_hands(Scale scale, std::int64_t n, const T* x, std::int64_t x_row,
                                     const Waves<T>& out, T* scratch) const {
  const std::int64_t all = 2 * hands_ * n;
  T* const parts = scratch;
  T* const found = parts + static_cast<std::int64_t>(alike_.size()) * all;
  T* const rest = found + 2 * most_alike() * n;
  for (std::int64_t h = 0; h < hands_; ++h)
    hand_->analyse(mean, n, x + h * x_row, hands_ * x_row,
                   {parts + h * n, parts + (hands_ + h) * n, all}, rest);
  for (std::size_t r = 0; r < alike_.size(); ++r) {
    const Alike& alike = alike_[r];
    const auto rows = 2 * static_cast<std::int64_t>(alike.frequencies.size());
    kernels_.multiply({rows, n, r > 0 ? 2 * hands_ : hands_, alike.matrix[scale].data(), 2 * hands_,
                       1, parts + static_cast<std::int64_t>(r) * all, n, found, n});
    const T* row = found;
    for (const std::int64_t k : alike.frequencies) {
      std::copy_n(row, n, out.cosine + k * out.row);
      if (k > 0) std::copy_n(row + n, n, out.sine + k * out.row);
      row += 2 * n;
    }
  }
}

template <class T>
void AxisTransform<T>::synthesise_hands(Scale scale, std::int64_t n, const Waves<const T>& in, T* x,
                                        std::int64_t x_row, bool accumulate, T* scratch) const {
  const std::int64_t all = 2 * hands_ * n;
  T* const parts = scratch;
  T* const asked = parts + static_cast<std::int64_t>(alike_.size()) * all;
  T* const rest = asked + 2 * most_alike() * n;
  for (std::size_t r = 0; r < alike_.size(); ++r) {
    const Alike& alike = alike_[r];
    T* row = asked;
    for (const std::int64_t k : alike.frequencies) {
      std::copy_n(in.cosine + k * in.row, n, row);
      if (k > 0)
        std::copy_n(in.sine + k * in.row, n, row + n);
      else
        std::fill_n(row + n, n, T(0));
      row += 2 * n;
    }
    kernels_.multiply({r > 0 ? 2 * hands_ : hands_, n, (row - asked) / n,
                       alike.matrix[scale].data(), 1, 2 * hands_, asked, n,
                       parts + static_cast<std::int64_t>(r) * all, n});
  }
  for (std::int64_t h = 0; h < hands_; ++h)
    hand_->synthesise(mean, n, {parts + h * n, parts + (hands_ + h) * n, all}, x + h * x_row,
                      hands_ * x_row, accumulate, rest);
}

template class AxisTransform<float>;
template class AxisTransform<double>;

}  // namespace banach
