// SPDX-License-Identifier: Apache-2.0
#include "datasets/axis_run.hpp"

#include <algorithm>

namespace banach {
namespace {

constexpr std::int64_t short_stride = 16;  // up to which the gaps of a row are read too

}  // namespace

Run plain_run(std::int64_t start, std::int64_t count, std::int64_t at, std::int64_t stride) {
  Run run{start, count, 1, Indices(static_cast<std::size_t>(count))};
  for (std::int64_t i = 0; i < count; ++i) run.to[static_cast<std::size_t>(i)] = (at + i) * stride;
  return run;
}

Run picked_run(const Indices& picks, const SourceVariable::Dimension& dim, std::int64_t origin,
               std::int64_t size, bool fastest) {
  Indices inside, where;
  for (std::size_t i = 0; i < picks.size(); ++i) {
    if (picks[i] < origin || picks[i] >= origin + size) continue;
    inside.push_back(picks[i] - origin);
    where.push_back((dim.place.empty() ? static_cast<std::int64_t>(i) : dim.place[i]) * dim.stride);
  }
  Run run;
  run.count = static_cast<std::int64_t>(inside.size());
  if (inside.empty()) return run;
  run.start = *std::min_element(inside.begin(), inside.end());
  const auto last = *std::max_element(inside.begin(), inside.end());
  if (inside.size() > 1) run.stride = inside[1] - inside[0];
  bool even = run.stride > 0;
  for (std::size_t i = 1; i < inside.size(); ++i)
    even = even && inside[i] - inside[i - 1] == run.stride;
  if (even && (run.stride == 1 || !fastest || run.stride > short_stride)) {
    run.to = where;
    return run;
  }
  run.stride = 1;
  run.count = last - run.start + 1;
  run.to.assign(static_cast<std::size_t>(run.count), -1);
  for (std::size_t i = 0; i < inside.size(); ++i)
    run.to[static_cast<std::size_t>(inside[i] - run.start)] = where[i];
  return run;
}

}  // namespace banach
