// SPDX-License-Identifier: Apache-2.0
// The common scale of a study's scores.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/study.hpp"
#include "core/parameters/json_text.hpp"
#include "core/training/environment.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/score.hpp"

namespace banach {
namespace {

constexpr const char* file_name = "score_sizes.json";
constexpr std::size_t networks = 8;      // at least so many
constexpr std::size_t most_points = 16;  // of the study

struct Mean {
  double sum = 0;
  int count = 0;
};

}  // namespace

std::filesystem::path sizes_file(const StudyDirectory& directory) {
  return directory.path() / file_name;
}

void settle_sizes(const Context& context, const StudyDirectory& directory, const std::string& base,
                  const std::vector<std::vector<Override>>& points) {
  if (directory.folder().has(file_name)) return;
  prepare_process(1);
  std::map<std::string, Mean> means;
  const std::size_t count = std::min(points.size(), most_points);
  for (std::size_t i = 0; i < count; ++i) {
    RunPlan plan = plan_trial(context, base, points[i * points.size() / count]);
    if (plan.experiment.data || scored_by_loss(plan.experiment)) continue;
    for (std::size_t draw = 0; draw < (networks + count - 1) / count; ++draw, ++plan.seed)
      for (const auto& [name, size] : residual_sizes(measure_untrained(plan, initial_state(plan))))
        if (std::isfinite(size)) means[name].sum += size, ++means[name].count;
  }
  ResidualSizes sizes;
  for (const auto& [name, mean] : means) sizes[name] = mean.sum / mean.count;
  directory.folder().write(file_name, std::string_view(json_text(sizes_json(sizes), 2) + "\n"));
}

}  // namespace banach
