// SPDX-License-Identifier: Apache-2.0
// Maps and perceptrons over the channels of points.
#pragma once
#include <cstdint>
#include <vector>

#include "core/kernels/kernels.hpp"

namespace banach {

/// Entry (point, channel) at data[point * row + channel * column].
template <class T>
struct Channels {
  const T* data;
  std::int64_t row, column;
};

/// x W + b with W [in, out].
template <class T>
class PointwiseMap {
 public:
  PointwiseMap(std::int64_t in, std::int64_t out) : in(in), out(out) {}
  /// Reads the weights once; they have to stay.
  void set(const T* weight, const T* bias);
  /// Numbers of the gradient: weight, then bias.
  std::int64_t size() const { return (in + 1) * out; }
  /// y [points, out] = or += x W + b
  void apply(std::int64_t points, Channels<T> x, T* y, bool accumulate) const;
  /// gradient [size] += that of a loss with the derivative dy [points, out]; `scratch` [in, out]
  /// makes it faster where outputs are thin.
  void add_gradient(std::int64_t points, Channels<T> x, const T* dy, T* gradient,
                    T* scratch = nullptr) const;
  /// dx [points, in] = dy W^T
  void pull_back(std::int64_t points, const T* dy, T* dx) const;

  const std::int64_t in, out;

 private:
  void product(std::int64_t points, Channels<T> x, std::int64_t k, std::int64_t n, const T* right,
               const T* right_turned, T* y, bool accumulate) const;

  const Kernels<T>& kernels_ = kernels<T>();
  const T *weight_ = nullptr, *bias_ = nullptr;
  std::vector<T> turned_;  // [out, in]
};

/// One map, or two with an activation between them.
template <class T>
class Perceptron {
 public:
  Perceptron(std::int64_t in, std::int64_t hidden, std::int64_t out, int function);
  const std::vector<PointwiseMap<T>>& maps() const { return maps_; }
  std::vector<PointwiseMap<T>>& maps() { return maps_; }
  std::int64_t size() const;
  /// Numbers that the passes write to, for so many points.
  std::int64_t scratch(std::int64_t points) const;
  void apply(std::int64_t points, Channels<T> x, T* y, bool accumulate, T* scratch) const;
  /// gradient [size] += ..., maps one after the other; dx [points, in] unless null.
  void pull_back(std::int64_t points, Channels<T> x, const T* dy, T* gradient, T* dx,
                 T* scratch) const;

 private:
  const Kernels<T>& kernels_ = kernels<T>();
  std::vector<PointwiseMap<T>> maps_;
  int function_;
};

}  // namespace banach
