// SPDX-License-Identifier: Apache-2.0
#include "core/executor/tanh.hpp"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/types.h>
#include "core/executor/parallel.hpp"

#include <cstdint>
#include <cstring>

#include "core/executor/parallel.hpp"

// One body for every instruction set. Without fused multiply-add all of them round alike.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BANACH_CLONES                                         \
  __attribute__((noinline, optimize("O3", "fp-contract=off"), \
                 target_clones("avx512f", "avx2", "default")))
#elif defined(__GNUC__) && !defined(__clang__)
#define BANACH_CLONES __attribute__((noinline, optimize("O3", "fp-contract=off")))
#else
#define BANACH_CLONES
#endif

namespace banach {
namespace {

// e / (e + 2) with e = exp(2 |x|) - 1 = s p(r) + (s - 1), 2 |x| = k ln 2 + r, s = 2^k, p(r) the
// Taylor polynomial of exp(r) - 1 to degree 7: |r| < 0.35.
BANACH_CLONES void tanh_kernel(const float* x, float* y, std::int64_t n) {
  constexpr float shift = 12582912.0f;  // 1.5 2^23: adding it rounds to an integer
  for (std::int64_t i = 0; i < n; ++i) {
    const float size = x[i] < 0 ? -x[i] : x[i];
    const float z = 2 * (size > 9.5f ? 9.5f : size);  // tanh(9.5) rounds to 1
    const float shifted = z * 1.44269504f + shift;
    const float k = shifted - shift;
    const float r = (z - k * 0.693359375f) + k * 2.12194440e-4f;
    float p = 1.98412698e-4f;
    p = p * r + 1.38888889e-3f;
    p = p * r + 8.33333333e-3f;
    p = p * r + 4.16666667e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 0.5f;
    p = p * r * r + r;
    std::uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + (127u << 23);
    float s;
    std::memcpy(&s, &bits, sizeof s);
    const float e = s * p + (s - 1);
    const float t = e / (e + 2);
    y[i] = x[i] < 0 ? -t : t;
  }
}

at::Tensor values(const at::Tensor& x) {
  at::Tensor y = at::empty_like(x);
  const float* from = x.data_ptr<float>();
  float* to = y.data_ptr<float>();
  parallel_for(x.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    tanh_kernel(from + begin, to + begin, end - begin);
  });
  return y;
}

struct Tanh : torch::autograd::Function<Tanh> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
    const at::Tensor y = values(x);
    context->save_for_backward({y});
    return y;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradient) {
    return {at::tanh_backward(gradient[0], context->get_saved_variables()[0])};
  }
};

}  // namespace

at::Tensor fast_tanh(const at::Tensor& x) {
  const bool worthwhile = x.numel() >= 4096;  // else a node of our own costs what the loop saves
  if (!worthwhile || x.scalar_type() != at::kFloat || !x.is_cpu() || !x.is_contiguous())
    return at::tanh(x);
  return x.requires_grad() && at::GradMode::is_enabled() ? Tanh::apply(x) : values(x);
}

}  // namespace banach
