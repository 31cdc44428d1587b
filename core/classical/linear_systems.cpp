// SPDX-License-Identifier: Apache-2.0
// The checks of uBLAS refuse ill-conditioned systems in debug builds only.
#define BOOST_UBLAS_TYPE_CHECK 0
#include <algorithm>
#include <boost/numeric/ublas/lu.hpp>
#include <boost/numeric/ublas/matrix.hpp>
#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace ublas = boost::numeric::ublas;

std::vector<double> solve_dense(const std::vector<double>& a, std::vector<double> b) {
  const std::size_t n = b.size();
  BANACH_ASSERT(a.size() == n * n);
  ublas::matrix<double> matrix(n, n);
  std::copy(a.begin(), a.end(), matrix.data().begin());
  ublas::permutation_matrix<std::size_t> rows(n);
  if (ublas::lu_factorize(matrix, rows) != 0)
    throw DataError("a system of " + std::to_string(n) + " linear equations is singular");
  ublas::vector<double> x(n);
  std::copy(b.begin(), b.end(), x.begin());
  ublas::lu_substitute(matrix, rows, x);
  std::copy(x.begin(), x.end(), b.begin());
  return b;
}

std::vector<double> solve_tridiagonal(const std::vector<double>& lower,
                                      std::vector<double> diagonal,
                                      const std::vector<double>& upper, std::vector<double> right) {
  const std::size_t n = diagonal.size();
  BANACH_ASSERT(n > 0 && lower.size() == n && upper.size() == n && right.size() == n);
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) {
      const double factor = lower[i] / diagonal[i - 1];
      diagonal[i] -= factor * upper[i - 1];
      right[i] -= factor * right[i - 1];
    }
    if (diagonal[i] == 0 || !std::isfinite(diagonal[i]))
      throw DataError("a tridiagonal system of " + std::to_string(n) + " equations is singular");
  }
  for (std::size_t i = n; i-- > 0;)
    right[i] = (right[i] - (i + 1 < n ? upper[i] * right[i + 1] : 0.0)) / diagonal[i];
  return right;
}

}  // namespace banach
