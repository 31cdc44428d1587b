// SPDX-License-Identifier: Apache-2.0
// The library of linear algebra below LibTorch, called directly: ATen has no product of a matrix
// with itself, and copies what it factors.
#pragma once
#include <cstdint>

namespace banach {

/// Of matrices in float64, row major, of which the upper triangle counts.
class Lapack {
 public:
  /// The library, or nullptr where the process does not show its symbols.
  static const Lapack* find();
  /// out [n, n] = a a^T for a [n, k], or a^T a for a [k, n].
  void gram(bool transposed, std::int64_t n, std::int64_t k, const double* a, double* out) const;
  /// Cholesky in place; false when the matrix is not positive definite.
  bool factor(std::int64_t n, double* matrix) const;
  /// Solves in place of b [n], after factor().
  void solve(std::int64_t n, const double* factor, double* b) const;
  /// The triangle of the QR factorisation of a [n, m] (transposed, m >= n) in place, in a[i, k <=
  /// i].
  bool factor_qr(std::int64_t m, std::int64_t n, double* a) const;
  /// The shortest x [n] that minimises |a x - b| for a [n, m] (transposed), b [max(m, n)], by a QR
  /// factorisation with pivots that leaves out what is below rcond; x stands in b then, and a is
  /// spent. False when it failed.
  bool least_squares(std::int64_t m, std::int64_t n, double* a, double* b, double rcond) const;

 private:
  using Syrk = void (*)(const char*, const char*, const int*, const int*, const double*,
                        const double*, const int*, const double*, double*, const int*);
  using Potrf = void (*)(const char*, const int*, double*, const int*, int*);
  using Potrs = void (*)(const char*, const int*, const int*, const double*, const int*, double*,
                         const int*, int*);
  using Gelsy = void (*)(const int*, const int*, const int*, double*, const int*, double*,
                         const int*, int*, const double*, int*, double*, const int*, int*);
  using Geqrf = void (*)(const int*, const int*, double*, const int*, double*, double*, const int*,
                         int*);
  Syrk syrk_ = nullptr;
  Potrf potrf_ = nullptr;
  Potrs potrs_ = nullptr;
  Gelsy gelsy_ = nullptr;
  Geqrf geqrf_ = nullptr;
};

}  // namespace banach
