// SPDX-License-Identifier: Apache-2.0
// Matrix products by register tiles: small matrices that stay in the caches need no packing.
#pragma once

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
constexpr long depth_block = 256;         // rows of B that stay in the first cache
constexpr long packed_bytes = 128 << 10;  // of A, in the second cache
constexpr long columns_packed = 8;        // in turn: a few cache lines
constexpr long panels_worth_packing = 4, tiles_worth_packing = 8;

template <class T, int M, int N>
[[gnu::always_inline]] inline void tile(long k, const T* a, long a_row, long a_column, const T* b,
                                        long b_row, T* c, long c_row, bool accumulate) {
  using V = typename Vector<T>::type;
  V sum[M][N];
#pragma GCC unroll 12
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      sum[i][j] = V{};
      __builtin_prefetch(c + i * c_row + j * lanes<T>, 1);  // needed at the end: no wait for it
    }
#pragma GCC unroll 4
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

// All rows of A times N vectors of columns. `packed`: its whole tiles, [tiles][k][tile_rows], or
// null. One or two rows alone would wait for their own sums: they share with the last whole tile.
template <class T, int N>
inline void panel(const Product<T>& p, const T* packed) {
  long whole = p.m / tile_rows * tile_rows;
  const long rest = p.m - whole;
  if (whole > 0 && rest > 0 && 2 * rest < tile_rows) whole -= tile_rows;
  long i = 0;
  for (; i < whole; i += tile_rows)
    if (packed)
      tile<T, tile_rows, N>(p.k, packed + i * p.k, 1, tile_rows, p.b, p.b_row, p.c + i * p.c_row,
                            p.c_row, p.accumulate);
    else
      tile<T, tile_rows, N>(p.k, p.a + i * p.a_row, p.a_row, p.a_column, p.b, p.b_row,
                            p.c + i * p.c_row, p.c_row, p.accumulate);
  const long left = p.m - whole, half = left > tile_rows ? (left + 1) / 2 : left;
  for (; i < p.m; i += half)
    last_rows<T, tile_rows - 1, N>(half < p.m - i ? half : p.m - i, p.k, p.a + i * p.a_row, p.a_row,
                                   p.a_column, p.b, p.b_row, p.c + i * p.c_row, p.c_row,
                                   p.accumulate);
}

// The same, B copied first where enough rows of A read it: its rows may lie such that they push
// each other out of the cache.
template <class T, int N>
inline void wide_panel(Product<T> p, const T* packed, long j) {
  alignas(64) T copy[depth_block * N * lanes<T>];
  p.b += j;
  p.c += j;
  if (p.m >= tiles_worth_packing * tile_rows) {
    using V = typename Vector<T>::type;
    for (long r = 0; r < p.k; ++r)
#pragma GCC unroll 2
      for (int v = 0; v < N; ++v)
        *reinterpret_cast<V*>(copy + (r * N + v) * lanes<T>) =
            *reinterpret_cast<const V*>(p.b + r * p.b_row + v * lanes<T>);
    p.b = copy;
    p.b_row = N * lanes<T>;
  }
  panel<T, N>(p, packed);
}

// The last columns, fewer than a vector: through copies that are as wide as one.
template <class T>
void narrow_panel(const Product<T>& p, const T* packed, long from) {
  const long columns = p.n - from;
  T wide[depth_block * lanes<T>];
  for (long r = 0; r < p.k; ++r)
    for (long j = 0; j < lanes<T>; ++j)
      wide[r * lanes<T> + j] = j < columns ? p.b[r * p.b_row + from + j] : T(0);
  constexpr long rows = 2 * tile_rows;
  T out[rows * lanes<T>];
  Product<T> part = p;
  part.b = wide;
  part.b_row = part.c_row = lanes<T>;
  part.c = out;
  part.accumulate = false;
  for (long i = 0; i < p.m; i += rows) {
    part.m = p.m - i < rows ? p.m - i : rows;
    part.a = p.a + i * p.a_row;
    panel<T, 1>(part, packed ? packed + i * p.k : nullptr);
    for (long r = 0; r < part.m; ++r)
      for (long j = 0; j < columns; ++j) {
        T& to = p.c[(i + r) * p.c_row + from + j];
        to = p.accumulate ? to + out[r * lanes<T> + j] : out[r * lanes<T> + j];
      }
  }
}

// All columns; k at most depth_block.
template <class T>
void multiply_panels(const Product<T>& p, const T* packed) {
  long j = 0;
  for (; j + 2 * lanes<T> <= p.n; j += 2 * lanes<T>) wide_panel<T, 2>(p, packed, j);
  if (j + lanes<T> <= p.n) {
    wide_panel<T, 1>(p, packed, j);
    j += lanes<T>;
  }
  if (j < p.n) narrow_panel(p, packed, j);
}

// Where rows of A lie side by side, each column on a cache line of its own: tiles of rows are
// copied.
template <class T>
[[gnu::noinline]] void multiply_packed(const Product<T>& p) {
  alignas(64) T packed[packed_bytes / sizeof(T)];
  const long most = long(packed_bytes / sizeof(T)) / p.k / tile_rows * tile_rows;
  Product<T> part = p;
  for (long i = 0; i < p.m; i += most) {
    part.m = p.m - i < most ? p.m - i : most;
    part.a = p.a + i;
    part.c = p.c + i * p.c_row;
    for (long from = 0; from < p.k; from += columns_packed)
      for (long row = 0; row + tile_rows <= part.m; row += tile_rows)
        for (long column = from; column < p.k && column < from + columns_packed; ++column) {
          const T* const from_a = part.a + row + column * p.a_column;
          __builtin_prefetch(from_a + columns_packed * p.a_column);
          __builtin_memcpy(packed + row * p.k + column * tile_rows, from_a, tile_rows * sizeof(T));
        }
    multiply_panels(part, packed);
  }
}

template <class T>
void multiply(const Product<T>& p) {
  if (p.k == 0 && !p.accumulate)
    for (long i = 0; i < p.m; ++i)
      for (long j = 0; j < p.n; ++j) p.c[i * p.c_row + j] = 0;
  const bool packs = p.a_row == 1 && p.a_column != 1 && p.m >= tiles_worth_packing * tile_rows &&
                     p.n >= panels_worth_packing * 2 * lanes<T>;
  Product<T> part = p;
  for (long from = 0; from < p.k; from += depth_block) {
    part.k = p.k - from < depth_block ? p.k - from : depth_block;
    part.accumulate = p.accumulate || from > 0;
    part.a = p.a + from * p.a_column;
    part.b = p.b + from * p.b_row;
    if (packs)
      multiply_packed(part);
    else
      multiply_panels<T>(part, nullptr);
  }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
