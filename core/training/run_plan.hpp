// SPDX-License-Identifier: Apache-2.0
// A configuration with everything that it names built: ready to train.
#pragma once
#include "banach/sampler.hpp"
#include "banach/schedule.hpp"
#include "core/optimizers/optimizer.hpp"
#include "core/plugin/plugin_manager.hpp"
#include "core/training/configuration.hpp"
#include "core/training/experiment.hpp"
#include "datasets/dataset.hpp"

namespace banach {

/// Where the points of one term come from.
struct SamplingChoice {
  std::shared_ptr<const Sampler> sampler;
  std::int64_t points = 64, refresh = 1;
  std::string text = {};  // the sampler as configured: equal texts mean equal samplers
};

struct StagePlan {
  StageParameters parameters;
  std::shared_ptr<Optimizer> optimizer;
  std::shared_ptr<Schedule> schedule;
  std::vector<SamplingChoice> sampling;  // one per term
  at::ScalarType dtype = at::kFloat;
};

struct RunPlan {
  RunConfiguration configuration;
  Experiment experiment;
  std::vector<StagePlan> stages;
  std::vector<double> weights;  // one per term
  std::uint64_t seed = 0;
  at::Device device = at::kCPU;
  Derivatives derivatives = Derivatives::exact;
  Table resolved;                    // everything, defaults included
  std::vector<ParameterInfo> docs;   // of `resolved`
  std::vector<std::string> notices;  // what a user should know before training

  /// Weight and sampling of a term of the experiment (or of one window of it), by its name.
  double weight(const std::string& term) const { return weights[place(term)]; }
  const SamplingChoice& choice(const StagePlan& stage, const std::string& term) const {
    return stage.sampling[place(term)];
  }
  BANACH_API std::size_t place(const std::string& term) const;
  /// Weight of a loss by its name, "data" among them.
  BANACH_API double loss_weight(const std::string& name) const;
  /// The data set, opened when first asked for; DataError where its files are gone.
  BANACH_API std::shared_ptr<const Dataset> dataset() const;

  mutable std::shared_ptr<const Dataset> opened;
  std::string not_generated;  // the data set that does not exist yet: no step can be taken
};

/// Told of what takes long while a plan is made ("generating ..."); may be empty.
using PlanNotice = std::function<void(const std::string& text)>;

/// What a plan is made for. A run that is resumed keeps what earlier versions let pass; a plan that
/// is only shown generates no data set: it knows the shapes alone.
enum class PlanPurpose { training, resuming, showing };

/// Builds everything. `known`: what a run remembers of its data set, whose files are not looked at
/// then; otherwise it is opened (and generated, where it asks for that). `before`: what the run
/// that is resumed remembers of it, whose axes keep their order. ConfigError with all errors that
/// can be found at once; PluginError for a type that only a refused plugin provides.
BANACH_API RunPlan make_plan(const Table& table, const Registry& registry,
                             const PluginManager& plugins, const DatasetInfo* known = nullptr,
                             const PlanNotice& notice = {},
                             PlanPurpose purpose = PlanPurpose::training,
                             const DatasetInfo* before = nullptr);

/// resolved.toml: the whole configuration, commented; training it gives the same run.
BANACH_API std::string resolved_text(const RunPlan& plan);

/// Threads that this run uses: as configured; by default one where a step is too small for several
/// to pay off (they would wait for each other), else 0: all cores.
BANACH_API int threads_of(const RunPlan& plan);

/// The device of a configuration's name; ConfigError when this machine has none such.
BANACH_API at::Device find_device(const std::string& name);

}  // namespace banach
