// SPDX-License-Identifier: Apache-2.0
// Functions and their Taylor coefficients f, f', f''/2!, ... on rows of numbers.
#pragma once
#include "core/kernels/function.hpp"
#include "core/kernels/vector_math.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

constexpr int most_orders = 6;  // value and derivatives up to 5

// Derivative number n of f over n! as a polynomial in a = f(z), where f' = slope(f).
template <int degree>
struct OwnPolynomials {
  double at[most_orders][most_orders * (degree - 1) + 2] = {};
  int size[most_orders] = {};
  constexpr explicit OwnPolynomials(const double (&slope)[degree + 1]) {
    at[0][1] = 1;
    size[0] = 2;
    for (int n = 1; n < most_orders; ++n) {
      size[n] = size[n - 1] + degree - 1;
      for (int i = 1; i < size[n - 1]; ++i)
        for (int j = 0; j <= degree; ++j) at[n][i + j - 1] += i * at[n - 1][i] * slope[j] / n;
    }
  }
};
constexpr OwnPolynomials<2> tanh_polynomials({1, 0, -1}), sigmoid_polynomials({0, 1, -1});

/// Rows [n] each of the coefficients: the value, then the others one after another.
template <class T>
struct Coefficients {
  T *value, *others;
  long n;
  T* operator[](int k) const { return k == 0 ? value : others + (k - 1) * n; }
};

// Coefficient k.
template <class T, class P>
void polynomial(const P& p, int k, long n, const T* a, T* __restrict y) {
  const double* c = p.at[k];
  const int top = p.size[k] - 1;
  for (long i = 0; i < n; ++i) {
    T sum = T(c[top]);
    for (int j = top - 1; j >= 0; --j) sum = sum * a[i] + T(c[j]);
    y[i] = sum;
  }
}

template <class T, class P>
void by_polynomial(const P& p, int first, int order, long n, const T* a, Coefficients<T> out) {
  for (int k = first; k <= order; ++k) polynomial(p, k, n, a, out[k]);
}

// Coefficients 1 .. order from the value.
template <class T>
void tanh_slopes(int order, long n, Coefficients<T> out) {
  if (order < 1) return;
  const T* a = out[0];
  T* __restrict s = out[1];
  if (order == 1)
    for (long i = 0; i < n; ++i) s[i] = 1 - a[i] * a[i];
  if (order >= 2) {
    T* __restrict y = out[2];
    for (long i = 0; i < n; ++i) {
      const T slope = 1 - a[i] * a[i];
      s[i] = slope;
      y[i] = -a[i] * slope;
    }
  }
  if (order >= 3) {
    T* __restrict y = out[3];
    for (long i = 0; i < n; ++i) y[i] = s[i] * (a[i] * a[i] - T(1.0 / 3));
  }
  if (order >= 4) by_polynomial(tanh_polynomials, 4, order, n, a, out);
}

template <class T>
void sine_taylor(int order, long n, const T* z, Coefficients<T> out, bool cosine) {
  if (cosine)
    each(cos_function(), n, z, out[0]);
  else
    each(sin_function(), n, z, out[0]);
  if (order < 1) return;
  if (cosine)
    each(sin_function(), n, z, out[1]);
  else
    each(cos_function(), n, z, out[1]);
  if (cosine)
    for (long i = 0; i < n; ++i) out[1][i] = -out[1][i];
  for (int k = 2; k <= order; ++k) {
    const T factor = T(-1.0 / (k * (k - 1)));
    for (long i = 0; i < n; ++i) out[k][i] = out[k - 2][i] * factor;
  }
}

template <class T>
void sigmoid_values(long n, const T* z, T* y) {
  for (long i = 0; i < n; ++i) y[i] = -z[i];
  each(exp_function(), n, y, y);
  for (long i = 0; i < n; ++i) y[i] = 1 / (1 + y[i]);
}

template <class T>
void softplus_taylor(int order, long n, const T* z, Coefficients<T> out, T* scratch) {
  for (long i = 0; i < n; ++i) scratch[i] = z[i] < 0 ? z[i] : -z[i];
  each(exp_function(), n, scratch, scratch);
  each(log1p_function(), n, scratch, out[0]);
  for (long i = 0; i < n; ++i) out[0][i] += z[i] > 0 ? z[i] : T(0);
  if (order < 1) return;
  sigmoid_values(n, z, scratch);
  for (int k = 1; k <= order; ++k) {
    polynomial(sigmoid_polynomials, k - 1, n, scratch, out[k]);
    for (long i = 0; i < n; ++i) out[k][i] *= T(1.0 / k);
  }
}

// f(z) = z g(z): f_n = z g_n + g_(n-1), with the g_n in `out` before.
template <class T>
void times_z(int order, long n, const T* z, Coefficients<T> out) {
  for (int k = order; k >= 1; --k)
    for (long i = 0; i < n; ++i) out[k][i] = z[i] * out[k][i] + out[k - 1][i];
  for (long i = 0; i < n; ++i) out[0][i] *= z[i];
}

