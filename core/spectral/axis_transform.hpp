// SPDX-License-Identifier: Apache-2.0
// The lowest frequencies of functions on equidistant points of a period.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "banach/export.hpp"
#include "core/kernels/kernels.hpp"

namespace banach {

/// Parts of the frequency k: with cos(k x) at cosine + k row, with -sin(k x) at sine + k row for
/// k > 0.
template <class T>
struct Waves {
  T *cosine, *sine;
  std::int64_t row;
};

/// Discrete Fourier transform of columns of real numbers, cut off at the frequencies
/// 0 .. modes - 1; those that the points do not carry are zero. Few modes are products with the
/// rows of the Fourier matrix that are kept. For more, the points are dealt out to `hands` of every
/// hands-th one (Cooley and Tukey 1965): each is transformed by itself, and a frequency collects
/// the one that it looks like on them.
template <class T>
class BANACH_API AxisTransform {
 public:
  /// `mean`: of e^-ikx over the points; `sum`: with e^ikx, over the frequencies; half of the
  /// highest one of an even number of points belongs to each sign. The adjoint of analysing with
  /// a scale is synthesising with it.
  enum Scale { mean, sum };

  /// `one_sided`: the sum takes every frequency for its negative one, too. `hands`: a divisor of
  /// the points, 1 for the product, 0 for what is faster.
  AxisTransform(std::int64_t points, std::int64_t modes, bool one_sided, std::int64_t hands = 0);

  std::int64_t points() const { return points_; }
  std::int64_t modes() const { return modes_; }
  std::int64_t hands() const { return hands_; }
  /// Numbers that the passes write to besides.
  std::int64_t scratch() const;

  /// From the rows of x, n numbers each, to all waves but the sine of 0.
  void analyse(Scale scale, std::int64_t n, const T* x, std::int64_t x_row, const Waves<T>& out,
               T* scratch) const;
  /// x = or += what the waves say.
  void synthesise(Scale scale, std::int64_t n, const Waves<const T>& in, T* x, std::int64_t x_row,
                  bool accumulate, T* scratch) const;

 private:
  // Frequencies that look alike on the points of one hand, but for their sign; the matrix
  // [frequencies, cosine and sine, cosine and sine, hands] for each scale.
  struct Alike {
    std::vector<std::int64_t> frequencies;
    std::vector<T> matrix[2];
  };

  double factor(Scale scale, std::int64_t frequency) const;
  double angle(std::int64_t multiple) const;
  void make_matrices();
  void make_hands();
  void collect(Alike& alike, std::int64_t frequency, bool turned);
  std::int64_t most_alike() const;

  void analyse_folded(Scale scale, std::int64_t n, const T* x, std::int64_t x_row,
                      const Waves<T>& out, T* scratch) const;
  void synthesise_folded(Scale scale, std::int64_t n, const Waves<const T>& in, T* x,
                         std::int64_t x_row, bool accumulate, T* scratch) const;
  void analyse_hands(Scale scale, std::int64_t n, const T* x, std::int64_t x_row,
                     const Waves<T>& out, T* scratch) const;
  void synthesise_hands(Scale scale, std::int64_t n, const Waves<const T>& in, T* x,
                        std::int64_t x_row, bool accumulate, T* scratch) const;

  const Kernels<T>& kernels_ = kernels<T>();
  std::int64_t points_, modes_, carried_, pairs_, hands_;
  bool one_sided_;
  std::vector<T> cosines_[2], sines_[2];  // [carried, points - pairs], [carried - 1, pairs]
  std::unique_ptr<const AxisTransform> hand_;
  std::vector<Alike> alike_;  // by their frequency on a hand
};

}  // namespace banach
