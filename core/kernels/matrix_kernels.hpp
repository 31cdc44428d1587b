// SPDX-License-Identifier: Apache-2.0
// Matrix products by register tiles: small matrices that stay in the caches need no packing.
#pragma once
#include <utility>

#include "core/kernels/kernels.hpp"
#include "core/kernels/vector_math.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

#if BANACH_VECTOR_BYTES == 64
constexpr int tile_rows = 8;
#elif BANACH_VECTOR_BYTES == 32
constexpr int tile_rows = 6;
#else
constexpr int tile_rows = 4;
#endif
constexpr long rows_worth_turning = 8;
constexpr long depth_block = 256;  // rows of B that stay in the first cache

template <class T, int M, int N>
inline void tile(long k, const T* a, long a_row, long a_column, const T* b, long b_row, T* c,
                 long c_row, bool accumulate) {
  using V = typename Vector<T>::type;
  V sum[M][N];
#pragma GCC unroll 12
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      sum[i][j] = V{};
      __builtin_prefetch(c + i * c_row + j * lanes<T>, 1);  // needed at the end: no wait for it
    }
  for (long p = 0; p < k; ++p, a += a_column, b += b_row) {
    V x[N];
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) x[j] = *reinterpret_cast<const V*>(b + j * lanes<T>);
#pragma GCC unroll 12
    for (int i = 0; i < M; ++i) {
      const T factor = a[i * a_row];
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] += factor * x[j];
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      V* const to = reinterpret_cast<V*>(c + i * c_row + j * lanes<T>);
      *to = accumulate ? *to + sum[i][j] : sum[i][j];
    }
}

// M rows or fewer, in one tile.
template <class T, int M, int N>
inline void last_rows(long rows, long k, const T* a, long a_row, long a_column, const T* b,
                      long b_row, T* c, long c_row, bool accumulate) {
  if (rows == M) return tile<T, M, N>(k, a, a_row, a_column, b, b_row, c, c_row, accumulate);
  if constexpr (M > 1)
    last_rows<T, M - 1, N>(rows, k, a, a_row, a_column, b, b_row, c, c_row, accumulate);
}

// All rows of A times N vectors of columns.
template <class T, int N>
inline void panel(const Product<T>& p, const T* a, const T* b, long b_row, T* c, long c_row, long k,
                  bool accumulate) {
  long i = 0;
  for (; i + tile_rows <= p.m; i += tile_rows)
    tile<T, tile_rows, N>(k, a + i * p.a_row, p.a_row, p.a_column, b, b_row, c + i * c_row, c_row,
                          accumulate);
  last_rows<T, tile_rows - 1, N>(p.m - i, k, a + i * p.a_row, p.a_row, p.a_column, b, b_row,
                                 c + i * c_row, c_row, accumulate);
}

// The last columns, fewer than a vector: through copies that are as wide as one.
template <class T>
void narrow_panel(const Product<T>& p, const T* a, const T* b, T* c, long columns, long k,
                  bool accumulate) {
  T wide[depth_block * lanes<T>];
  for (long r = 0; r < k; ++r)
    for (long j = 0; j < lanes<T>; ++j)
      wide[r * lanes<T> + j] = j < columns ? b[r * p.b_row + j] : T(0);
  T out[16 * lanes<T>];
  Product<T> part = p;
  for (long i = 0; i < p.m; i += 16) {
    part.m = p.m - i < 16 ? p.m - i : 16;
    panel<T, 1>(part, a + i * p.a_row, wide, lanes<T>, out, lanes<T>, k, false);
    for (long r = 0; r < part.m; ++r)
      for (long j = 0; j < columns; ++j) {
        T& to = c[(i + r) * p.c_row + j];
        to = accumulate ? to + out[r * lanes<T> + j] : out[r * lanes<T> + j];
      }
  }
}

template <class T>
void multiply(const Product<T>& p) {
  if (p.k == 0 && !p.accumulate)
    for (long i = 0; i < p.m; ++i)
      for (long j = 0; j < p.n; ++j) p.c[i * p.c_row + j] = 0;
  for (long from = 0; from < p.k; from += depth_block) {
    const long k = p.k - from < depth_block ? p.k - from : depth_block;
    const bool accumulate = p.accumulate || from > 0;
    const T *a = p.a + from * p.a_column, *b = p.b + from * p.b_row;
    long j = 0;
    for (; j + 2 * lanes<T> <= p.n; j += 2 * lanes<T>)
      panel<T, 2>(p, a, b + j, p.b_row, p.c + j, p.c_row, k, accumulate);
    if (j + lanes<T> <= p.n) {
      panel<T, 1>(p, a, b + j, p.b_row, p.c + j, p.c_row, k, accumulate);
      j += lanes<T>;
    }
    if (j < p.n) narrow_panel(p, a, b + j, p.c + j, p.n - j, k, accumulate);
  }
}

/// Sum over the lanes.
template <class V>
inline auto total(V v) {
  auto sum = v[0];
  for (unsigned i = 1; i < sizeof(V) / sizeof(v[0]); ++i) sum += v[i];
  return sum;
}

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
  Product<T> p{};
  p.m = m;
  p.a_row = a_row;
  p.a_column = 1;
  for (long from = 0; from < r; from += depth_block) {
    const long depth = r - from < depth_block ? r - from : depth_block;
    turn(N * lanes<T>, depth, b + from, b_row, turned);
    panel<T, N>(p, a + from, turned, N * lanes<T>, c, c_row, depth, true);
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
