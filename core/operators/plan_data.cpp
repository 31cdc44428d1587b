// SPDX-License-Identifier: Apache-2.0
#include "core/operators/plan_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/run/signals.hpp"
#include "datasets/generate.hpp"

namespace banach {

void generate_dataset(const DatasetParameters& dataset, const Registry& registry,
                      const PluginManager& plugins, std::int64_t threads,
                      const PlanNotice& notice) {
  if (!dataset.generate.find("type")) return;
  if (dataset.files.size() != 1 || dataset.files[0].find_first_of("*?{") != std::string::npos)
    throw ConfigError("dataset.generate writes one file: dataset.files must name it");
  const std::filesystem::path path = dataset.files[0];
  std::error_code error;
  auto job = prepare_generator(registry.generators, dataset.generate,
                               [&](const std::string& type, const Source& where) {
                                 plugins.unknown("generator", type, where);
                               });
  job.options.threads = static_cast<int>(threads);
  require_memory(job);
  std::filesystem::create_directories(path.parent_path(), error);
  if (notice && !std::filesystem::exists(path, error))
    notice(fmt::format("generating {} samples of {} into {}", job.options.count,
                       job.options.generator, path.string()));
  const auto done = generate_file(*job.generator, job.options, path,
                                  [](std::int64_t) { return pending_signal() == 0; });
  if (done < job.options.count)
    throw DataError(fmt::format("{}: generating was stopped after {} of {} samples; the same "
                                "command goes on from there",
                                path.string(), done, job.options.count),
                    Exit::saved);
}

DatasetInfo data_info(RunConfiguration& c, const Registry& registry, const PluginManager& plugins,
                      const DatasetInfo* known, const PlanNotice& notice,
                      std::shared_ptr<const Dataset>& opened) {
  // Without a look at the outputs in training there is none in their scales either.
  if (const auto data = c.weights.find("data"); data != c.weights.end() && data->second == 0)
    c.dataset->normalisation.outputs = "none";
  if (known) return *known;
  generate_dataset(*c.dataset, registry, plugins, c.threads, notice);
  opened = Dataset::open(*c.dataset);
  return opened->info();
}

void count_steps(RunConfiguration& c, const Dataset* dataset, bool every_given) {
  std::int64_t all = 0;
  for (StageParameters& stage : c.stages) {
    if (stage.epochs && dataset) {
      const std::int64_t size = dataset->size(Split::train);
      const std::int64_t batch = stage.batch > 0 ? std::min(stage.batch, size) : size;
      stage.steps = *stage.epochs * (batch > 0 ? (size + batch - 1) / batch : 0);
    }
    stage.epochs.reset();
    all += stage.steps;
  }
  if (!every_given) c.validation.every = std::max<std::int64_t>(1, all / 20);
}

}  // namespace banach
