// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "banach/error.hpp"
#include "core/optimizers/optimizers.hpp"

namespace banach {
namespace {

// momentum 0 and nesterov false make plain descent of it, without reading the buffer.
template <class T>
struct Sgd {
  T lr, momentum, fresh, weight_decay;
};

template <class T>
BANACH_KERNEL void plain(std::int64_t n, Sgd<T> c, T* __restrict p, const T* __restrict g) {
  for (std::int64_t i = 0; i < n; ++i) p[i] -= c.lr * (g[i] + c.weight_decay * p[i]);
}

template <class T>
BANACH_KERNEL void heavy_ball(std::int64_t n, Sgd<T> c, T* __restrict p, const T* __restrict g,
                              T* __restrict buffer) {
  for (std::int64_t i = 0; i < n; ++i) {
    buffer[i] = c.momentum * buffer[i] + c.fresh * (g[i] + c.weight_decay * p[i]);
    p[i] -= c.lr * buffer[i];
  }
}

template <class T>
BANACH_KERNEL void nesterov(std::int64_t n, Sgd<T> c, T* __restrict p, const T* __restrict g,
                            T* __restrict buffer) {
  for (std::int64_t i = 0; i < n; ++i) {
    const T d = g[i] + c.weight_decay * p[i];
    buffer[i] = c.momentum * buffer[i] + c.fresh * d;
    p[i] -= c.lr * (d + c.momentum * buffer[i]);
  }
}

}  // namespace

SgdOptimizer::SgdOptimizer(const Parameters& parameters)
    : FlatOptimizer(parameters.momentum > 0 ? std::vector<std::string>{"momentum"}
                                            : std::vector<std::string>{}),
      p_(parameters) {
  if (p_.nesterov && (p_.momentum <= 0 || p_.dampening != 0))
    throw ConfigError("sgd: nesterov needs momentum > 0 and dampening = 0");
}

void SgdOptimizer::update(at::Tensor& p, const at::Tensor& g, std::vector<at::Tensor>& moments,
                          std::int64_t step, double lr) {
  const bool rolling = p_.momentum > 0;
  // The first step fills the buffer with the gradient itself.
  const double fresh = step == 1 ? 1 : 1 - p_.dampening;
  if (detail::raw_loops(p, g, moments)) {
    AT_DISPATCH_FLOATING_TYPES(p.scalar_type(), "sgd", [&] {
      using T = scalar_t;
      const Sgd<T> c = {static_cast<T>(lr), static_cast<T>(p_.momentum), static_cast<T>(fresh),
                        static_cast<T>(p_.weight_decay)};
      T* x = p.data_ptr<T>();
      const T* d = g.data_ptr<T>();
      if (!rolling)
        plain(p.numel(), c, x, d);
      else
        (p_.nesterov ? nesterov<T> : heavy_ball<T>)(p.numel(), c, x, d, moments[0].data_ptr<T>());
    });
    return;
  }
  at::Tensor d = p_.weight_decay != 0 ? g.add(p, p_.weight_decay) : g;
  if (rolling) {
    moments[0].mul_(p_.momentum).add_(d, fresh);
    d = p_.nesterov ? d.add(moments[0], p_.momentum) : moments[0];
  }
  p.sub_(d, lr);
}

}  // namespace banach
