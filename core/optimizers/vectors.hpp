// SPDX-License-Identifier: Apache-2.0
// Operations on float64 vectors: raw loops on the CPU, where calls of ATen would cost more than the
// work; sums in a fixed order.
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/export.hpp"

namespace banach {

BANACH_API double dot_product(const at::Tensor& a, const at::Tensor& b);
/// y += a x
void add_scaled(double a, const at::Tensor& x, at::Tensor& y);
/// out = x + a d
void move_along(const at::Tensor& x, double a, const at::Tensor& d, at::Tensor& out);

/// A symmetric matrix [n, n] as its lower rows one after another, [n (n + 1) / 2].
namespace packed {
inline std::int64_t size(std::int64_t n) { return n * (n + 1) / 2; }
/// value times the unit matrix
void set_diagonal(std::int64_t n, double value, double* matrix);
/// out = matrix x
void multiply(std::int64_t n, const double* matrix, const double* x, double* out);

/// factor * matrix + ss s s^T + sh (s h^T + h s^T) + hh h h^T
struct Update {
  double factor, ss, sh, hh;
};
/// The update, and out = (the new matrix) x, in one pass over the matrix.
void update(std::int64_t n, double* matrix, const Update& c, const double* s, const double* h,
            const double* x, double* out);
}  // namespace packed

}  // namespace banach
