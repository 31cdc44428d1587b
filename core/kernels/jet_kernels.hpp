// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions and products on blocks of derivative planes.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/taylor_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// y = or += c a b, each [n].
template <class T>
inline void accumulate(long n, T c, const T* __restrict a, const T* __restrict b, T* __restrict y,
                       bool first) {
  if (first)
    for (long i = 0; i < n; ++i) y[i] = c * a[i] * b[i];
  else
    for (long i = 0; i < n; ++i) y[i] += c * a[i] * b[i];
}

// The powers w^2, w^3, ... of w = z - value of z, planes [planes, rows] each, from z.
template <class T>
void fill_powers(const JetFunction& f, long rows, const T* z, T* powers) {
  const T* before = z;
  for (int k = 0; k + 1 < f.order; ++k) {
    T* now = powers + k * f.planes * rows;
    for (int e = 0; e < f.power_counts[k]; ++e) {
      const PlaneProduct& p = f.powers[k][e];
      accumulate(rows, T(p.value), before + p.left * rows, z + p.right * rows, now + p.out * rows,
                 p.first);
    }
    before = now;
  }
}

// sum over k >= 1 of coefficient(k) * w^k, plane by plane; the value plane is left alone.
// `weights`: one row for each k from 1 on.
template <class T>
void sum_powers(const JetFunction& f, long rows, const T* z, const T* powers, const T* weights,
                long weight_row, bool derivative, T* y) {
  for (int i = 1; i < f.planes; ++i)
    accumulate(rows, T(derivative ? 2 : 1), weights, z + i * rows, y + i * rows, true);
  for (int k = 0; k + 1 < f.order; ++k)
    for (int e = 0; e < f.power_counts[k]; ++e) {
      const PlaneProduct& p = f.powers[k][e];
      if (!p.first) continue;
      accumulate(rows, T(derivative ? k + 3 : 1), weights + (k + 1) * weight_row,
                 powers + (k * f.planes + p.out) * rows, y + p.out * rows, false);
    }
}

template <class T>
void jet_forward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
  const long rows = a.rows;
  T* const coefficients = a.scratch;  // [order + 2, rows]
  T* const powers = a.scratch + (f.order + 2) * rows;
  T* const spare = powers + (f.order > 1 ? f.order - 1 : 0) * f.planes * rows;
  const int last = a.slope.data ? f.order + 1 : f.order;
  for (long w = 0; w < a.features; ++w) {
    const T* z = a.z.data + w * a.z.stride;
    T* y = a.y.data + w * a.y.stride;
    taylor<T>(f.function, f.exponent, last, rows, z, {coefficients, rows}, spare);
    for (long i = 0; i < rows; ++i) y[i] = coefficients[i];
    if (a.slope.data) {
      T* slope = a.slope.data + w * a.slope.stride;
      for (long i = 0; i < last * rows; ++i) slope[i] = coefficients[rows + i];
    }
    if (f.planes == 1) continue;
    fill_powers(f, rows, z, powers);
    sum_powers(f, rows, z, powers, coefficients + rows, rows, false, y);
  }
}

template <class T>
void jet_backward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
  const long rows = a.rows;
  T* const h = a.scratch;  // jet of f' at z, [planes, rows]
  T* const powers = h + f.planes * rows;
  for (long w = 0; w < a.features; ++w) {
    const T* z = a.z.data + w * a.z.stride;
    const T* slope = a.slope.data + w * a.slope.stride;
    const T* y = a.y_adjoint.data + w * a.y_adjoint.stride;
    T* out = a.z_adjoint.data + w * a.z_adjoint.stride;
    if (f.planes == 1) {
      accumulate(rows, T(1), slope, y, out, !a.accumulate);
      continue;
    }
    for (long i = 0; i < rows; ++i) h[i] = slope[i];
    fill_powers(f, rows, z, powers);
    sum_powers(f, rows, z, powers, slope + rows, rows, true, h);
    for (int e = 0; e < f.adjoint_count; ++e) {
      const PlaneProduct& p = f.adjoint[e];
      accumulate(rows, T(p.value), h + p.left * rows, y + p.out * rows, out + p.right * rows,
                 p.first && !a.accumulate);
    }
  }
}

template <class T>
void jet_product(const PlaneProduct* entries, int count, long features, long rows,
                 Planes<const T> a, Planes<const T> b, Planes<T> y) {
  for (long w = 0; w < features; ++w)
    for (int e = 0; e < count; ++e)
      accumulate(rows, T(entries[e].value), a.data + w * a.stride + entries[e].left * rows,
                 b.data + w * b.stride + entries[e].right * rows,
                 y.data + w * y.stride + entries[e].out * rows, entries[e].first && y.stride != 0);
}

template <class T>
void jet_product_adjoint(const PlaneProduct* entries, int count, long features, long rows,
                         Planes<const T> y, Planes<const T> b, Planes<T> a, bool overwrite) {
  for (long w = 0; w < features; ++w)
    for (int e = 0; e < count; ++e)
      accumulate(rows, T(entries[e].value), y.data + w * y.stride + entries[e].out * rows,
                 b.data + w * b.stride + entries[e].right * rows,
                 a.data + w * a.stride + entries[e].left * rows, overwrite && entries[e].first);
}

template <class T>
void scale(long n, T c, const T* x, T* y, bool add) {
  if (add)
    for (long i = 0; i < n; ++i) y[i] += c * x[i];
  else
    for (long i = 0; i < n; ++i) y[i] = c * x[i];
}

template <class T>
void shift(long n, T c, T* y) {
  for (long i = 0; i < n; ++i) y[i] += c;
}

template <class T>
void times(long n, const T* a, const T* b, T* y, bool add) {
  accumulate(n, T(1), a, b, y, !add);
}

template <class T>
T sum(long n, const T* x) {
  using V = typename Vector<T>::type;
  V s = {};
  long i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) s += *reinterpret_cast<const V*>(x + i);
  T out = 0;
  for (long k = 0; k < lanes<T>; ++k) out += s[k];
  for (; i < n; ++i) out += x[i];
  return out;
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
