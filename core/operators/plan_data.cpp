// SPDX-License-Identifier: Apache-2.0
#include "core/operators/plan_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/run/scratch_folder.hpp"
#include "core/run/signals.hpp"
#include "datasets/generate.hpp"

namespace banach {

namespace {

constexpr std::size_t longest_name = 240;  // with what is added while the file is written

/// The generator of [dataset.generate] and the file that it writes.
struct Job {
  PreparedGenerator prepared;
  std::filesystem::path path;
};

std::optional<Job> job_of(const DatasetParameters& dataset, const Registry& registry,
                          const PluginManager& plugins) {
  if (!dataset.generate.find("type")) return std::nullopt;
  if (dataset.files.size() != 1 || dataset.files[0].find_first_of("*?{") != std::string::npos)
    throw ConfigError("dataset.generate writes one file: dataset.files must name it");
  const std::filesystem::path path = dataset.files[0];
  if (!path.has_filename())
    throw ConfigError("dataset.files: the name of the file to generate is empty");
  if (const auto size = path.filename().string().size(); size > longest_name)
    throw ConfigError(
        fmt::format("dataset.files: the name of the file to generate has {} bytes; "
                    "at most {} are possible",
                    size, longest_name));
  return Job{prepare_generator(registry.generators, dataset.generate,
                               [&](const std::string& type, const Source& where) {
                                 plugins.unknown("generator", type, where);
                               }),
             path};
}

void generate(Job job, std::int64_t threads, const PlanNotice& notice) {
  std::error_code error;
  auto& [generator, options, file] = job.prepared;
  options.threads = static_cast<int>(threads);
  require_memory(job.prepared);
  std::filesystem::create_directories(job.path.parent_path(), error);
  if (notice && !std::filesystem::exists(job.path, error))
    notice(fmt::format("generating {} samples of {} into {}", options.count, options.generator,
                       job.path.string()));
  const auto done = generate_file(*generator, options, job.path,
                                  [](std::int64_t) { return pending_signal() == 0; });
  if (done < options.count)
    throw DataError(fmt::format("{}: generating was stopped after {} of {} samples; the same "
                                "command goes on from there",
                                job.path.string(), done, options.count),
                    Exit::saved);
}

/// A data set of the shapes that the generator would write, from a file that is gone again.
std::shared_ptr<const Dataset> open_shapes(DatasetParameters dataset, const Job& job) {
  const ScratchFolder scratch(job.path);
  dataset.files = {
      lay_out_file(*job.prepared.generator, job.prepared.options, scratch.path() / "shapes")};
  dataset.no_numbers_yet = true;
  return Dataset::open(dataset);
}

}  // namespace

DatasetInfo data_info(RunPlan& plan, const Registry& registry, const PluginManager& plugins,
                      const DatasetInfo* known, const PlanNotice& notice, PlanPurpose purpose) {
  RunConfiguration& c = plan.configuration;
  // Without a look at the outputs in training there is none in their scales either.
  if (const auto data = c.weights.find("data"); data != c.weights.end() && data->second == 0)
    c.dataset->normalisation.outputs = "none";
  c.dataset->of_run = known || purpose == PlanPurpose::resuming;
  if (known) return *known;
  std::error_code error;
  auto job = job_of(*c.dataset, registry, plugins);
  if (job && purpose == PlanPurpose::showing && !std::filesystem::exists(job->path, error)) {
    const auto& options = job->prepared.options;
    plan.not_generated = fmt::format("{} does not exist yet: training generates {} samples of {}",
                                     job->path.string(), options.count, options.generator);
    plan.opened = open_shapes(*c.dataset, *job);
  } else {
    if (job) generate(std::move(*job), c.threads, notice);
    plan.opened = Dataset::open(*c.dataset);
  }
  if (!c.dataset->of_run && plan.opened->size(Split::train) == 0)
    throw ConfigError(fmt::format(
        "dataset.split.train: \"{}\" leaves no samples to train on; give a fraction like 0.8 or a "
        "slice like \"0:1000\"",
        c.dataset->split.train.text));
  if (!c.dataset->of_run) c.dataset->cf_attributes = c.dataset->cf_attributes.value_or(true);
  return plan.opened->info();
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
