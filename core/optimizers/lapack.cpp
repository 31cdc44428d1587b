// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/lapack.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <vector>

namespace banach {
namespace {

// Row major's upper triangle is the lower one of Fortran's columns.
constexpr char triangle = 'L';

}  // namespace

const Lapack* Lapack::find() {
  static const Lapack library = [] {
    Lapack out;
    out.syrk_ = reinterpret_cast<Syrk>(dlsym(RTLD_DEFAULT, "dsyrk_"));
    out.potrf_ = reinterpret_cast<Potrf>(dlsym(RTLD_DEFAULT, "dpotrf_"));
    out.potrs_ = reinterpret_cast<Potrs>(dlsym(RTLD_DEFAULT, "dpotrs_"));
    out.gelsy_ = reinterpret_cast<Gelsy>(dlsym(RTLD_DEFAULT, "dgelsy_"));
    out.geqrf_ = reinterpret_cast<Geqrf>(dlsym(RTLD_DEFAULT, "dgeqrf_"));
    return out;
  }();
  return library.syrk_ && library.potrf_ && library.potrs_ && library.gelsy_ && library.geqrf_
             ? &library
             : nullptr;
}

void Lapack::gram(bool transposed, std::int64_t n, std::int64_t k, const double* a,
                  double* out) const {
  const int rows = static_cast<int>(n), inner = static_cast<int>(k);
  const int leading = transposed ? rows : inner;
  const double one = 1, zero = 0;
  const char how = transposed ? 'N' : 'T';
  syrk_(&triangle, &how, &rows, &inner, &one, a, &leading, &zero, out, &rows);
}

bool Lapack::factor(std::int64_t n, double* matrix) const {
  const int size = static_cast<int>(n);
  int info = 0;
  potrf_(&triangle, &size, matrix, &size, &info);
  return info == 0;
}

void Lapack::solve(std::int64_t n, const double* factor, double* b) const {
  const int size = static_cast<int>(n), one = 1;
  int info = 0;
  potrs_(&triangle, &size, &one, factor, &size, b, &size, &info);
}

bool Lapack::factor_qr(std::int64_t m, std::int64_t n, double* a) const {
  const int rows = static_cast<int>(m), columns = static_cast<int>(n), query = -1;
  std::vector<double> factors(static_cast<std::size_t>(std::min(m, n)) + 1);
  int info = 0;
  double size = 0;
  geqrf_(&rows, &columns, a, &rows, factors.data(), &size, &query, &info);
  if (info != 0) return false;
  std::vector<double> work(static_cast<std::size_t>(size) + 1);
  const int length = static_cast<int>(work.size());
  geqrf_(&rows, &columns, a, &rows, factors.data(), work.data(), &length, &info);
  return info == 0;
}

bool Lapack::least_squares(std::int64_t m, std::int64_t n, double* a, double* b,
                           double rcond) const {
  const int rows = static_cast<int>(m), columns = static_cast<int>(n), one = 1;
  const int longer = std::max({rows, columns, 1}), query = -1;
  std::vector<int> pivots(static_cast<std::size_t>(n));  // zeros: every column may move
  int rank = 0, info = 0;
  double size = 0;
  gelsy_(&rows, &columns, &one, a, &rows, b, &longer, pivots.data(), &rcond, &rank, &size, &query,
         &info);
  if (info != 0) return false;
  std::vector<double> work(static_cast<std::size_t>(size) + 1);
  const int length = static_cast<int>(work.size());
  gelsy_(&rows, &columns, &one, a, &rows, b, &longer, pivots.data(), &rcond, &rank, work.data(),
         &length, &info);
  return info == 0;
}

}  // namespace banach
