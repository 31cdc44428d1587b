// SPDX-License-Identifier: Apache-2.0
// A step of Adam in one pass over its vectors.
#pragma once
#include "core/kernels/kernels.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

template <class T, bool amsgrad>
void adam_pass(const AdamStep<T>& a) {
  T* __restrict p = a.parameters;
  T* __restrict m = a.mean;
  T* __restrict v = a.square;
  T* __restrict largest = a.largest_square;
  const T* __restrict gradient = a.gradient;
  const T shrink = a.shrink, decay = a.decay, beta1 = a.beta1, fresh1 = a.fresh1, beta2 = a.beta2,
          fresh2 = a.fresh2, rate = a.rate, root_scale = a.root_scale, eps = a.eps;
  for (long i = 0; i < a.n; ++i) {
    const T q = p[i] * shrink, g = gradient[i] + decay * q;
    const T mean = beta1 * m[i] + fresh1 * g;
    T square = beta2 * v[i] + fresh2 * (g * g);
    m[i] = mean;
    v[i] = square;
    if constexpr (amsgrad) largest[i] = square = largest[i] < square ? square : largest[i];
    p[i] = q - rate * (mean / (T(__builtin_sqrt(square)) * root_scale + eps));
  }
}

template <class T>
void adam(const AdamStep<T>& a) {
  if (a.largest_square)
    adam_pass<T, true>(a);
  else
    adam_pass<T, false>(a);
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
