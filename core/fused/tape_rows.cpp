// SPDX-License-Identifier: Apache-2.0
// Rows of Jacobians: a column of each parameter instead of its sum over the rows.
#include "core/fused/tape_runner.hpp"

namespace banach {

template <class T>
void TapeRunner<T>::backward_rows(T* jacobian) {
  gradient_ = nullptr;
  jacobian_ = jacobian;
  for (std::size_t i = tape_.operations.size(); i-- > 0;) backward(tape_.operations[i], i);
}

template <class T>
void TapeRunner<T>::lift_rows(const Operation& operation) {
  const int y = operation.out;
  const std::int64_t n = rows_of(y);
  for (int w = 0; w < block(y).width; ++w) {
    T* row = jacobian_ + (offset(operation.weight) + w) * joined_ + first_row(block(y).rows);
    for (int k = 0; k < block(y).planes; ++k)
      kernels_.scale(n, static_cast<T>(operation.numbers[static_cast<std::size_t>(2 * k)]),
                     adjoint(y) + (w * block(y).planes + k) * n, row, true);
  }
}

template <class T>
void TapeRunner<T>::linear_rows(const Operation& operation) {
  const int x = operation.in[0], y = operation.out;
  const std::int64_t n = plane_rows(x), in = block(x).width, out = block(y).width;
  const std::int64_t rows = rows_of(x) / block(x).rows.nodes;
  const T *values = value(x), *dy = adjoint(y);
  const bool weight = trained(operation, operation.weight);
  const bool bias = trained(operation, operation.bias);
  T* const w_rows =
      weight ? jacobian_ + offset(operation.weight) * joined_ + first_row(block(x).rows) : nullptr;
  T* const b_rows =
      bias ? jacobian_ + offset(operation.bias) * joined_ + first_row(block(x).rows) : nullptr;
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t part = 0; part < n; part += rows) {
      const T* d = dy + o * n + part;
      const auto plane = static_cast<std::size_t>(part / rows_of(x));
      if (bias && operation.numbers[plane] != 0)
        kernels_.scale(rows, static_cast<T>(operation.numbers[plane]), d, b_rows + o * joined_,
                       true);
      for (std::int64_t i = 0; weight && i < in; ++i)
        kernels_.times(rows, values + i * n + part, d, w_rows + (i * out + o) * joined_, true);
    }
}

template void TapeRunner<float>::backward_rows(float*);
template void TapeRunner<double>::backward_rows(double*);
template void TapeRunner<float>::lift_rows(const Operation&);
template void TapeRunner<double>::lift_rows(const Operation&);
template void TapeRunner<float>::linear_rows(const Operation&);
template void TapeRunner<double>::linear_rows(const Operation&);

}  // namespace banach
