// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/grid_transform.hpp"

#include <algorithm>

namespace banach {

template <class T>
GridTransform<T>::GridTransform(std::vector<std::int64_t> points, std::vector<std::int64_t> modes,
                                std::int64_t channels)
    : channels_(channels), all_modes_(modes.back()) {
  std::int64_t rest = 0;
  for (std::size_t a = 0; a < points.size(); ++a) {
    const bool last = a + 1 == points.size();
    axes_.emplace_back(points[a], modes[a], last);
    rest = std::max(rest, axes_[a].scratch());
    if (last) break;
    lines_ *= points[a];
    all_modes_ *= frequencies(a);
  }
  std::int64_t waves = 0;
  for (std::size_t a = 0; a + 1 < points.size(); ++a) {
    waves = std::max(waves, frequencies(a) * later(a));
    if (a > 0) waves_ = points[0] * frequencies(a) * later(a);
  }
  rest_ = waves_ + waves;
  scratch_ = rest_ + rest;
}

template <class T>
void GridTransform<T>::analyse_line(Scale scale, const T* x, T* t, T* scratch) const {
  std::fill_n(t + channels_, channels_, T(0));
  axes_.back().analyse(scale, channels_, x, channels_, {t, t + channels_, 2 * channels_}, scratch);
}

template <class T>
void GridTransform<T>::synthesise_line(Scale scale, const T* t, T* x, T* scratch) const {
  axes_.back().synthesise(scale, channels_, {t, t + channels_, 2 * channels_}, x, channels_, true,
                          scratch);
}

// Numbers for a point of an axis once the axes after it are transformed.
template <class T>
std::int64_t GridTransform<T>::later(std::size_t axis) const {
  std::int64_t out = line_numbers();
  for (std::size_t a = axis + 1; a + 1 < axes_.size(); ++a) out *= frequencies(a);
  return out;
}

template <class T>
typename GridTransform<T>::Places GridTransform<T>::natural(std::size_t axis) const {
  return {later(axis), line_numbers(), 2 * channels_, channels_};
}

template <class T>
typename GridTransform<T>::Places GridTransform<T>::places(std::int64_t samples) const {
  const std::int64_t mode = mode_stride(samples), lines = all_modes_ / axes_.back().modes();
  const std::int64_t first = axes_.size() > 1 ? frequencies(0) : 1;
  return {mode, mode * first, mode * lines, samples * channels_};
}

template <class T>
void GridTransform<T>::copy_line(const T* from, const Places& at_from, T* to,
                                 const Places& at_to) const {
  for (std::int64_t l = 0; l < axes_.back().modes(); ++l)
    for (int part = 0; part < 2; ++part)
      std::copy_n(from + l * at_from.l + part * at_from.part, channels_,
                  to + l * at_to.l + part * at_to.part);
}

// c + i s and c - i s for the frequencies k and -k, from the sums with cos(k x) and -sin(k x).
template <class T>
void GridTransform<T>::join(std::size_t axis, const T* waves, T* out, const Places& at) const {
  const Places own = natural(axis);
  const std::int64_t modes = axes_[axis].modes(), line_modes = axes_.back().modes();
  const std::int64_t n = channels_;
  for (std::int64_t q = 0; q < later(axis) / line_numbers(); ++q) {
    const T* cosine = waves + q * own.q;
    const T* sine = cosine + (modes - 1) * own.k;
    T* plus = out + (modes - 1) * at.k + q * at.q;
    T* minus = plus;
    copy_line(cosine, own, plus, at);
    for (std::int64_t k = 1; k < modes; ++k) {
      cosine += own.k, sine += own.k, plus += at.k, minus -= at.k;
      kernels_.butterfly({line_modes, n, cosine, own.l, sine + n, own.l, minus, at.l, plus, at.l});
      kernels_.butterfly({line_modes, n, cosine + n, own.l, sine, own.l, plus + at.part, at.l,
                          minus + at.part, at.l});
    }
  }
}

// Amplitudes of cos(k x) and -sin(k x) in the sum over k of z_k e^ikx.
template <class T>
void GridTransform<T>::split(std::size_t axis, const T* in, const Places& at, T* waves) const {
  const Places own = natural(axis);
  const std::int64_t modes = axes_[axis].modes(), line_modes = axes_.back().modes();
  const std::int64_t n = channels_;
  for (std::int64_t q = 0; q < later(axis) / line_numbers(); ++q) {
    T* cosine = waves + q * own.q;
    T* sine = cosine + (modes - 1) * own.k;
    const T* plus = in + (modes - 1) * at.k + q * at.q;
    const T* minus = plus;
    copy_line(plus, at, cosine, own);
    for (std::int64_t k = 1; k < modes; ++k) {
      cosine += own.k, sine += own.k, plus += at.k, minus -= at.k;
      kernels_.butterfly({line_modes, n, minus, at.l, plus, at.l, cosine, own.l, sine + n, own.l});
      kernels_.butterfly({line_modes, n, plus + at.part, at.l, minus + at.part, at.l, cosine + n,
                          own.l, sine, own.l});
    }
  }
}

template <class T>
void GridTransform<T>::analyse(Scale scale, T* t, T* scratch, T* spectrum,
                               std::int64_t samples) const {
  const Places at = places(samples);
  if (axes_.size() == 1) return copy_line(t, natural(0), spectrum, at);
  const std::size_t last = axes_.size() - 2;
  T* const waves = scratch + waves_;
  for (std::size_t a = last + 1; a-- > 0;) {
    const std::int64_t n = later(a);
    for (std::int64_t outer = 0; outer < (a > 0 ? axes_[0].points() : 1); ++outer) {
      const T* x = a < last ? scratch : t + outer * axes_[a].points() * n;
      axes_[a].analyse(scale, n, x, n, {waves, waves + (axes_[a].modes() - 1) * n, n},
                       scratch + rest_);
      if (a > 0)
        join(a, waves, scratch + outer * frequencies(a) * n, natural(a));
      else
        join(a, waves, spectrum, at);
    }
  }
}

template <class T>
void GridTransform<T>::synthesise(Scale scale, const T* spectrum, std::int64_t samples, T* scratch,
                                  T* t) const {
  const Places at = places(samples);
  if (axes_.size() == 1) return copy_line(spectrum, at, t, natural(0));
  const std::size_t last = axes_.size() - 2;
  T* const waves = scratch + waves_;
  for (std::size_t a = 0; a <= last; ++a) {
    const std::int64_t n = later(a);
    for (std::int64_t outer = 0; outer < (a > 0 ? axes_[0].points() : 1); ++outer) {
      if (a > 0)
        split(a, scratch + outer * frequencies(a) * n, natural(a), waves);
      else
        split(a, spectrum, at, waves);
      T* x = a < last ? scratch : t + outer * axes_[a].points() * n;
      axes_[a].synthesise(scale, n, {waves, waves + (axes_[a].modes() - 1) * n, n}, x, n, false,
                          scratch + rest_);
    }
  }
}

template class GridTransform<float>;
template class GridTransform<double>;

}  // namespace banach
