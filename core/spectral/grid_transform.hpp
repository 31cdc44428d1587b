// SPDX-License-Identifier: Apache-2.0
// The lowest frequencies of functions on a grid, axis by axis.
#pragma once
#include <cstdint>
#include <vector>

#include "core/spectral/axis_transform.hpp"

namespace banach {

/// Discrete Fourier transform of rows of channels, cut off at the kept frequencies: along the last
/// axis ("line") 0 .. modes - 1, along the others 1 - modes .. modes - 1. What lies between the two
/// steps is `t` [lines, modes of the last axis, 2, channels], 2: real and imaginary part. A
/// spectrum is [modes, 2, samples, channels], the modes with the last axis first.
template <class T>
class GridTransform {
 public:
  using Scale = typename AxisTransform<T>::Scale;

  GridTransform(std::vector<std::int64_t> points, std::vector<std::int64_t> modes,
                std::int64_t channels);

  std::int64_t lines() const { return lines_; }
  std::int64_t line() const { return axes_.back().points(); }
  /// Numbers of a line of t.
  std::int64_t line_numbers() const { return 2 * axes_.back().modes() * channels_; }
  std::int64_t modes() const { return all_modes_; }
  /// Numbers from one mode of a spectrum to the next: a power of two would use few lines of the
  /// cache for what a sample owns.
  std::int64_t mode_stride(std::int64_t samples) const { return 2 * samples * channels_ + 32; }
  /// Numbers that all of the following write to besides.
  std::int64_t scratch() const { return scratch_; }

  /// A line x [points, channels] to t.
  void analyse_line(Scale scale, const T* x, T* t, T* scratch) const;
  /// x += what t says about a line.
  void synthesise_line(Scale scale, const T* t, T* x, T* scratch) const;
  /// t of a sample, which is overwritten, to its places in a spectrum of so many samples.
  void analyse(Scale scale, T* t, T* scratch, T* spectrum, std::int64_t samples) const;
  void synthesise(Scale scale, const T* spectrum, std::int64_t samples, T* scratch, T* t) const;

 private:
  // Where (frequency k of an axis, q of those after it, l of the last, part) lies.
  struct Places {
    std::int64_t k, q, l, part;
  };
  // Both signs of an axis.
  std::int64_t frequencies(std::size_t axis) const { return 2 * axes_[axis].modes() - 1; }
  std::int64_t later(std::size_t axis) const;
  Places natural(std::size_t axis) const;
  Places places(std::int64_t samples) const;
  void join(std::size_t axis, const T* waves, T* out, const Places& at) const;
  void split(std::size_t axis, const T* in, const Places& at, T* waves) const;
  void copy_line(const T* from, const Places& at_from, T* to, const Places& at_to) const;

  const Kernels<T>& kernels_ = kernels<T>();
  std::vector<AxisTransform<T>> axes_;
  std::int64_t channels_, lines_ = 1, all_modes_;
  std::int64_t waves_ = 0, rest_ = 0, scratch_ = 0;  // where they begin, and the end
};

}  // namespace banach
