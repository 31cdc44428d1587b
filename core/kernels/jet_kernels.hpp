// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions and products on blocks of derivative planes.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/taylor_kernels.hpp"

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

template <class T>
void jet_forward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
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

// Of a value and first derivatives, where each number is read and written once.
template <class T>
void first_order_backward(const FeatureGroup<T>& g, Rows<const T> y, Rows<T> out, bool add) {
  using V = typename Vector<T>::type;
  const auto at = [](auto* p) { return reinterpret_cast<const V*>(p); };
  for (long f = 0; f < g.features; ++f) {
    const T *slope = g.coefficient(1).data + f * g.rows, *bend = g.coefficient(2).data + f * g.rows;
    const T* dy = y.data + f * y.stride;
    T* dz = out.data + f * out.stride;
    for (int p = 1; p < g.f.planes; ++p) {
      const T *z = g.z + f * g.z_stride + p * g.rows, *dyp = dy + p * g.rows;
      T* dzp = dz + p * g.rows;
      const bool first = p == 1;
      long i = 0;
      for (; i + lanes<T> <= g.rows; i += lanes<T>) {
        const V s = *at(slope + i), d = *at(dyp + i);
        V value = 2 * *at(bend + i) * *at(z + i) * d, rest = s * d;
        if (first) value += s * *at(dy + i);
        if (add || !first) value += *at(dz + i);
        if (add) rest += *at(dzp + i);
        *reinterpret_cast<V*>(dz + i) = value;
        *reinterpret_cast<V*>(dzp + i) = rest;
      }
      for (; i < g.rows; ++i) {
        const T value = 2 * bend[i] * z[i] * dyp[i] + (first ? slope[i] * dy[i] : T(0));
        dz[i] = value + (add || !first ? dz[i] : T(0));
        dzp[i] = slope[i] * dyp[i] + (add ? dzp[i] : T(0));
      }
    }
  }
}

template <class T>
void jet_backward(const JetFunctionArguments<T>& a) {
  const JetFunction& f = *a.what;
  const long all = a.group * a.rows;
  T* const coefficients = a.scratch;
  T* const h = coefficients + (f.order + 1) * all;  // jet of f' at z, its value plane unused
  T* const powers = h + f.planes * all;
  for (long w = 0; w < a.features; w += a.group) {
    const auto g = feature_group<T>(a, w, coefficients, powers);
    for (long i = 0; !a.slope && i < g.features; ++i)
      own_taylor<T>(f.function, f.order + 1, g.rows,
                    {a.y.data + (w + i) * a.y.stride, coefficients + i * g.rows, g.count});
    const Rows<const T> y{a.y_adjoint.data + w * a.y_adjoint.stride, a.y_adjoint.stride};
    const Rows<T> out{a.z_adjoint.data + w * a.z_adjoint.stride, a.z_adjoint.stride};
    if (f.planes == 1) {
      accumulate(g.features, g.rows, T(1), g.coefficient(1), y, out, !a.accumulate);
      continue;
    }
    if (f.order == 1 && f.adjoint_count == 2 * f.planes - 1) {
      first_order_backward(g, y, out, a.accumulate);
      continue;
    }
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
