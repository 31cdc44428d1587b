// SPDX-License-Identifier: Apache-2.0
// What spectral layers need beside products of matrices. Loops over rows of numbers.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/taylor_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// exp(-x^2 / 2) as 2^n 2^f, |f| <= 1/2, within 3e-7; 2^-126 stands for less.
inline Vector<float>::type bell_curve(Vector<float>::type x) {
  using V = Vector<float>::type;
  using Bits = Vector<float>::mask;
  constexpr float to_integer = 12582912;  // 1.5 2^23: what is added to it has no fraction any more
  V y = x * x * -0.72134752044448170f;
  y = y < -126 ? -126 : y;
  const V shifted = y + to_integer, f = y - (shifted - to_integer);
  V p = 1.5403530e-4f * f + 1.3333558e-3f;
  p = p * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 0.24022651f;
  p = p * f + 0.69314718f;
  p = p * f + 1;
  return (V)((Bits)p + ((Bits)shifted << 23));
}
inline Vector<double>::type bell_curve(Vector<double>::type x) {
  return exp_function()(x * x * -0.5);
}

// The normal distribution function, given the bell curve. In float32 it is 1 - bell p(1 / (1 + c
// x)) for x > 0, p fitted with an error of 1.2e-8: one exponential gives GELU and its slope.
inline Vector<float>::type normal_distribution(Vector<float>::type x, Vector<float>::type bell) {
  using V = Vector<float>::type;
  const V t = 1 / (1 + 0.28f * (x < 0 ? -x : x));
  V p = -0.10632877958359109f * t + 0.39206790806428543f;
  p = p * t - 0.24067084651428788f;
  p = p * t + 0.27197342404305963f;
  p = p * t + 0.06622908871201143f;
  p = p * t + 0.1167291941902317f;
  p = p * t * bell;
  return x < 0 ? p : 1 - p;
}
inline Vector<double>::type normal_distribution(Vector<double>::type x, Vector<double>::type) {
  return 0.5 + 0.5 * erf_function()(x * 0.70710678118654752440);
}

template <class T>
inline void gelu_vector(const T* z, T* y, T* slope) {
  using V = typename Vector<T>::type;
  const V x = *reinterpret_cast<const V*>(z);
  const bool needed = slope || sizeof(T) == sizeof(float);
  const V bell = needed ? bell_curve(x) : V{};
  const V normal = normal_distribution(x, bell);
  *reinterpret_cast<V*>(y) = x * normal;
  if (slope) *reinterpret_cast<V*>(slope) = normal + x * bell * T(0.39894228040143267794);
}

template <class T>
void gelu(long n, const T* z, T* y, T* slope) {
  long i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) gelu_vector(z + i, y + i, slope ? slope + i : nullptr);
  if (i == n) return;
  T last[3 * lanes<T>] = {};
  for (long k = 0; i + k < n; ++k) last[k] = z[i + k];
  gelu_vector(last, last + lanes<T>, last + 2 * lanes<T>);
  for (long k = 0; i + k < n; ++k) y[i + k] = last[lanes<T> + k];
  for (long k = 0; slope && i + k < n; ++k) slope[i + k] = last[2 * lanes<T> + k];
}

template <class T>
void activate(int function, long n, const T* z, T* y, T* slope) {
  if (static_cast<Function>(function) == Function::gelu) return gelu(n, z, y, slope);
  constexpr long block = 256;
  T out[3 * block];
  for (long i = 0; i < n; i += block) {
    const long size = n - i < block ? n - i : block;
    taylor<T>(function, 0, slope ? 1 : 0, size, z + i, {out, out + block, size}, out + 2 * block);
    for (long k = 0; k < size; ++k) y[i + k] = out[k];
    for (long k = 0; slope && k < size; ++k) slope[i + k] = out[block + k];
  }
}

template <class T>
void fill_rows(long rows, long n, const T* __restrict x, T* __restrict y, bool accumulate) {
  for (long r = 0; r < rows; ++r, y += n)
    if (accumulate)
      for (long i = 0; i < n; ++i) y[i] += x[i];
    else
      for (long i = 0; i < n; ++i) y[i] = x[i];
}

// N vectors of columns; two rows at a time do not wait for each other.
template <class T, int N>
inline void sum_columns(long rows, long n, const T* x, T* sum) {
  using V = typename Vector<T>::type;
  V even[N] = {}, odd[N] = {};
  long r = 0;
  for (; r + 2 <= rows; r += 2, x += 2 * n)
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) {
      even[j] += *reinterpret_cast<const V*>(x + j * lanes<T>);
      odd[j] += *reinterpret_cast<const V*>(x + n + j * lanes<T>);
    }
#pragma GCC unroll 4
  for (int j = 0; j < N; ++j) {
    if (r < rows) even[j] += *reinterpret_cast<const V*>(x + j * lanes<T>);
    *reinterpret_cast<V*>(sum + j * lanes<T>) += even[j] + odd[j];
  }
}

template <class T>
void sum_rows(long rows, long n, const T* __restrict x, T* __restrict sum) {
  long i = 0;
  for (; i + 4 * lanes<T> <= n; i += 4 * lanes<T>) sum_columns<T, 4>(rows, n, x + i, sum + i);
  for (; i + 2 * lanes<T> <= n; i += 2 * lanes<T>) sum_columns<T, 2>(rows, n, x + i, sum + i);
  for (; i + lanes<T> <= n; i += lanes<T>) sum_columns<T, 1>(rows, n, x + i, sum + i);
  for (; i < n; ++i) {
    T total = 0;
    for (long r = 0; r < rows; ++r) total += x[r * n + i];
    sum[i] += total;
  }
}

template <class T, bool accumulate>
inline void butterfly_rows(const Butterfly<T>& p) {
  using V = typename Vector<T>::type;
  for (long r = 0; r < p.rows; ++r) {
    const T *a = p.a + r * p.a_row, *b = p.b + r * p.b_row;
    T *sum = p.sum + r * p.sum_row, *difference = p.difference + r * p.difference_row;
    long i = 0;
    for (; i + lanes<T> <= p.n; i += lanes<T>) {
      const V x = *reinterpret_cast<const V*>(a + i), y = *reinterpret_cast<const V*>(b + i);
      V &up = *reinterpret_cast<V*>(sum + i), &down = *reinterpret_cast<V*>(difference + i);
      up = accumulate ? up + (x + y) : x + y;
      down = accumulate ? down + (x - y) : x - y;
    }
    for (; i < p.n; ++i) {
      sum[i] = accumulate ? sum[i] + (a[i] + b[i]) : a[i] + b[i];
      difference[i] = accumulate ? difference[i] + (a[i] - b[i]) : a[i] - b[i];
    }
  }
}

template <class T>
void butterfly(const Butterfly<T>& p) {
  p.accumulate ? butterfly_rows<T, true>(p) : butterfly_rows<T, false>(p);
}

template <class T>
void join_complex(long rows, long n, const T* __restrict products, T* __restrict out) {
  const long half = rows * n;
  const T* imaginary = products + 2 * half;
  for (long i = 0; i < half; ++i) {
    out[i] = products[2 * i] - imaginary[2 * i + 1];
    out[half + i] = products[2 * i + 1] + imaginary[2 * i];
  }
}

template <class T>
void expand_complex(long rows, long n, const T* __restrict x, T* __restrict out) {
  const long half = rows * n;
  T* imaginary = out + 2 * half;
  for (long i = 0; i < half; ++i) {
    out[2 * i] = x[i];
    out[2 * i + 1] = x[half + i];
    imaginary[2 * i] = x[half + i];
    imaginary[2 * i + 1] = -x[i];
  }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