// Normal distribution function, its density by Hermite polynomials.
template <class T>
void normal_taylor(int order, long n, const T* z, Coefficients<T> out) {
  for (long i = 0; i < n; ++i) out[0][i] = z[i] * T(0.70710678118654752440);
  each(erf_function(), n, out[0], out[0]);
  for (long i = 0; i < n; ++i) out[0][i] = T(0.5) * (1 + out[0][i]);
  if (order < 1) return;
  for (long i = 0; i < n; ++i) out[1][i] = T(-0.5) * z[i] * z[i];
  each(exp_function(), n, out[1], out[1]);
  for (long i = 0; i < n; ++i) out[1][i] *= T(0.39894228040143267794);
  if (order >= 2)
    for (long i = 0; i < n; ++i) out[2][i] = T(-0.5) * z[i] * out[1][i];
  // g' = -z g for the density g: (k + 1) k f_(k+1) = -(k - 1) f_(k-1) - k z f_k
  for (int k = 2; k < order; ++k) {
    const T before = T(-double(k - 1) / ((k + 1) * k)), here = T(-1.0 / (k + 1));
    for (long i = 0; i < n; ++i) out[k + 1][i] = before * out[k - 1][i] + here * z[i] * out[k][i];
  }
}

// z^exponent; whole small exponents by products.
template <class T>
void power_taylor(double exponent, int order, long n, const T* z, Coefficients<T> out) {
  const int whole = exponent >= 0 && exponent <= 8 ? int(exponent) : -1;
  double factor = 1;
  for (int k = 0; k <= order; ++k) {
    const double e = exponent - k;
    T* __restrict y = out[k];
    if (whole == exponent) {
      for (long i = 0; i < n; ++i) y[i] = T(factor);
      for (int times = k; times < whole; ++times)
        for (long i = 0; i < n; ++i) y[i] *= z[i];
    } else {
      for (long i = 0; i < n; ++i) y[i] = T(factor) * T(__builtin_pow(double(z[i]), e));
    }
    factor *= e / (k + 1);
  }
}

template <class T>
void root_taylor(int order, long n, const T* z, Coefficients<T> out) {
  for (long i = 0; i < n; ++i) out[0][i] = T(__builtin_sqrt(z[i]));
  double factor = 0.5;
  for (int k = 1; k <= order; ++k) {
    for (long i = 0; i < n; ++i)
      out[k][i] = (k == 1 ? T(0.5) * out[0][i] : T(factor) * out[k - 1][i]) / z[i];
    factor = (0.5 - k) / (k + 1);
  }
}

template <class T>
void reciprocal_taylor(int order, long n, const T* z, Coefficients<T> out) {
  for (long i = 0; i < n; ++i) out[0][i] = 1 / z[i];
  for (int k = 1; k <= order; ++k)
    for (long i = 0; i < n; ++i) out[k][i] = -out[k - 1][i] * out[0][i];
}

template <class T>
void log_taylor(int order, long n, const T* z, Coefficients<T> out, T* scratch) {
  each(log_function(), n, z, out[0]);
  if (order < 1) return;
  for (long i = 0; i < n; ++i) scratch[i] = out[1][i] = 1 / z[i];
  for (int k = 2; k <= order; ++k) {
    const T factor = T(-double(k - 1) / k);
    for (long i = 0; i < n; ++i) out[k][i] = factor * out[k - 1][i] * scratch[i];
  }
}

/// Coefficients 1 .. order from the value, of functions whose slopes are functions of it
/// (slopes_by_value).
template <class T>
void own_taylor(int function, int order, long n, Coefficients<T> out) {
  if (static_cast<Function>(function) == Function::tanh)
    tanh_slopes(order, n, out);
  else
    by_polynomial(sigmoid_polynomials, 1, order, n, out[0], out);
}

/// Coefficients 0 .. order; `scratch` [n].
template <class T>
void taylor(int function, double exponent, int order, long n, const T* z, Coefficients<T> out,
            T* scratch) {
  switch (static_cast<Function>(function)) {
    case Function::tanh:
      each(tanh_function(), n, z, out[0]);
      return tanh_slopes(order, n, out);
    case Function::sin:
    case Function::cos:
      return sine_taylor(order, n, z, out, static_cast<Function>(function) == Function::cos);
    case Function::exp:
      each(exp_function(), n, z, out[0]);
      for (int k = 1; k <= order; ++k)
        for (long i = 0; i < n; ++i) out[k][i] = out[k - 1][i] * T(1.0 / k);
      return;
    case Function::log:
      return log_taylor(order, n, z, out, scratch);
    case Function::sqrt:
      return root_taylor(order, n, z, out);
    case Function::sigmoid:
      sigmoid_values(n, z, out[0]);
      return by_polynomial(sigmoid_polynomials, 1, order, n, out[0], out);
    case Function::softplus:
      return softplus_taylor(order, n, z, out, scratch);
    case Function::gelu:
      normal_taylor(order, n, z, out);
      return times_z(order, n, z, out);
    case Function::silu:
      sigmoid_values(n, z, out[0]);
      by_polynomial(sigmoid_polynomials, 1, order, n, out[0], out);
      return times_z(order, n, z, out);
    case Function::relu:
      for (long i = 0; i < n; ++i) out[0][i] = z[i] > 0 ? z[i] : T(0);
      for (int k = 1; k <= order; ++k)
        for (long i = 0; i < n; ++i) out[k][i] = k == 1 && z[i] > 0 ? T(1) : T(0);
      return;
    case Function::reciprocal:
      return reciprocal_taylor(order, n, z, out);
    case Function::power:
      return power_taylor(exponent, order, n, z, out);
  }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
