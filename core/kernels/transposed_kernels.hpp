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
inline void dot_tile(long r, const T* a, long a_row, const T* b, long b_row, T* c, long c_row) {
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
      c[i * c_row + j] += out[i * N + j] + rest;
    }
}

template <class T, int M>
inline void dot_rows(long n, long r, const T* a, long a_row, const T* b, long b_row, T* c,
                     long c_row) {
  long j = 0;
  for (; j + 4 <= n; j += 4) dot_tile<T, M, 4>(r, a, a_row, b + j * b_row, b_row, c + j, c_row);
  for (; j < n; ++j) dot_tile<T, M, 1>(r, a, a_row, b + j * b_row, b_row, c + j, c_row);
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

// Columns of the result that fill vectors: B is turned piece by piece.
template <class T, int N>
inline void turned_panel(long m, long r, const T* a, long a_row, const T* b, long b_row, T* c,
                         long c_row) {
  alignas(64) T turned[depth_block * N * lanes<T>];
  constexpr long columns = N * lanes<T>;
  for (long from = 0; from < r; from += depth_block) {
    const long depth = r - from < depth_block ? r - from : depth_block;
    turn(columns, depth, b + from, b_row, turned);
    panel<T, N>({m, columns, depth, a + from, a_row, 1, turned, columns, c, c_row, true}, nullptr);
  }
}

template <class T>
void multiply_transposed(long m, long n, long r, const T* a, long a_row, const T* b, long b_row,
                         T* c, long c_row) {
  long j = 0;
  if (r % lanes<T> == 0 && m >= rows_worth_turning) {
    for (; j + 2 * lanes<T> <= n; j += 2 * lanes<T>)
      turned_panel<T, 2>(m, r, a, a_row, b + j * b_row, b_row, c + j, c_row);
    for (; j + lanes<T> <= n; j += lanes<T>)
      turned_panel<T, 1>(m, r, a, a_row, b + j * b_row, b_row, c + j, c_row);
  }
  long i = 0;
  for (; i + 4 <= m; i += 4)
    dot_rows<T, 4>(n - j, r, a + i * a_row, a_row, b + j * b_row, b_row, c + i * c_row + j, c_row);
  for (; i < m; ++i)
    dot_rows<T, 1>(n - j, r, a + i * a_row, a_row, b + j * b_row, b_row, c + i * c_row + j, c_row);
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
