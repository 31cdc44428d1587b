// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions and products on blocks of derivative planes.
#pragma once
#include "core/kernels/first_order_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// Rows [n] of several features, `stride` apart.
template <class T>
struct Rows {
  T* data;
  long stride;
};

// y = or += c a b, each [features][n].
template <class T>
inline void accumulate(long features, long n, T c, Rows<const T> a, Rows<const T> b, Rows<T> y,
                       bool first) {
  using V = typename Vector<T>::type;
  if (a.stride == n && b.stride == n && y.stride == n) {
    n *= features;
    features = 1;
  }
  for (long f = 0; f < features; ++f) {
    const T *p = a.data + f * a.stride, *q = b.data + f * b.stride;
    T* to = y.data + f * y.stride;
    long i = 0;
    if (first)
      for (; i + lanes<T> <= n; i += lanes<T>)
        *reinterpret_cast<V*>(to + i) =
            c * *reinterpret_cast<const V*>(p + i) * *reinterpret_cast<const V*>(q + i);
    else
      for (; i + lanes<T> <= n; i += lanes<T>)
        *reinterpret_cast<V*>(to + i) +=
            c * *reinterpret_cast<const V*>(p + i) * *reinterpret_cast<const V*>(q + i);
    for (; i < n; ++i) to[i] = (first ? T(0) : to[i]) + c * p[i] * q[i];
  }
}

// y = or += c a, each [features][n].
template <class T>
inline void accumulate(long features, long n, T c, Rows<const T> a, Rows<T> y, bool first) {
  using V = typename Vector<T>::type;
  for (long f = 0; f < features; ++f) {
    const T* p = a.data + f * a.stride;
    T* to = y.data + f * y.stride;
    long i = 0;
    if (first)
      for (; i + lanes<T> <= n; i += lanes<T>)
        *reinterpret_cast<V*>(to + i) = c * *reinterpret_cast<const V*>(p + i);
    else
      for (; i + lanes<T> <= n; i += lanes<T>)
        *reinterpret_cast<V*>(to + i) += c * *reinterpret_cast<const V*>(p + i);
    for (; i < n; ++i) to[i] = (first ? T(0) : to[i]) + c * p[i];
  }
}

// A few features of a jet function: their numbers stay in the first cache. Coefficients f', f''/2,
// ... at z are [order + 1][features][rows], powers and the jet of f' [planes][features][rows].
template <class T>
struct FeatureGroup {
  const JetFunction& f;
  long features, rows, count;
  const T* z;
  long z_stride;
  T *coefficients, *powers;

  Rows<const T> argument(int plane) const { return {z + plane * rows, z_stride}; }
  Rows<const T> coefficient(int k) const { return {coefficients + (k - 1) * count, rows}; }
  T* power(int k, int plane) const { return powers + (k * f.planes + plane) * count; }
};

// The powers w^2, w^3, ... of w = z - value of z.
template <class T>
void fill_powers(const FeatureGroup<T>& g) {
  for (int k = 0; k + 1 < g.f.order; ++k)
    for (int e = 0; e < g.f.power_counts[k]; ++e) {
      const PlaneProduct& p = g.f.powers[k][e];
      const auto before =
          k == 0 ? g.argument(p.left) : Rows<const T>{g.power(k - 1, p.left), g.rows};
      accumulate(g.features, g.rows, T(p.value), before, g.argument(p.right),
                 Rows<T>{g.power(k, p.out), g.rows}, p.first);
    }
}

// sum over k >= 1 of coefficient(k) * w^k, or its derivative by the value of z, plane by plane;
// the value plane is left alone.
template <class T>
void sum_powers(const FeatureGroup<T>& g, bool derivative, T* y, long y_plane, long y_stride) {
  const int up = derivative ? 1 : 0;
  for (int i = 1; i < g.f.planes; ++i)
    accumulate(g.features, g.rows, T(1 + up), g.coefficient(1 + up), g.argument(i),
               Rows<T>{y + i * y_plane, y_stride}, true);
  for (int k = 0; k + 1 < g.f.order; ++k)
    for (int e = 0; e < g.f.power_counts[k]; ++e) {
      const PlaneProduct& p = g.f.powers[k][e];
      if (!p.first) continue;
      accumulate(g.features, g.rows, T(derivative ? k + 3 : 1), g.coefficient(k + 2 + up),
                 Rows<const T>{g.power(k, p.out), g.rows}, Rows<T>{y + p.out * y_plane, y_stride},
                 false);
    }
}

