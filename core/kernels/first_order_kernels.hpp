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
template <class T, class F>
struct OwnSlopes {
  const T* value;
  template <bool whole>
  auto first(long i) const {
    return F::slope(load<whole>(value + i));
  }
  template <bool whole, class X>
  auto second(long i, X slope) const {
    return F::bend(load<whole>(value + i), slope);
  }
};

// Functions whose f' and f''/2 follow from the value y.
struct TanhByValue {
  template <class T>
  static void values(long n, const T* z, T* y) {
    each(tanh_function(), n, z, y);
  }
  template <class X>
  static X slope(X y) {
    return 1 - y * y;
  }
  template <class X>
  static X bend(X y, X slope) {
    return -y * slope;
  }
};
struct SigmoidByValue {
  template <class T>
  static void values(long n, const T* z, T* y) {
    sigmoid_values(n, z, y);
  }
  template <class X>
  static X slope(X y) {
    return y * (1 - y);
  }
  template <class X>
  static X bend(X y, X slope) {
    return slope / 2 - y * slope;
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

template <class T, class F>
void own_first_order_forward(const JetFunctionArguments<T>& a) {
  for (long w = 0; w < a.features; ++w) {
    const T* const z = a.z.data + w * a.z.stride;
    T* const y = a.y.data + w * a.y.stride;
    F::values(a.rows, z, y);
    first_order_forward({a.what->planes, a.rows}, OwnSlopes<T, F>{y}, z, y);
  }
}

template <class T, class F>
void own_first_order_backward(const JetFunctionArguments<T>& a) {
  for (long w = 0; w < a.features; ++w)
    first_order_backward({a.what->planes, a.rows}, OwnSlopes<T, F>{a.y.data + w * a.y.stride},
                         a.z.data + w * a.z.stride, a.y_adjoint.data + w * a.y_adjoint.stride,
                         a.z_adjoint.data + w * a.z_adjoint.stride, a.accumulate);
}

// Of functions whose slopes follow from the value (slopes_by_value).
template <class T>
void own_first_order_forward(const JetFunctionArguments<T>& a) {
  if (static_cast<Function>(a.what->function) == Function::tanh)
    own_first_order_forward<T, TanhByValue>(a);
  else
    own_first_order_forward<T, SigmoidByValue>(a);
}
template <class T>
void own_first_order_backward(const JetFunctionArguments<T>& a) {
  if (static_cast<Function>(a.what->function) == Function::tanh)
    own_first_order_backward<T, TanhByValue>(a);
  else
    own_first_order_backward<T, SigmoidByValue>(a);
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
