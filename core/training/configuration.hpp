// SPDX-License-Identifier: Apache-2.0
// Everything that the TOML of a training run may say. Tables of catalog entries (problem,
// architecture, and the own parameters of optimizers, schedules and samplers) stay tables here.
#pragma once
#include <map>

#include "banach/parameters.hpp"
#include "datasets/mapping.hpp"

namespace banach {

struct PluginPaths {
  std::vector<std::string> paths;
};

/// Placement of one term's points; what is absent comes from the layer below.
struct TermSampling {
  std::optional<std::string> method;
  std::optional<std::int64_t> points, refresh;
  Table rest;  // the sampler's own parameters
};
/// The same for all terms, and single terms by name.
struct SamplingLayer : TermSampling {
  std::map<std::string, TermSampling> terms;
};
struct SamplingParameters : SamplingLayer {
  SamplingParameters() { method = "uniform", points = 64, refresh = 1; }
};

struct ScheduleParameters {
  std::string type = "constant";
  Table rest;
};

struct ClipParameters {
  double norm = 0, value = 0;  // 0: off
};

struct StopParameters {
  std::optional<double> loss, error, seconds;
  std::optional<std::int64_t> plateau;
};

struct StageParameters {
  std::string optimizer = "adam";
  std::optional<double> lr;            // that of the optimizer once the plan is made
  std::optional<std::int64_t> level;   // 1 and up: that alone is trained
  std::int64_t steps = 0;              // of a data set also: epochs times its batches
  std::optional<std::int64_t> epochs;  // empty once the steps are known
  std::int64_t batch = 0;              // samples of a data set per step; 0: all
  std::int64_t rollout = 1;            // windows that follow from each other in the loss
  ScheduleParameters schedule;
  std::optional<ClipParameters> clip;
  bool variable_projection = false;  // the last layer by least squares
  StopParameters stop;
  std::optional<std::string> dtype;
  std::optional<SamplingLayer> sampling;
  Table rest;  // the optimizer's own parameters
};

struct ValidationParameters {
  std::int64_t every = 500, points = 256;
  std::map<std::string, std::int64_t> grid;  // empty: that of [evaluate]
};

struct EvaluateParameters {
  std::map<std::string, std::int64_t> grid;
  bool baselines = true;     // of a data set
  std::int64_t rollout = 0;  // windows that follow from each other; 0: as many as there are
};

/// The loss of a data set's outputs.
struct LossParameters {
  std::string type = "relative_l2";
};

struct CheckpointParameters {
  std::int64_t every = 1000, keep = 2;
  std::string on_error = "stop";
};

struct OutputParameters {
  std::string dir = "runs";
  std::int64_t log_every = 100;
};

struct RegularisationParameters {
  double l1 = 0, l2 = 0;
};

struct WindowsParameters {
  std::string axis = "t";
  std::optional<std::int64_t> count;
  std::vector<double> edges;  // inner ones
  std::string start = "hard";
  std::int64_t number() const {
    return edges.empty() ? count.value_or(1) : static_cast<std::int64_t>(edges.size()) + 1;
  }
  bool soft() const { return start == "soft"; }
};

/// Observations made from the known solution: a tensor product of positions, and noise.
struct SyntheticParameters {
  std::map<std::string, std::int64_t> points;  // positions per axis
  std::string method = "uniform";
  double noise = 0;
};
struct ObservationParameters {
  std::optional<std::string> file;             // absolute
  std::map<std::string, std::string> columns;  // of coordinates and unknowns, where names differ
  std::vector<std::string> unknowns;           // empty: all
  std::optional<SyntheticParameters> synthetic;
  std::int64_t batch = 0;
  double held_out = 0;
};
using Observations = std::map<std::string, ObservationParameters>;

/// An unknown is learned as (u - shift) / scale.
struct UnknownScale {
  double shift = 0, scale = 1;
};
/// What is done in double before numbers become those of the run's format.
struct ScalingParameters {
  bool coordinates = true, observations = true;
  std::map<std::string, UnknownScale> unknowns;  // absent: from the observed values
};

struct RunConfiguration {
  std::string name;
  std::int64_t seed = 0;
  std::string dtype = "float32", device = "auto";
  std::int64_t threads = 0;
  std::string executor = "auto", derivatives = "exact";
  double difference_step = 0;
  std::optional<double> time_limit;
  PluginPaths plugins;
  Table problem, architecture;
  std::optional<DatasetParameters> dataset;
  LossParameters loss;
  SamplingParameters sampling;
  std::map<std::string, double> weights;
  Observations observations;
  ScalingParameters normalisation;
  RegularisationParameters regularisation;
  std::optional<WindowsParameters> windows;
  std::vector<StageParameters> stages;
  ValidationParameters validation;
  EvaluateParameters evaluate;
  CheckpointParameters checkpoint;
  OutputParameters output;
};

void describe(Schema<PluginPaths>& s);
void describe(Schema<TermSampling>& s);
void describe(Schema<SamplingLayer>& s);
void describe(Schema<SamplingParameters>& s);
void describe(Schema<ScheduleParameters>& s);
void describe(Schema<ClipParameters>& s);
void describe(Schema<StopParameters>& s);
void describe(Schema<StageParameters>& s);
void describe(Schema<ValidationParameters>& s);
void describe(Schema<EvaluateParameters>& s);
void describe(Schema<LossParameters>& s);
void describe(Schema<CheckpointParameters>& s);
void describe(Schema<OutputParameters>& s);
void describe(Schema<RegularisationParameters>& s);
void describe(Schema<WindowsParameters>& s);
void describe(Schema<SyntheticParameters>& s);
void describe(Schema<ObservationParameters>& s);
void describe(Schema<UnknownScale>& s);
void describe(Schema<ScalingParameters>& s);
BANACH_API void describe(Schema<RunConfiguration>& s);

/// Sampling of one term: its own table over the stage's over the run's, term by term.
BANACH_API TermSampling merged_sampling(const SamplingLayer& run,
                                        const std::optional<SamplingLayer>& stage,
                                        const std::string& term);

/// Reads the table of a configuration file; every problem becomes a diagnostic. Relative paths
/// become absolute: what a file says counts from its folder, what the command line says from the
/// working directory. A run without a name is called after its file.
BANACH_API RunConfiguration read_configuration(const Table& table, Diagnostics& diagnostics);

/// Adds to the configuration that a run has recorded what versions without [normalisation] did:
/// they took coordinates and observed values as they are.
BANACH_API void complete_record(Table& recorded);

/// The folders and files of [plugins] paths, read ahead of everything else.
BANACH_API std::vector<std::string> plugin_paths(const Table& table);
/// Each with the place that names it.
BANACH_API std::vector<std::pair<std::string, Source>> plugin_paths_with_sources(
    const Table& table);

/// The pattern of a file with a folder in front; what is absolute already stays. For messages and
/// for reading alike.
void place_dataset(DatasetParameters& dataset, const Table& given);

/// Where the run of this configuration lives: <output.dir>/<name>.
BANACH_API std::string run_path(const RunConfiguration& configuration);

/// One difference between two configurations, as `stage.0.lr: 0.001 -> 0.01`.
struct Difference {
  std::string key, before, after;
};
/// All differences, in the order of the keys of `before`, then the new ones.
BANACH_API std::vector<Difference> differences(const Table& before, const Table& after);
/// "key: before -> after" lines, at most `limit`.
BANACH_API std::string to_text(const std::vector<Difference>& differences, std::size_t limit = 8);

}  // namespace banach
