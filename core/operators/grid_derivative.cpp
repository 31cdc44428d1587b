// SPDX-License-Identifier: Apache-2.0
#include "core/operators/grid_derivative.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"

namespace banach {
namespace {

at::Tensor spectral(const at::Tensor& values, std::int64_t dim, int order, double step) {
  const std::int64_t n = values.size(dim);
  const auto complex = values.scalar_type() == at::kDouble ? at::kComplexDouble : at::kComplexFloat;
  const double base = 2 * M_PI / (static_cast<double>(n) * step);
  at::Tensor k = at::arange(n / 2 + 1, values.options()) * base;
  if (order % 2 == 1 && n % 2 == 0) k[n / 2].zero_();  // has no odd derivative on its own grid
  static const c10::complex<double> turns[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  at::Tensor factor = k.pow(order).to(complex) * c10::Scalar(turns[order % 4]);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
  shape[static_cast<std::size_t>(dim)] = n / 2 + 1;
  return at::fft_irfft(at::fft_rfft(values, c10::nullopt, dim) * factor.reshape(shape), n, dim);
}

}  // namespace

at::Tensor grid_derivative(const at::Tensor& values, std::int64_t dim, int order, double step,
                           bool periodic) {
  if (periodic) return spectral(values, dim, order, step);
  if (order > 2)
    return grid_derivative(grid_derivative(values, dim, 2, step, false), dim, order - 2, step,
                           false);
  const std::int64_t n = values.size(dim);
  if (n < 4)
    throw ConfigError(fmt::format("derivatives on a grid need at least 4 points, not {}", n));
  const auto part = [&](std::int64_t first) { return values.narrow(dim, first, n - 2); };
  const auto at = [&](std::int64_t i) { return values.narrow(dim, i, 1); };
  if (order == 1)
    return at::cat({-3 * at(0) + 4 * at(1) - at(2), part(2) - part(0),
                    3 * at(n - 1) - 4 * at(n - 2) + at(n - 3)},
                   dim) /
           (2 * step);
  return at::cat({2 * at(0) - 5 * at(1) + 4 * at(2) - at(3), part(2) - 2 * part(1) + part(0),
                  2 * at(n - 1) - 5 * at(n - 2) + 4 * at(n - 3) - at(n - 4)},
                 dim) /
         (step * step);
}

at::Tensor difference_weights(const std::vector<double>& nodes, double period) {
  const auto n = static_cast<std::int64_t>(nodes.size());
  if (n < 3) throw ConfigError(fmt::format("derivatives need at least 3 points, not {}", n));
  at::Tensor out = at::empty({3, n}, at::kDouble);
  auto weights = out.accessor<double, 2>();
  const auto node = [&](std::int64_t i) {
    return nodes[static_cast<std::size_t>((i + n) % n)] + (i < 0 ? -period : i >= n ? period : 0);
  };
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t middle = period > 0 ? i : std::clamp<std::int64_t>(i, 1, n - 2);
    const double at = node(i), x[] = {node(middle - 1), node(middle), node(middle + 1)};
    for (int k = 0; k < 3; ++k) {
      const double a = x[(k + 1) % 3], b = x[(k + 2) % 3];
      weights[k][i] = ((at - a) + (at - b)) / ((x[k] - a) * (x[k] - b));
    }
  }
  return out;
}

at::Tensor uneven_derivative(const at::Tensor& values, std::int64_t dim, const at::Tensor& weights,
                             bool periodic) {
  const std::int64_t n = values.size(dim);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
  shape[static_cast<std::size_t>(dim)] = n;
  const at::Tensor all = weights.to(values.options());
  at::Tensor sum;
  for (std::int64_t k = 0; k < 3; ++k) {
    // The neighbour on this side; the ends look at the three points there.
    const at::Tensor beside = periodic
                                  ? values.roll({1 - k}, {dim})
                                  : at::cat({values.narrow(dim, k, 1), values.narrow(dim, k, n - 2),
                                             values.narrow(dim, n - 3 + k, 1)},
                                            dim);
    const at::Tensor part = beside * all[k].reshape(shape);
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

}  // namespace banach
