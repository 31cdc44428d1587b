// SPDX-License-Identifier: Apache-2.0
// The adjoint of every operation.
#include <algorithm>

#include "banach/error.hpp"
#include "core/fused/tape_runner.hpp"

namespace banach {

template <class T>
T* TapeRunner<T>::adjoint_of(const Operation& operation, std::size_t k, bool overwrites) {
  const int i = operation.in[k];
  if (!block(i).active) return nullptr;
  T* out = adjoint(i);
  if (operation.first[k] && !overwrites) std::fill(out, out + size(i), T(0));
  return out;
}

template <class T>
void TapeRunner<T>::backward(T* gradient, bool overwrite) {
  gradient_ = gradient;
  jacobian_ = nullptr;
  overwrites_ = overwrite;
  if (overwrite)
    for (const RowRange& range : unwritten_) std::fill_n(gradient + range.first, range.count, T(0));
  for (std::size_t i = tape_.operations.size(); i-- > 0;) backward(tape_.operations[i], i);
}

template <class T>
void TapeRunner<T>::leaf_back(const Operation& operation) {
  if (!gradient_ || operation.source != LeafSource::slot) return;
  const int y = operation.out;
  const std::int64_t n = rows_of(y);
  T* g = gradient_ + offset(operation.weight);
  for (int w = 0; w < block(y).width; ++w)
    for (int k = 0; k < block(y).planes; ++k)
      g[w] += static_cast<T>(operation.numbers[static_cast<std::size_t>(2 * k)]) *
              kernels_.sum(n, adjoint(y) + (w * block(y).planes + k) * n);
}

template <class T>
void TapeRunner<T>::lift_back(const Operation& operation) {
  if (operation.weight >= 0) {
    if (jacobian_) return lift_rows(operation);
  }
  const int x = operation.in[0], y = operation.out;
  T* out = adjoint_of(operation, 0);
  const RowDomain from = block(x).rows, to = block(y).rows;
  const std::int64_t points = rows_of(y) / to.nodes;
  const std::int64_t planes = static_cast<std::int64_t>(block(x).width) * block(x).planes;
  const bool has_points = from.place != RowDomain::nobody;
  for (std::int64_t p = 0; p < planes; ++p) {
    T* target = out + p * rows_of(x);
    const T* source = adjoint(y) + p * rows_of(y);
    for (int q = 0; q < to.nodes; ++q, source += points) {
      T* row = target + (from.nodes > 1 ? q : 0) * (has_points ? points : 1);
      if (has_points)
        kernels_.scale(points, T(1), source, row, true);
      else
        *row += kernels_.sum(points, source);
    }
  }
}

// One row alone: it takes the place of the matrix of weights in products.
template <class T>
void TapeRunner<T>::row_back(const Operation& operation) {
  const int x = operation.in[0], y = operation.out;
  const std::int64_t in = block(x).width, out = block(y).width;
  if (T* dx = adjoint_of(operation, 0, true))
    kernels_.multiply_transposed({1, in, out, adjoint(y), out, 1,
                                  slot(operation.bank, operation.weight), out, dx, in,
                                  !operation.first[0]});
}

template <class T>
void TapeRunner<T>::linear_back(const Operation& operation, std::size_t number) {
  const int x = operation.in[0], y = operation.out;
  const std::int64_t n = plane_rows(x), in = block(x).width, out = block(y).width;
  if (jacobian_) linear_rows(operation);
  if (gradient_ && trained(operation, operation.weight)) {
    T* const g = gradient_ + offset(operation.weight);
    const bool add = !(overwrites_ && first_gradients_[number]);
    if (n == 1)
      kernels_.multiply({in, out, 1, value(x), 1, 1, adjoint(y), out, g, out, add});
    else
      kernels_.multiply_transposed({in, out, n, value(x), n, 1, adjoint(y), n, g, out, add});
  }
  if (gradient_ && trained(operation, operation.bias)) {
    T* g = gradient_ + offset(operation.bias);
    const auto rows = rows_of(x);
    for (int k = 0; k < block(x).planes; ++k) {
      const T part = static_cast<T>(operation.numbers[static_cast<std::size_t>(k)]);
      if (part != 0) kernels_.add_sums(out, rows, part, {adjoint(y) + k * rows, n}, g);
    }
  }
  if (n == 1) return row_back(operation);
  if (T* dx = adjoint_of(operation, 0, true))
    kernels_.multiply({in, n, out, slot(operation.bank, operation.weight), out, 1, adjoint(y), n,
                       dx, n, !operation.first[0]});
}

template <class T>
void TapeRunner<T>::apply_back(const Operation& operation, std::size_t number) {
  auto a = function(operation, number);
  a.y_adjoint = {adjoint(operation.out), a.z.stride};
  a.z_adjoint = {adjoint(operation.in[0]), a.z.stride};
  a.accumulate = !operation.first[0];
  kernels_.jet_backward(a);
}

template <class T>
void TapeRunner<T>::multiply_back(const Operation& operation) {
  const int y = operation.out;
  const std::int64_t n = rows_of(y);
  const bool dot = operation.code == Code::dot;
  const int widths[2] = {block(operation.in[0]).width, block(operation.in[1]).width};
  const std::int64_t features = dot ? std::max(widths[0], widths[1]) : block(y).width;
  const auto stride = [&](int i) { return block(i).width == 1 ? 0 : plane_rows(i); };
  for (std::size_t k = 0; k < 2; ++k) {
    const int i = operation.in[k], other = operation.in[1 - k];
    const bool overwrite = operation.first[k] && operation.covers[k] && stride(i) != 0;
    T* out = adjoint_of(operation, k, overwrite);
    if (!out) continue;
    const auto& entries = operation.adjoint[k];
    kernels_.jet_product_adjoint(entries.data(), static_cast<int>(entries.size()), features, n,
                                 {adjoint(y), dot ? 0 : plane_rows(y)},
                                 {value(other), stride(other)}, {out, stride(i)}, overwrite);
  }
}

template <class T>
void TapeRunner<T>::select_back(const Operation& operation) {
  const int y = operation.out, c = operation.in[0];
  const std::int64_t n = rows_of(y);
  for (std::size_t side = 1; side < 3; ++side) {
    T* out = adjoint_of(operation, side);
    if (!out) continue;
    const int i = operation.in[side];
    for (std::int64_t w = 0; w < block(y).width; ++w)
      for (int k = 0; k < block(y).planes; ++k) {
        const T* condition = value(c) + (block(c).width == 1 ? 0 : w) * plane_rows(c);
        const T* d = adjoint(y) + (w * block(y).planes + k) * n;
        T* to = out + (block(i).width == 1 ? 0 : w) * plane_rows(i) + k * n;
        for (std::int64_t r = 0; r < n; ++r)
          if ((condition[r] > 0) == (side == 1)) to[r] += d[r];
      }
  }
}

template <class T>
void TapeRunner<T>::join_back(const Operation& operation) {
  const bool together = operation.code == Code::join;
  const int y = operation.out;
  const std::int64_t planes = static_cast<std::int64_t>(block(y).width) * block(y).planes;
  for (std::size_t k = 0; k < operation.in.size(); ++k) {
    T* out = adjoint_of(operation, k);
    if (!out) continue;
    const int x = operation.in[k];
    const std::int64_t n = together ? rows_of(x) : rows_of(y);
    const std::int64_t place = first_row(block(together ? x : y).rows);
    for (std::int64_t p = 0; p < planes; ++p)
      kernels_.scale(n, T(1), adjoint(y) + p * rows_of(y) + (together ? place : 0),
                     out + p * rows_of(x) + (together ? 0 : place), true);
  }
}

template <class T>
void TapeRunner<T>::backward(const Operation& operation, std::size_t number) {
  const int y = operation.out;
  if (!block(y).active) return;
  for (const int i : operation.clear) std::fill(adjoint(i), adjoint(i) + size(i), T(0));
  if (operation.code == Code::shift) return;
  if (operation.code == Code::leaf) return leaf_back(operation);
  if (operation.code == Code::linear) return linear_back(operation, number);
  if (operation.code == Code::lift) return lift_back(operation);
  if (operation.code == Code::multiply || operation.code == Code::dot)
    return multiply_back(operation);
  if (operation.code == Code::select) return select_back(operation);
  if (operation.code == Code::join || operation.code == Code::part) return join_back(operation);
  if (!block(operation.in[0]).active) return;
  if (operation.code == Code::apply) return apply_back(operation, number);
  const int x = operation.in[0];
  const std::int64_t n = rows_of(y), all = plane_rows(y);
  const auto stride = block(x).width == 1 && block(y).width > 1 ? 0 : plane_rows(x);
  const bool whole = operation.code == Code::add || operation.code == Code::affine ||
                     (operation.code == Code::copy && operation.width == block(x).width);
  const bool overwrite = operation.first[0] && whole && stride != 0;
  T* out = adjoint_of(operation, 0, overwrite);
  switch (operation.code) {
    case Code::mix:
      for (int w = 0; w < block(y).width; ++w)
        for (const auto& e : operation.entries)
          kernels_.scale(n, static_cast<T>(e.value), adjoint(y) + w * all + e.out * n,
                         out + w * plane_rows(x) + e.left * n, true);
      return;
    case Code::affine:
    case Code::add:
      for (int w = 0; w < block(y).width; ++w) {
        const auto place = operation.code == Code::affine ? static_cast<std::size_t>(w) : 0;
        kernels_.scale(all, static_cast<T>(operation.numbers[place]), adjoint(y) + w * all,
                       out + w * stride, !overwrite);
      }
      return;
    case Code::copy:
      kernels_.scale(operation.width * all, T(1), adjoint(y) + operation.to * all,
                     out + operation.from * all, !overwrite);
      return;
    case Code::sum:
      for (int w = 0; w < block(x).width; ++w)
        kernels_.scale(all, T(1), adjoint(y), out + w * all, true);
      return;
    case Code::node_sum:
      for (std::int64_t p = 0; p < static_cast<std::int64_t>(block(y).width) * block(y).planes; ++p)
        for (std::size_t q = 0; q < operation.numbers.size(); ++q)
          kernels_.scale(n, static_cast<T>(operation.numbers[q]), adjoint(y) + p * n,
                         out + p * rows_of(x) + static_cast<std::int64_t>(q) * n, true);
      return;
    default:
      BANACH_ASSERT(false);
  }
}

template class TapeRunner<float>;
template class TapeRunner<double>;

}  // namespace banach
