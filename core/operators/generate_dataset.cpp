// SPDX-License-Identifier: Apache-2.0
#include "core/operators/generate_dataset.hpp"

#include <fmt/format.h>

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

}  // namespace banach
