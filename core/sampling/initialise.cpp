// SPDX-License-Identifier: Apache-2.0
#include "core/sampling/initialise.hpp"

#include <algorithm>
#include <cmath>

#include "banach/config.hpp"

namespace banach {
namespace {

void fill_uniform(double low, double high, std::int64_t n, const Stream& stream, double* out) {
  stream.uniform(n, out);
  for (std::int64_t i = 0; i < n; ++i) out[i] = low + (high - low) * out[i];
}

void fill_normal(double mean, double deviation, std::int64_t n, const Stream& stream, double* out) {
  stream.normal(n, out);
  for (std::int64_t i = 0; i < n; ++i) out[i] = mean + deviation * out[i];
}

double dot(const double* a, const double* b, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// Gram-Schmidt on the rows of a normal matrix [rows, columns], rows <= columns: Haar distributed.
// The second sweep removes what rounding left of the earlier rows.
void orthonormal_rows(std::int64_t rows, std::int64_t columns, double* q) {
  for (std::int64_t i = 0; i < rows; ++i) {
    double* row = q + i * columns;
    for (int sweep = 0; sweep < 2; ++sweep)
      for (std::int64_t j = 0; j < i; ++j) {
        const double* earlier = q + j * columns;
        const double part = dot(earlier, row, columns);
        for (std::int64_t k = 0; k < columns; ++k) row[k] -= part * earlier[k];
      }
    const double scale = 1 / std::sqrt(dot(row, row, columns));
    for (std::int64_t k = 0; k < columns; ++k) row[k] *= scale;
  }
}

void fill_orthogonal(double gain, std::int64_t rows, std::int64_t columns, const Stream& stream,
                     double* out) {
  const std::int64_t shorter = std::min(rows, columns), longer = std::max(rows, columns);
  std::vector<double> q(static_cast<std::size_t>(rows * columns));
  stream.normal(rows * columns, q.data());
  orthonormal_rows(shorter, longer, q.data());
  const std::int64_t row_stride = rows <= columns ? longer : 1;
  const std::int64_t column_stride = rows <= columns ? 1 : longer;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      *out++ = gain * q[static_cast<std::size_t>(i * row_stride + j * column_stride)];
}

}  // namespace

const std::vector<std::string>& Init::names() {
  static const std::vector<std::string> names = {
      "zeros",          "ones",           "constant",      "uniform",
      "normal",         "xavier_uniform", "xavier_normal", "kaiming_uniform",
      "kaiming_normal", "lecun_normal",   "orthogonal",    "torch_default"};
  return names;
}

Init Init::named(const std::string& name) {
  const auto place = std::find(names().begin(), names().end(), name);
  if (place == names().end()) {
    const std::string near = nearest(name, names());
    throw ConfigError(
        "there is no initialisation \"" + name + "\"" +
        (near.empty() ? ": choose one of " + join(names()) : " (did you mean \"" + near + "\"?)"));
  }
  Init init;
  init.kind = static_cast<Kind>(place - names().begin());
  return init;
}

void initialise(const Init& init, int fan_in, int fan_out, std::int64_t count, const Stream& stream,
                double* out) {
  using Kind = Init::Kind;
  if (fan_in < 1 || fan_out < 1)
    throw ConfigError("a layer of " + std::to_string(fan_in) + " inputs and " +
                      std::to_string(fan_out) +
                      " outputs cannot be initialised: both must be >= 1");
  const double in = fan_in, both = in + fan_out;
  const auto uniform = [&](double bound) {
    fill_uniform(-init.gain * bound, init.gain * bound, count, stream, out);
  };
  const auto normal = [&](double variance) {
    fill_normal(0, init.gain * std::sqrt(variance), count, stream, out);
  };
  switch (init.kind) {
    case Kind::zeros:
      return void(std::fill_n(out, count, 0.0));
    case Kind::ones:
      return void(std::fill_n(out, count, 1.0));
    case Kind::constant:
      return void(std::fill_n(out, count, init.value));
    case Kind::uniform:
      return fill_uniform(init.value - init.gain, init.value + init.gain, count, stream, out);
    case Kind::normal:
      return fill_normal(init.value, init.gain, count, stream, out);
    case Kind::xavier_uniform:
      return uniform(std::sqrt(6 / both));
    case Kind::xavier_normal:
      return normal(2 / both);
    case Kind::kaiming_uniform:
      return uniform(std::sqrt(6 / in));
    case Kind::kaiming_normal:
      return normal(2 / in);
    case Kind::lecun_normal:
      return normal(1 / in);
    case Kind::torch_default:
      return uniform(std::sqrt(1 / in));
    case Kind::orthogonal:
      if (count != static_cast<std::int64_t>(fan_in) * fan_out)
        throw ConfigError("orthogonal initialisation needs a whole matrix of " +
                          std::to_string(fan_out) + " x " + std::to_string(fan_in) +
                          " weights, not " + std::to_string(count) +
                          " values: choose another one for biases");
      return fill_orthogonal(init.gain, fan_out, fan_in, stream, out);
  }
}

}  // namespace banach
