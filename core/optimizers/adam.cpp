// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <cmath>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/optimizers/optimizers.hpp"

namespace banach {
namespace {

struct Coefficients {
  double shrink, coupled_decay;  // decoupled decay multiplies, coupled decay joins the gradient
  double beta1, beta2, eps, rate, root_scale;
};

constexpr std::int64_t block = 256;

// Compilers call a function for std::sqrt in a loop, to set errno: four times slower than this.
[[gnu::noinline]] void take_roots(std::int64_t n, float* x) {
  std::int64_t i = 0;
#ifdef __SSE2__
  for (; i + 4 <= n; i += 4) _mm_storeu_ps(x + i, _mm_sqrt_ps(_mm_loadu_ps(x + i)));
#endif
  for (; i < n; ++i) x[i] = std::sqrt(x[i]);
}

[[gnu::noinline]] void take_roots(std::int64_t n, double* x) {
  std::int64_t i = 0;
#ifdef __SSE2__
  for (; i + 2 <= n; i += 2) _mm_storeu_pd(x + i, _mm_sqrt_pd(_mm_loadu_pd(x + i)));
#endif
  for (; i < n; ++i) x[i] = std::sqrt(x[i]);
}

template <class T, bool amsgrad>
BANACH_KERNEL void pass(std::int64_t n, const Coefficients& c, T* __restrict p,
                        const T* __restrict gradient, T* __restrict m, T* __restrict v,
                        T* __restrict largest) {
  const T shrink = static_cast<T>(c.shrink), decay = static_cast<T>(c.coupled_decay);
  const T beta1 = static_cast<T>(c.beta1), fresh1 = static_cast<T>(1 - c.beta1);
  const T beta2 = static_cast<T>(c.beta2), fresh2 = static_cast<T>(1 - c.beta2);
  const T eps = static_cast<T>(c.eps), rate = static_cast<T>(c.rate);
  const T root_scale = static_cast<T>(c.root_scale);
  T root[block];
  for (; n > 0; n -= block, p += block, gradient += block, m += block, v += block) {
    const std::int64_t size = n < block ? n : block;
    for (std::int64_t i = 0; i < size; ++i) {
      const T g = gradient[i] + decay * (p[i] * shrink);
      m[i] = beta1 * m[i] + fresh1 * g;
      root[i] = v[i] = beta2 * v[i] + fresh2 * (g * g);
    }
    if constexpr (amsgrad) {
      for (std::int64_t i = 0; i < size; ++i)
        root[i] = largest[i] = largest[i] < root[i] ? root[i] : largest[i];
      largest += block;
    }
    take_roots(size, root);
    for (std::int64_t i = 0; i < size; ++i)
      p[i] = p[i] * shrink - rate * (m[i] / (root[i] * root_scale + eps));
  }
}

std::vector<std::string> moments_of(bool amsgrad) {
  std::vector<std::string> names = {"mean", "square"};
  if (amsgrad) names.push_back("largest_square");
  return names;
}

}  // namespace

AdamOptimizer::AdamOptimizer(const Parameters& parameters, bool decoupled)
    : FlatOptimizer(moments_of(parameters.amsgrad)), p_(parameters), decoupled_(decoupled) {}

void AdamOptimizer::update(at::Tensor& p, const at::Tensor& g, std::vector<at::Tensor>& moments,
                           std::int64_t step, double lr) {
  const auto t = static_cast<double>(step);
  const Coefficients c = {decoupled_ ? 1 - lr * p_.weight_decay : 1,
                          decoupled_ ? 0 : p_.weight_decay,
                          p_.beta1,
                          p_.beta2,
                          p_.eps,
                          lr / (1 - std::pow(p_.beta1, t)),
                          1 / std::sqrt(1 - std::pow(p_.beta2, t))};
  if (detail::raw_loops(p, g, moments)) {
    AT_DISPATCH_FLOATING_TYPES(p.scalar_type(), "adam", [&] {
      using T = scalar_t;
      (p_.amsgrad ? pass<T, true>
                  : pass<T, false>)(p.numel(), c, p.data_ptr<T>(), g.data_ptr<T>(),
                                    moments[0].data_ptr<T>(), moments[1].data_ptr<T>(),
                                    p_.amsgrad ? moments[2].data_ptr<T>() : nullptr);
    });
    return;
  }
  if (c.shrink != 1) p.mul_(c.shrink);
  const at::Tensor d = c.coupled_decay != 0 ? g.add(p, c.coupled_decay) : g;
  moments[0].mul_(p_.beta1).add_(d, 1 - p_.beta1);
  moments[1].mul_(p_.beta2).addcmul_(d, d, 1 - p_.beta2);
  if (p_.amsgrad) at::maximum_out(moments[2], moments[2], moments[1]);
  const at::Tensor& second = moments[p_.amsgrad ? 2 : 1];
  p.addcdiv_(moments[0], second.sqrt().mul_(c.root_scale).add_(p_.eps), -c.rate);
}

}  // namespace banach
