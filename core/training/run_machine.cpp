// SPDX-License-Identifier: Apache-2.0
// What a plan asks of the machine.
#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/parameters/text.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

at::Device find_device(const std::string& name) {
  const bool cuda = at::globalContext().hasCUDA();
  const int count = cuda ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
  if (name == "cpu" || (name == "auto" && count == 0)) return at::kCPU;
  if (count == 0)
    throw ConfigError("device = " + in_quotes(name) +
                      ": LibTorch sees no CUDA device on this machine; use \"cpu\" or \"auto\"");
  const int index = name.rfind("cuda:", 0) == 0 ? std::stoi(name.substr(5)) : 0;
  if (index >= count)
    throw ConfigError(
        fmt::format("device = {}: this machine has cuda:0 to cuda:{}", in_quotes(name), count - 1));
  return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
}

int threads_of(const RunPlan& plan) {
  if (plan.configuration.threads > 0) return static_cast<int>(plan.configuration.threads);
  std::int64_t points = 0, widest = 1;
  for (const auto& stage : plan.stages) {
    std::int64_t rows = 0;
    for (const auto& choice : stage.sampling) rows += choice.points;
    points = std::max(points, rows);
  }
  for (const auto& slot : plan.experiment.network->layout.slots())
    widest = std::max<std::int64_t>({widest, slot.fan_in, slot.fan_out});
  return points * widest < (1 << 17) ? 1 : 0;
}

}  // namespace banach
