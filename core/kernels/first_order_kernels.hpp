// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions of a value and its first derivatives: each number is read and written once.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/taylor_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// U: a vector, or one number of the last ones.
template <class U, class T>
inline U load(const T* p) {
  return *reinterpret_cast<const U*>(p);
}
template <class U, class T>
inline void store(T* p, U x) {
  *reinterpret_cast<U*>(p) = x;
}

// f' and f''/2, kept or from the value.
template <class T>
struct KeptSlopes {
  const T *slope, *bend;
  template <class U>
  U first(long i) const {
    return load<U>(slope + i);
  }
  template <class U>
  U second(long i, U) const {
    return load<U>(bend + i);
  }
};
template <class T>
struct TanhSlopes {
  const T* value;
  template <class U>
  U first(long i) const {
    const U y = load<U>(value + i);
    return 1 - y * y;
  }
  template <class U>
  U second(long i, U slope) const {
    return -load<U>(value + i) * slope;
  }
};
template <class T>
struct SigmoidSlopes {
  const T* value;
  template <class U>
  U first(long i) const {
    const U y = load<U>(value + i);
    return y * (1 - y);
  }
  template <class U>
  U second(long i, U slope) const {
    return (T(0.5) - load<U>(value + i)) * slope;
  }
};

/// Planes [n] of one feature.
struct FeaturePlanes {
  int planes;
  long n;
};

// Planes 1, 2, ... of y, after its value.
template <class T, class Slopes>
inline void first_order_forward(FeaturePlanes size, const Slopes& slopes, const T* z, T* y) {
  using V = typename Vector<T>::type;
  const long end = size.planes * size.n;
  long i = 0;
  for (; i + lanes<T> <= size.n; i += lanes<T>) {
    const V s = slopes.template first<V>(i);
    for (long p = i + size.n; p < end; p += size.n) store<V>(y + p, s * load<V>(z + p));
  }
  for (; i < size.n; ++i)
    for (long p = i + size.n; p < end; p += size.n) y[p] = slopes.template first<T>(i) * z[p];
}

template <class U, class T, class Slopes>
inline void first_order_backward_at(FeaturePlanes size, const Slopes& slopes, const T* z,
                                    const T* dy, T* dz, bool add, long i) {
  const U s = slopes.template first<U>(i);
  const U bend = size.planes > 1 ? 2 * slopes.template second<U>(i, s) : U{};
  U value = s * load<U>(dy + i);
  for (long p = i + size.n; p < size.planes * size.n; p += size.n) {
    const U d = load<U>(dy + p), rest = s * d;
    value += bend * load<U>(z + p) * d;
    store<U>(dz + p, add ? load<U>(dz + p) + rest : rest);
  }
  store<U>(dz + i, add ? load<U>(dz + i) + value : value);
}

template <class T, class Slopes>
inline void first_order_backward(FeaturePlanes size, const Slopes& slopes, const T* z, const T* dy,
                                 T* dz, bool add) {
  using V = typename Vector<T>::type;
  long i = 0;
  for (; i + lanes<T> <= size.n; i += lanes<T>)
    first_order_backward_at<V>(size, slopes, z, dy, dz, add, i);
  for (; i < size.n; ++i) first_order_backward_at<T>(size, slopes, z, dy, dz, add, i);
}

// Of functions whose slopes are functions of the value.
template <class T>
void own_first_order_forward(const JetFunctionArguments<T>& a) {
  const bool tanh = static_cast<Function>(a.what->function) == Function::tanh;
  const FeaturePlanes size = {a.what->planes, a.rows};
  for (long w = 0; w < a.features; ++w) {
    const T* const z = a.z.data + w * a.z.stride;
    T* const y = a.y.data + w * a.y.stride;
    if (tanh)
      each(tanh_function(), a.rows, z, y);
    else
      sigmoid_values(a.rows, z, y);
    if (tanh)
      first_order_forward(size, TanhSlopes<T>{y}, z, y);
    else
      first_order_forward(size, SigmoidSlopes<T>{y}, z, y);
  }
}

template <class T>
void own_first_order_backward(const JetFunctionArguments<T>& a) {
  const bool tanh = static_cast<Function>(a.what->function) == Function::tanh;
  const FeaturePlanes size = {a.what->planes, a.rows};
  for (long w = 0; w < a.features; ++w) {
    const T *const z = a.z.data + w * a.z.stride, *const y = a.y.data + w * a.y.stride;
    const T* const dy = a.y_adjoint.data + w * a.y_adjoint.stride;
    T* const dz = a.z_adjoint.data + w * a.z_adjoint.stride;
    if (tanh)
      first_order_backward(size, TanhSlopes<T>{y}, z, dy, dz, a.accumulate);
    else
      first_order_backward(size, SigmoidSlopes<T>{y}, z, dy, dz, a.accumulate);
  }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
