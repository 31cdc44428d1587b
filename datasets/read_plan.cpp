// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "datasets/mapped_dataset.hpp"

namespace banach {

std::vector<ReadPlan> MappedDataset::plan() const {
  std::vector<ReadPlan> plans;
  const auto& source = *sources_.front();
  const bool fits = in_memory(NumberType::exact);
  const auto total = static_cast<double>(bytes(NumberType::exact)) / 1e6;
  for (std::size_t i = 0; i < source.variables().size(); ++i) {
    const auto& v = source.variables()[i];
    if (v.info.role == DataVariable::Role::parameter || v.same >= 0) continue;
    ReadPlan plan;
    plan.variable = v.info.name;
    plan.dataset = v.layout.first.path;
    plan.layout = v.layout.first.layout();
    plan.in_memory = fits;
    const auto each = bytes_of(kept_type(source, i, NumberType::exact));
    for (std::int64_t t = 0; t < source.trajectories(); ++t)
      plan.bytes += each * v.step_numbers * (v.windowed ? source.times(t) : 1);
    plan.reason = fits ? fmt::format("all {:.1f} MB fit into the budget of {:.1f} MB", total,
                                     static_cast<double>(budget_) / 1e6)
                       : fmt::format(
                             "{:.1f} MB exceed the budget of {:.1f} MB: {} blocks in random order, "
                             "read ahead; {} trajectories share a row of the file",
                             total, static_cast<double>(budget_) / 1e6, parts_[0].blocks.size(),
                             source.row(i));
    for (const auto& note : source.notes()) plan.reason += "; " + note;
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace banach
