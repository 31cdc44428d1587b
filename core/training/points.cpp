// SPDX-License-Identifier: Apache-2.0
#include "core/training/points.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

namespace banach {
namespace {

bool moved(const Origins& origins) {
  return std::any_of(origins.begin(), origins.end(), [](double origin) { return origin != 0; });
}

}  // namespace

at::Tensor point_tensor(const at::Tensor& points, const Origins& origins,
                        at::TensorOptions options) {
  if (!moved(origins)) return points.to(options);
  const at::Tensor row = at::tensor(origins, at::TensorOptions(at::kDouble)).to(points.device());
  return (points.to(at::kDouble) - row).to(options);
}

at::Tensor point_tensor(const double* points, std::int64_t rows, const Origins& origins,
                        at::TensorOptions options) {
  // LibTorch has no view of constant numbers; they are only read.
  const at::Tensor view = at::from_blob(
      const_cast<double*>(points), {rows, static_cast<std::int64_t>(origins.size())}, at::kDouble);
  return moved(origins) ? point_tensor(view, origins, options) : view.to(options, false, true);
}

at::Tensor point_tensor(const std::vector<double>& points, const Origins& origins,
                        at::TensorOptions options) {
  return point_tensor(points.data(), static_cast<std::int64_t>(points.size() / origins.size()),
                      origins, options);
}

std::string place_text(const std::vector<std::string>& axes, const Origins& origins,
                       const at::Tensor& point) {
  const at::Tensor own = point.to(at::kCPU, at::kDouble);
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const double stored = own[static_cast<std::int64_t>(k)].item<double>();
    const double origin = k < origins.size() ? origins[k] : 0;
    parts.push_back(origin == 0 ? fmt::format("{} = {:.6g}", axes[k], stored)
                                : fmt::format("{} = {:.15g}", axes[k], origin + stored));
  }
  return join(parts);
}

}  // namespace banach
