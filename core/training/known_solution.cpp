// SPDX-License-Identifier: Apache-2.0
#include "core/training/known_solution.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/training/recorded_function.hpp"

namespace banach {
namespace {

void from_reference(const Reference& reference, std::size_t axes, std::size_t unknowns,
                    const double* points, std::int64_t count, double* out) {
  const auto rows = static_cast<std::size_t>(count);
  const auto values = reference({points, points + rows * axes});
  if (values.size() != rows * unknowns)
    throw PluginError("reference() gave " + std::to_string(values.size()) + " numbers for " +
                      std::to_string(rows) + " points and " + std::to_string(unknowns) +
                      " unknowns");
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
    throw PluginError("reference() gave a value that is not finite");
  std::copy(values.begin(), values.end(), out);
}

}  // namespace

std::function<void(const double*, std::int64_t, double*)> known_solution(const Experiment& e) {
  const auto unknowns = static_cast<std::int64_t>(e.unknowns.size());
  if (e.exact) {
    const auto& layout = e.network->layout;
    // Nothing of the network is in it: the parameters only set dtype and device.
    const Bank bank{at::zeros({layout.parameters()}, at::kDouble),
                    at::zeros({layout.buffers()}, at::kDouble)};
    const auto exact = std::make_shared<RecordedFunction>(
        e.network, Derivatives::exact, *e.exact, e.origins, unknowns, std::vector<UnknownScale>(),
        std::vector<Bank>{bank});
    return [exact](const double* points, std::int64_t count, double* out) {
      (*exact)(points, count, out);
    };
  }
  if (!e.reference) return {};
  return [reference = *e.reference, axes = e.domain.size(), columns = e.unknowns.size()](
             const double* points, std::int64_t count, double* out) {
    from_reference(reference, axes, columns, points, count, out);
  };
}

}  // namespace banach
