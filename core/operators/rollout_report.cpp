// SPDX-License-Identifier: Apache-2.0
#include "core/operators/rollout_report.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/operators/operator_network.hpp"
#include "core/operators/rollout.hpp"
#include "datasets/trajectories.hpp"

namespace banach {
namespace {

using at::Tensor;
using nlohmann::json;

constexpr std::size_t most_rows = 16;  // trajectories at once

Tensor ratio(const Tensor& off, const Tensor& size) {
  return off / at::where(size > 0, size, at::ones_like(size));
}

// Sums over trajectories, one per window.
struct Sums {
  Sums(std::size_t windows, const OperatorData& of) : relative(windows), nrmse(windows), data(of) {}
  std::vector<double> relative, nrmse;
  const OperatorData& data;

  void add(std::size_t window, const Tensor& outputs, const Tensor& target) {
    const auto norm = [&](const Tensor& t) {
      return weighted(t, data.weights, 0.5).flatten(2).norm(2, -1);
    };
    const Tensor off = norm(outputs - target), size = norm(target);  // [B, channels]
    nrmse[window] += ratio(off, size).mean(-1).sum().item<double>();
    std::int64_t first = 0;
    for (const std::size_t i : data.outputs) {  // channels of one variable have one unit
      const auto channels = static_cast<std::int64_t>(data.info.variables[i].channels.size());
      const auto whole = [&](const Tensor& t) { return t.narrow(1, first, channels).norm(2, -1); };
      relative[window] += ratio(whole(off), whole(size)).sum().item<double>() /
                          static_cast<double>(data.outputs.size());
      first += channels;
    }
  }
};

json means(const std::vector<double>& sums, std::size_t count) {
  json out = json::array();
  for (const double sum : sums)
    out.push_back(std::isfinite(sum) ? json(sum / static_cast<double>(count)) : json());
  return out;
}

// First windows of the trajectories that hold one, and how many windows all of them can go on.
std::pair<std::vector<std::int64_t>, std::size_t> first_windows(
    const RollOut& rollout, const std::vector<std::int64_t>& trajectories, const RunPlan& plan) {
  std::vector<std::int64_t> starts;
  std::int64_t windows = plan.configuration.evaluate.rollout;
  for (std::size_t i = 0; i + 1 < trajectories.size(); ++i) {
    if (trajectories[i] == trajectories[i + 1]) continue;
    const std::int64_t here = rollout.windows(trajectories, trajectories[i]);
    windows = windows > 0 ? std::min(windows, here) : here;
    starts.push_back(trajectories[i]);
  }
  return {starts, static_cast<std::size_t>(windows)};
}

}  // namespace

json rollout_report(const RunPlan& plan, const OperatorData& data, const Dataset& dataset,
                    Split split, const Bank& bank) {
  const bool uneven = data.info.time_step == 0 && data.info.shortest_step > 0;
  if (data.outputs.empty() || uneven || !RollOut::missing(data).empty()) return nullptr;
  at::NoGradGuard no_grad;
  const RollOut rollout(data);
  const auto [starts, windows] = first_windows(rollout, trajectories(dataset, split), plan);
  if (starts.empty()) return nullptr;
  const auto options = bank.parameters.options().requires_grad(false);
  OperatorNetwork network(plan.experiment, plan.derivatives, Phase::evaluation, options);
  Sums sums(windows, data);
  for (std::size_t first = 0; first < starts.size(); first += most_rows) {
    const auto end = std::min(starts.size(), first + most_rows);
    std::vector<std::int64_t> now(starts.begin() + static_cast<std::ptrdiff_t>(first),
                                  starts.begin() + static_cast<std::ptrdiff_t>(end));
    OperatorBatch given;
    Tensor outputs;
    for (std::size_t k = 0; k < windows; ++k) {
      const OperatorBatch real =
          make_batch(data, dataset.read(split, now, NumberType::float64),
                     static_cast<std::int64_t>(now.size()), at::TensorOptions(at::kDouble));
      given = k == 0 ? real : rollout.after(given, outputs, real);
      outputs = network.predict(bank, data, given);
      sums.add(k, rollout.states(outputs, given), rollout.states(real.outputs, real));
      for (auto& sample : now) sample += rollout.shift();
    }
  }
  json out = {{"relative_l2", means(sums.relative, starts.size())},
              {"nrmse", means(sums.nrmse, starts.size())},
              {"trajectories", starts.size()}};
  for (std::size_t k = 1; k <= windows; ++k)
    out["steps"].push_back(static_cast<std::int64_t>(k) * rollout.shift());
  return out;
}

}  // namespace banach
