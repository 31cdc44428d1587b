// SPDX-License-Identifier: Apache-2.0
// Random masks from a counter, in operations that every device has.
#include <ATen/ExpandUtils.h>
#include <torch/types.h>

#include "core/executor/operations.hpp"

namespace banach {

namespace {

at::Tensor shifted(const at::Tensor& z, int bits) {  // without the sign
  return at::bitwise_and(at::bitwise_right_shift(z, bits), (std::int64_t(1) << (64 - bits)) - 1);
}

std::int64_t number(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }

// SplitMix64 (Steele, Lea, Flood 2014) at places 0, 1, ...: 1 / (1 - rate) or 0.
at::Tensor mask(std::uint64_t key, const std::vector<std::int64_t>& shape, double rate,
                const at::TensorOptions& options) {
  at::Tensor z = at::arange(c10::multiply_integers(shape), options.dtype(at::kLong));
  z = z * number(0x9E3779B97F4A7C15u) + number(key);
  z = at::bitwise_xor(z, shifted(z, 30)) * number(0xBF58476D1CE4E5B9u);
  z = at::bitwise_xor(z, shifted(z, 27)) * number(0x94D049BB133111EBu);
  z = at::bitwise_xor(z, shifted(z, 31));
  const at::Tensor kept = shifted(z, 11) >= static_cast<std::int64_t>(rate * 9007199254740992.0);
  return (kept.to(options.dtype()) / (1 - rate)).view(shape);
}

std::vector<std::int64_t> lead(const at::Tensor& x) {
  auto out = x.sizes().vec();
  out.back() = 1;
  return out;
}

}  // namespace

Jet dropout_jet(const Node& node, const Jet& x, const Program::Run& run) {
  std::vector<std::int64_t> shape{1};
  for (const auto& plane : x)
    if (plane.defined()) shape = at::infer_size(shape, lead(plane));
  if (node.rows & point_rows) shape = at::infer_size(shape, lead(run.inputs[0][0]));
  shape.back() = node.width;
  const std::uint64_t key = Stream(run.mask_key, "layer").bits(static_cast<unsigned>(node.index));
  const at::Tensor m = mask(key, shape, node.numbers[0], run.options);
  Jet out;
  for (const auto& plane : x) out.push_back(plane.defined() ? plane * m : plane);
  return out;
}

}  // namespace banach
