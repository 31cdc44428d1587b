// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/partial_objective.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "banach/error.hpp"
#include "core/optimizers/clip.hpp"

namespace banach {

PartialObjective::PartialObjective(Objective& whole, Ranges part, double factor)
    : whole_(whole), ranges_(std::move(part)), factor_(factor), root_(std::sqrt(factor)) {
  part_ = columns(whole.parameters().detach(), 0).clone();
}

at::Tensor PartialObjective::columns(const at::Tensor& all, std::int64_t dim) const {
  std::vector<at::Tensor> out;
  for (const auto& [offset, size] : ranges_) out.push_back(all.narrow(dim, offset, size));
  return out.size() == 1 ? out[0] : at::cat(out, dim);
}

void PartialObjective::settle() {
  c10::NoGradGuard no_grad;
  at::Tensor all = whole_.parameters().detach();
  std::int64_t from = 0;
  for (const auto& [offset, size] : ranges_) {
    all.narrow(0, offset, size).copy_(part_.detach().narrow(0, from, size));
    from += size;
  }
}

Evaluation PartialObjective::narrowed(const Evaluation& whole) const {
  c10::NoGradGuard no_grad;
  return {whole.loss * factor_, columns(whole.gradient, 0) * factor_};
}

at::Tensor PartialObjective::value() {
  settle();
  const at::Tensor loss = whole_.value();
  c10::NoGradGuard no_grad;
  return loss * factor_;
}

at::Tensor PartialObjective::true_loss(const at::Tensor& loss) const {
  c10::NoGradGuard no_grad;
  return loss / factor_;
}

Evaluation PartialObjective::gradient() {
  settle();
  Evaluation out = narrowed(whole_.gradient());
  if (clip_norm_ > 0 || clip_value_ > 0) clip_gradient(out.gradient, clip_norm_, clip_value_);
  return out;
}

Evaluation PartialObjective::trial() {
  settle();
  return narrowed(whole_.trial());
}

at::Tensor PartialObjective::residuals() {
  settle();
  const at::Tensor all = whole_.residuals();
  c10::NoGradGuard no_grad;
  return all * root_;
}

at::Tensor PartialObjective::jacobian() {
  settle();
  const at::Tensor all = whole_.jacobian();
  c10::NoGradGuard no_grad;
  return columns(all, 1) * root_;
}

double factor_to_one(double loss) {
  if (!(loss > 0) || !std::isfinite(loss)) return 1;
  const double exponent = std::round(std::log2(loss) / 2);
  return exponent < 0 ? std::ldexp(1.0, static_cast<int>(-2 * exponent)) : 1;
}

Ranges within(const Ranges& inner, const Ranges& part) {
  Ranges out;
  for (const auto& [offset, size] : inner) {
    std::int64_t before = 0;
    for (const auto& [first, length] : part) {
      if (offset >= first && offset + size <= first + length)
        out.emplace_back(before + offset - first, size);
      before += length;
    }
  }
  BANACH_ASSERT(out.size() == inner.size());
  return out;
}

}  // namespace banach
