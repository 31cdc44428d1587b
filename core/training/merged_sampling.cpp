// SPDX-License-Identifier: Apache-2.0
#include "core/training/configuration.hpp"

namespace banach {
namespace {

void overlay(TermSampling& below, const TermSampling& above) {
  if (above.method && above.method != below.method) below.rest = Table();
  if (above.method) below.method = above.method;
  if (above.points) below.points = above.points;
  if (above.refresh) below.refresh = above.refresh;
  for (const auto& [key, value] : above.rest.entries) below.rest.set(key, value);
  if (!above.rest.entries.empty()) below.rest.path = above.rest.path;
}

void overlay(TermSampling& below, const SamplingLayer& layer, const std::string& term) {
  if (const auto above = layer.terms.find(term); above != layer.terms.end())
    overlay(below, above->second);
}

}  // namespace

TermSampling merged_sampling(const SamplingLayer& run, const std::optional<SamplingLayer>& stage,
                             const std::string& term) {
  TermSampling merged = run;
  overlay(merged, run, term);
  if (!stage) return merged;
  overlay(merged, static_cast<const TermSampling&>(*stage));
  overlay(merged, *stage, term);
  return merged;
}

}  // namespace banach
