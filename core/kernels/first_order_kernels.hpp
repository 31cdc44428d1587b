// SPDX-License-Identifier: Apache-2.0
// Nonlinear functions of a value and its first derivatives: each number is read and written once.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/taylor_kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// A vector or, of the last ones, one number. The type of vectors cannot be the argument of a
// template: it would lose its alignment.
template <bool whole, class T>
inline auto load(const T* p) {
  if constexpr (whole)
    return *reinterpret_cast<const typename Vector<T>::type*>(p);
  else
    return *p;
}
template <bool whole, class T, class X>
inline void store(T* p, X x) {
  if constexpr (whole)
    *reinterpret_cast<typename Vector<T>::type*>(p) = x;
  else
    *p = x;
}

// f' and f''/2, kept or from the value.
template <class T>
struct KeptSlopes {
  const T *slope, *bend;
  template <bool whole>
  auto first(long i) const {
    return load<whole>(slope + i);
  }
  template <bool whole, class X>
  auto second(long i, X) const {
    return load<whole>(bend + i);
  }
};
template <class T>
struct TanhSlopes {
  const T* value;
  template <bool whole>
  auto first(long i) const {
    const auto y = load<whole>(value + i);
    return 1 - y * y;
  }
  template <bool whole, class X>
  auto second(long i, X slope) const {
    return -load<whole>(value + i) * slope;
  }
};
template <class T>
struct SigmoidSlopes {
  const T* value;
  template <bool whole>
  auto first(long i) const {
    const auto y = load<whole>(value + i);
    return y * (1 - y);
  }
  template <bool whole, class X>
  auto second(long i, X slope) const {
    return (T(0.5) - load<whole>(value + i)) * slope;
  }
};

/// Planes [n] of one feature.
struct FeaturePlanes {
  int planes;
  long n;
};

// Planes 1, 2, ... of y, after its value.
template <bool whole, class T, class Slopes>
inline void first_order_forward_at(FeaturePlanes size, const Slopes& slopes, const T* z, T* y,
                                   long i) {
  const auto s = slopes.template first<whole>(i);
  for (long p = i + size.n; p < size.planes * size.n; p += size.n)
    store<whole>(y + p, s * load<whole>(z + p));
}

template <class T, class Slopes>
inline void first_order_forward(FeaturePlanes size, const Slopes& slopes, const T* z, T* y) {
  long i = 0;
  for (; i + lanes<T> <= size.n; i += lanes<T>) first_order_forward_at<true>(size, slopes, z, y, i);
  for (; i < size.n; ++i) first_order_forward_at<false>(size, slopes, z, y, i);
}

template <bool whole, class T, class Slopes>
inline void first_order_backward_at(FeaturePlanes size, const Slopes& slopes, const T* z,
                                    const T* dy, T* dz, bool add, long i) {
  const auto s = slopes.template first<whole>(i);
  auto value = s * load<whole>(dy + i);
  if (size.planes > 1) {
    const auto bend = 2 * slopes.template second<whole>(i, s);
    for (long p = i + size.n; p < size.planes * size.n; p += size.n) {
      const auto d = load<whole>(dy + p), rest = s * d;
      value += bend * load<whole>(z + p) * d;
      store<whole>(dz + p, add ? load<whole>(dz + p) + rest : rest);
    }
  }
  store<whole>(dz + i, add ? load<whole>(dz + i) + value : value);
}

template <class T, class Slopes>
inline void first_order_backward(FeaturePlanes size, const Slopes& slopes, const T* z, const T* dy,
                                 T* dz, bool add) {
  long i = 0;
  for (; i + lanes<T> <= size.n; i += lanes<T>)
    first_order_backward_at<true>(size, slopes, z, dy, dz, add, i);
  for (; i < size.n; ++i) first_order_backward_at<false>(size, slopes, z, dy, dz, add, i);
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
