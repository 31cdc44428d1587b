// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/vectors.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/optimizers/flat_optimizer.hpp"

namespace banach {
namespace {

BANACH_KERNEL double dot_of(std::int64_t n, const double* __restrict a,
                            const double* __restrict b) {
  double sum[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; ++k) sum[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

BANACH_KERNEL void add_of(std::int64_t n, double a, const double* __restrict x,
                          double* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] += a * x[i];
}

BANACH_KERNEL void move_of(std::int64_t n, const double* __restrict x, double a,
                           const double* __restrict d, double* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = x[i] + a * d[i];
}

BANACH_KERNEL void update_row(std::int64_t n, double* __restrict row, double factor, double p,
                              const double* __restrict s, double q, const double* __restrict h) {
  for (std::int64_t j = 0; j < n; ++j) row[j] = row[j] * factor + p * s[j] + q * h[j];
}

bool raw(const at::Tensor& t) { return t.device().is_cpu() && t.is_contiguous(); }

}  // namespace

double dot_product(const at::Tensor& a, const at::Tensor& b) {
  if (!raw(a) || !raw(b)) return at::dot(a, b).item<double>();
  return dot_of(a.numel(), a.data_ptr<double>(), b.data_ptr<double>());
}

void add_scaled(double a, const at::Tensor& x, at::Tensor& y) {
  if (raw(x) && raw(y))
    add_of(x.numel(), a, x.data_ptr<double>(), y.data_ptr<double>());
  else
    y.add_(x, a);
}

void move_along(const at::Tensor& x, double a, const at::Tensor& d, at::Tensor& out) {
  if (raw(x) && raw(d) && raw(out))
    move_of(x.numel(), x.data_ptr<double>(), a, d.data_ptr<double>(), out.data_ptr<double>());
  else
    at::add_out(out, x, d, a);
}

void packed::set_diagonal(std::int64_t n, double value, double* matrix) {
  std::fill(matrix, matrix + size(n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) matrix[size(i) + i] = value;
}

void packed::multiply(std::int64_t n, const double* matrix, const double* x, double* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double* row = matrix + size(i);
    add_of(i, x[i], row, out);
    out[i] = dot_of(i + 1, row, x);
  }
}

void packed::update(std::int64_t n, double* matrix, const Update& c, const double* s,
                    const double* h, const double* x, double* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    double* row = matrix + size(i);
    update_row(i + 1, row, c.factor, c.ss * s[i] + c.sh * h[i], s, c.sh * s[i] + c.hh * h[i], h);
    add_of(i, x[i], row, out);
    out[i] = dot_of(i + 1, row, x);
  }
}

}  // namespace banach