template <class T>
FeatureGroup<T> feature_group(const JetFunctionArguments<T>& a, long w, T* coefficients,
                              T* powers) {
  const long features = a.features - w < a.group ? a.features - w : a.group;
  if (a.slope) coefficients = a.slope + w * (a.what->order + 1) * a.rows;
  return {*a.what,    features,     a.rows, features * a.rows, a.z.data + w * a.z.stride,
          a.z.stride, coefficients, powers};
}

// Features of values alone lie side by side.
template <class T>
JetFunctionArguments<T> in_one_row(JetFunctionArguments<T> a) {
  const long n = a.rows;
  const auto dense = [&](const auto& block) { return !block.data || block.stride == n; };
  if (a.what->planes == 1 && dense(a.z) && dense(a.y) && dense(a.y_adjoint) && dense(a.z_adjoint)) {
    a.rows *= a.features;
    a.features = 1;
  }
  return a;
}

template <class T>
void jet_forward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
  if (f.order <= 1 && slopes_by_value(f)) return own_first_order_forward(in_one_row(a));
  const long all = a.group * a.rows;
  T* const spare = a.scratch;
  T *const arguments = spare + all, *const values = arguments + all;
  T* const coefficients = values + all;
  for (long w = 0; w < a.features; w += a.group) {
    const auto g = feature_group(a, w, coefficients, coefficients + (f.order + 1) * all);
    T* const y = a.y.data + w * a.y.stride;
    const bool gather = g.features > 1 && (a.z.stride != a.rows || a.y.stride != a.rows);
    if (gather)
      accumulate(g.features, g.rows, T(1), g.argument(0), Rows<T>{arguments, g.rows}, true);
    taylor<T>(f.function, f.exponent, a.slope ? f.order + 1 : f.order, g.count,
              gather ? arguments : g.z, {gather ? values : y, g.coefficients, g.count}, spare);
    if (gather)
      accumulate(g.features, g.rows, T(1), Rows<const T>{values, g.rows}, Rows<T>{y, a.y.stride},
                 true);
    if (f.planes == 1) continue;
    fill_powers(g);
    sum_powers(g, false, y, g.rows, a.y.stride);
  }
}

// Whether no other powers of derivatives are there: each plane by f', the value by f'' as well.
inline bool first_order(const JetFunction& f) {
  return f.planes == 1 || (f.order == 1 && f.adjoint_count == 2 * f.planes - 1);
}

template <class T>
void jet_backward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
  if (first_order(f) && !a.slope) return own_first_order_backward(in_one_row(a));
  const long all = a.group * a.rows;
  T* const coefficients = a.scratch;
  T* const h = coefficients + (f.order + 1) * all;  // jet of f' at z, its value plane unused
  T* const powers = h + f.planes * all;
  for (long w = 0; w < a.features; w += a.group) {
    const auto g = feature_group<T>(a, w, coefficients, powers);
    const Rows<const T> y{a.y_adjoint.data + w * a.y_adjoint.stride, a.y_adjoint.stride};
    const Rows<T> out{a.z_adjoint.data + w * a.z_adjoint.stride, a.z_adjoint.stride};
    if (first_order(f)) {
      for (long i = 0; i < g.features; ++i)
        first_order_backward<T>(
            {f.planes, g.rows},
            KeptSlopes<T>{g.coefficient(1).data + i * g.rows, g.coefficient(2).data + i * g.rows},
            g.z + i * g.z_stride, y.data + i * y.stride, out.data + i * out.stride, a.accumulate);
      continue;
    }
    for (long i = 0; !a.slope && i < g.features; ++i)
      own_taylor<T>(f.function, f.order + 1, g.rows,
                    {a.y.data + (w + i) * a.y.stride, coefficients + i * g.rows, g.count});
    fill_powers(g);
    sum_powers(g, true, h, g.count, g.rows);
    for (int e = 0; e < f.adjoint_count; ++e) {
      const PlaneProduct& p = f.adjoint[e];
      accumulate(g.features, g.rows, T(p.value),
                 p.left == 0 ? g.coefficient(1) : Rows<const T>{h + p.left * g.count, g.rows},
                 Rows<const T>{y.data + p.out * g.rows, y.stride},
                 Rows<T>{out.data + p.right * g.rows, out.stride}, p.first && !a.accumulate);
    }
  }
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
  accumulate<T>(1, n, T(1), {a, n}, {b, n}, {y, n}, !add);
}

template <class T>
void add_numbers(long features, long n, T c, const T* numbers, Planes<T> y) {
  for (long f = 0; f < features; ++f) shift(n, c * numbers[f], y.data + f * y.stride);
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

template <class T>
void add_sums(long features, long n, T c, Planes<const T> x, T* sums) {
  for (long f = 0; f < features; ++f) sums[f] += c * sum(n, x.data + f * x.stride);
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
