// SPDX-License-Identifier: Apache-2.0
#include "core/spectral/pointwise.hpp"

namespace banach {

template <class T>
void PointwiseMap<T>::set(const T* weight, const T* bias) {
  weight_ = weight;
  bias_ = bias;
  turned_.resize(static_cast<std::size_t>(in * out));
  for (std::int64_t i = 0; i < in; ++i)
    for (std::int64_t o = 0; o < out; ++o)
      turned_[static_cast<std::size_t>(o * in + i)] = weight[i * out + o];
}

// y [points, n] = or += x [points, k] times `right` [k, n], which is given turned as well: results
// thinner than a vector are sums along k.
template <class T>
void PointwiseMap<T>::product(std::int64_t points, Channels<T> x, std::int64_t k, std::int64_t n,
                              const T* right, const T* right_turned, T* y, bool accumulate) const {
  if (n < kernels_.lanes && x.column == 1)
    return kernels_.multiply_transposed(
        {points, n, k, x.data, x.row, 1, right_turned, k, y, n, accumulate});
  Product<T> p{};
  p.m = points, p.n = n, p.k = k;
  p.a = x.data, p.a_row = x.row, p.a_column = x.column;
  p.b = right, p.b_row = n;
  p.c = y, p.c_row = n;
  p.accumulate = accumulate;
  kernels_.multiply(p);
}

template <class T>
void PointwiseMap<T>::apply(std::int64_t points, Channels<T> x, T* y, bool accumulate) const {
  kernels_.fill_rows(points, out, bias_, y, accumulate);
  product(points, x, in, out, weight_, turned_.data(), y, true);
}

template <class T>
void PointwiseMap<T>::add_gradient(std::int64_t points, Channels<T> x, const T* dy, T* gradient,
                                   T* scratch) const {
  kernels_.sum_rows(points, out, dy, gradient + in * out);
  Product<T> p{};
  p.k = points;
  if (scratch && out < kernels_.lanes && x.column == 1) {
    p.m = out, p.n = in;
    p.a = dy, p.a_row = 1, p.a_column = out;
    p.b = x.data, p.b_row = x.row;
    p.c = scratch, p.c_row = in;
    kernels_.multiply(p);
    for (std::int64_t i = 0; i < in; ++i)
      for (std::int64_t o = 0; o < out; ++o) gradient[i * out + o] += scratch[o * in + i];
    return;
  }
  p.m = in, p.n = out;
  p.a = x.data, p.a_row = x.column, p.a_column = x.row;
  p.b = dy, p.b_row = out;
  p.c = gradient, p.c_row = out;
  p.accumulate = true;
  kernels_.multiply(p);
}

template <class T>
void PointwiseMap<T>::pull_back(std::int64_t points, const T* dy, T* dx) const {
  product(points, {dy, out, 1}, out, in, turned_.data(), weight_, dx, false);
}

template <class T>
Perceptron<T>::Perceptron(std::int64_t in, std::int64_t hidden, std::int64_t out, int function)
    : function_(function) {
  if (hidden > 0) maps_.emplace_back(in, hidden);
  maps_.emplace_back(hidden > 0 ? hidden : in, out);
}

template <class T>
std::int64_t Perceptron<T>::size() const {
  return maps_.front().size() + (maps_.size() > 1 ? maps_.back().size() : 0);
}

template <class T>
std::int64_t Perceptron<T>::scratch(std::int64_t points) const {
  if (maps_.size() == 1) return 0;
  return (3 * points + std::min<std::int64_t>(maps_.back().out, kernels_.lanes)) * maps_.back().in;
}

template <class T>
void Perceptron<T>::apply(std::int64_t points, Channels<T> x, T* y, bool accumulate,
                          T* scratch) const {
  if (maps_.size() > 1) {
    const std::int64_t hidden = maps_.back().in;
    maps_.front().apply(points, x, scratch, false);
    kernels_.activate(function_, points * hidden, scratch, scratch, nullptr);
    x = {scratch, hidden, 1};
  }
  maps_.back().apply(points, x, y, accumulate);
}

template <class T>
void Perceptron<T>::pull_back(std::int64_t points, Channels<T> x, const T* dy, T* gradient, T* dx,
                              T* scratch) const {
  if (maps_.size() == 1) {
    maps_.front().add_gradient(points, x, dy, gradient);
    if (dx) maps_.front().pull_back(points, dy, dx);
    return;
  }
  // The hidden values again: cheaper than to keep them.
  const PointwiseMap<T>&first = maps_.front(), &second = maps_.back();
  const std::int64_t n = points * second.in;
  T *value = scratch, *slope = scratch + n, *adjoint = scratch + 2 * n;
  first.apply(points, x, value, false);
  kernels_.activate(function_, n, value, value, slope);
  second.add_gradient(points, {value, second.in, 1}, dy, gradient + first.size(), scratch + 3 * n);
  second.pull_back(points, dy, adjoint);
  kernels_.times(n, adjoint, slope, value, false);
  first.add_gradient(points, x, value, gradient);
  if (dx) first.pull_back(points, value, dx);
}

template class PointwiseMap<float>;
template class PointwiseMap<double>;
template class Perceptron<float>;
template class Perceptron<double>;

}  // namespace banach
