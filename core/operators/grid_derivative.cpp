// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <torch/types.h>

#include <cmath>

#include "core/operators/grid_evaluator.hpp"

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

}  // namespace banach
