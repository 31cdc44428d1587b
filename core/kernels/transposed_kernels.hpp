// SPDX-License-Identifier: Apache-2.0
// Products of matrices whose rows are summed over: gradients of weights.
#pragma once
#include <utility>

#include "core/kernels/matrix_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

template <class Mask, int n, int distance, int... I>
constexpr Mask neighbours(int offset, std::integer_sequence<int, I...>) {
  return Mask{(I / (2 * distance) * 2 * distance + I % distance +
               (I % (2 * distance) >= distance ? n : 0) + offset)...};
}

// Two vectors become one that holds sums of lanes `distance` apart, of the first in the first
// lanes.
template <class T, int distance>
inline void halve(typename Vector<T>::type* v) {
  using Mask = typename Vector<T>::mask;
  constexpr int n = static_cast<int>(lanes<T>);
  constexpr auto all = std::make_integer_sequence<int, n>();
  constexpr Mask low = neighbours<Mask, n, distance>(0, all);
  constexpr Mask high = neighbours<Mask, n, distance>(distance, all);
#pragma GCC unroll 16
  for (int i = 0; i < distance; ++i)
    v[i] = __builtin_shuffle(v[i], v[i + distance], low) +
           __builtin_shuffle(v[i], v[i + distance], high);
  if constexpr (distance > 1) halve<T, distance / 2>(v);
}

// The sums over the lanes of as many vectors as a vector has lanes, each in its lane.
template <class T>
inline typename Vector<T>::type totals(typename Vector<T>::type* v) {
  halve<T, static_cast<int>(lanes<T>) / 2>(v);
  return v[0];
}

template <class T, int M, int N>
inline void dot_tile(const Product<T>& product, const T* a, const T* b, T* c) {
  const long r = product.k, a_row = product.a_row, b_row = product.b_row, c_row = product.c_row;
  using V = typename Vector<T>::type;
  V sum[M][N] = {};
  long p = 0;
  for (; p + lanes<T> <= r; p += lanes<T>) {
    V x[N];
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) x[j] = *reinterpret_cast<const V*>(b + j * b_row + p);
#pragma GCC unroll 4
    for (int i = 0; i < M; ++i) {
      const V y = *reinterpret_cast<const V*>(a + i * a_row + p);
#pragma GCC unroll 4
      for (int j = 0; j < N; ++j) sum[i][j] += y * x[j];
    }
  }
  constexpr int n = static_cast<int>(lanes<T>);
  T out[(M * N + n - 1) / n * n];
  V* flat = &sum[0][0];
  for (int first = 0; first < M * N; first += n) {
    V group[n] = {};
    for (int i = 0; i < n && first + i < M * N; ++i) group[i] = flat[first + i];
    *reinterpret_cast<V*>(out + first) = totals<T>(group);
  }
  for (int i = 0; i < M; ++i)
    for (int j = 0; j < N; ++j) {
      T rest = 0;
      for (long q = p; q < r; ++q) rest += a[i * a_row + q] * b[j * b_row + q];
      rest += out[i * N + j];
      c[i * c_row + j] = product.accumulate ? c[i * c_row + j] + rest : rest;
    }
}

// M rows of the result, columns from j on.
template <class T, int M>
inline void dot_rows(const Product<T>& p, long i, long j) {
  const T* const a = p.a + i * p.a_row;
  T* const c = p.c + i * p.c_row;
  for (; j + 4 <= p.n; j += 4) dot_tile<T, M, 4>(p, a, p.b + j * p.b_row, c + j);
  for (; j < p.n; ++j) dot_tile<T, M, 1>(p, a, p.b + j * p.b_row, c + j);
}

template <class Mask, int n, int distance, bool high, int... I>
constexpr Mask exchange(std::integer_sequence<int, I...>) {
  return Mask{((I & distance) == 0 ? I + (high ? distance : 0) : n + I - (high ? 0 : distance))...};
}

// As many vectors as a vector has lanes: rows become columns.
template <class T, int distance>
inline void transpose(typename Vector<T>::type* v) {
  using V = typename Vector<T>::type;
  using Mask = typename Vector<T>::mask;
  constexpr int n = static_cast<int>(lanes<T>);
  constexpr auto all = std::make_integer_sequence<int, n>();
  constexpr Mask low = exchange<Mask, n, distance, false>(all);
  constexpr Mask high = exchange<Mask, n, distance, true>(all);
#pragma GCC unroll 16
  for (int i = 0; i < n; ++i) {
    if (i & distance) continue;
    const V a = v[i], b = v[i + distance];
    v[i] = __builtin_shuffle(a, b, low);
    v[i + distance] = __builtin_shuffle(a, b, high);
  }
  if constexpr (distance > 1) transpose<T, distance / 2>(v);
}

// Rows [columns][rows] of B, a multiple of the vector length each, to [rows][columns].
template <class T>
inline void turn(long columns, long rows, const T* b, long b_row, T* out) {
  using V = typename Vector<T>::type;
  for (long j = 0; j < columns; j += lanes<T>)
    for (long r = 0; r < rows; r += lanes<T>) {
      V v[lanes<T>];
#pragma GCC unroll 16
      for (long i = 0; i < lanes<T>; ++i)
        v[i] = *reinterpret_cast<const V*>(b + (j + i) * b_row + r);
      transpose<T, static_cast<int>(lanes<T>) / 2>(v);
#pragma GCC unroll 16
      for (long i = 0; i < lanes<T>; ++i) *reinterpret_cast<V*>(out + (r + i) * columns + j) = v[i];
    }
}

// Columns of the result that fill vectors, from j on: B is turned piece by piece.
template <class T, int N>
inline void turned_panel(const Product<T>& p, long j) {
  alignas(64) T turned[depth_block * N * lanes<T>];
  constexpr long columns = N * lanes<T>;
  for (long from = 0; from < p.k; from += depth_block) {
    const long depth = p.k - from < depth_block ? p.k - from : depth_block;
    turn(columns, depth, p.b + j * p.b_row + from, p.b_row, turned);
    panel<T, N>({p.m, columns, depth, p.a + from, p.a_row, 1, turned, columns, p.c + j, p.c_row,
                 p.accumulate || from > 0},
                nullptr);
  }
}

template <class T>
void multiply_transposed(const Product<T>& p) {
  long j = 0;
  if (p.k > 0 && p.k % lanes<T> == 0 && p.m >= rows_worth_turning) {
    for (; j + 2 * lanes<T> <= p.n; j += 2 * lanes<T>) turned_panel<T, 2>(p, j);
    for (; j + lanes<T> <= p.n; j += lanes<T>) turned_panel<T, 1>(p, j);
  }
  long i = 0;
  for (; i + 4 <= p.m; i += 4) dot_rows<T, 4>(p, i, j);
  for (; i < p.m; ++i) dot_rows<T, 1>(p, i, j);
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
