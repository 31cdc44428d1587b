// SPDX-License-Identifier: Apache-2.0
// The keys of a configuration: their texts and bounds.
#include <algorithm>
#include <limits>

#include "core/parameters/names.hpp"
#include "core/training/configuration.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_steps = 1'000'000'000'000'000;
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

template <class P>
void describe_term(Schema<P>& s) {
  s.field("method", &P::method, "how points are placed: a sampler by name");
  s.field("points", &P::points, "points per term").at_least(1);
  s.field("refresh", &P::refresh, "steps between redraws; 0: one fixed set")
      .at_least(0)
      .at_most(most_steps);
  s.rest(&P::rest);
}

// Device names are checked against the machine later, by whoever uses them.
bool device_name(const std::string& text) {
  if (text == "auto" || text == "cpu" || text == "cuda") return true;
  return text.rfind("cuda:", 0) == 0 && text.size() > 5 && text.size() < 9 &&
         text.find_first_not_of("0123456789", 5) == std::string::npos;
}

bool every_axis(const std::map<std::string, std::int64_t>& grid) {
  return std::all_of(grid.begin(), grid.end(), [](const auto& axis) { return axis.second >= 1; });
}

bool no_negative(const std::map<std::string, double>& weights) {
  return std::all_of(weights.begin(), weights.end(), [](const auto& w) { return w.second >= 0; });
}

}  // namespace

void describe(Schema<PluginPaths>& s) {
  s.field("paths", &PluginPaths::paths, "more folders or files with plugins, searched first");
}
void describe(Schema<TermSampling>& s) { describe_term(s); }
void describe(Schema<SamplingLayer>& s) {
  describe_term(s);
  s.named(&SamplingLayer::terms, "one term by its name");
}
void describe(Schema<SamplingParameters>& s) {
  describe_term(s);
  s.named<TermSampling>(&SamplingParameters::terms, "one term by its name");
}
void describe(Schema<ScheduleParameters>& s) {
  s.field("type", &ScheduleParameters::type, "how the learning rate moves: a schedule by name");
  s.rest(&ScheduleParameters::rest);
}
void describe(Schema<ClipParameters>& s) {
  s.field("norm", &ClipParameters::norm, "largest 2-norm of the gradient; 0: off").at_least(0);
  s.field("value", &ClipParameters::value, "largest entry of the gradient; 0: off").at_least(0);
}
void describe(Schema<StopParameters>& s) {
  using P = StopParameters;
  s.field("loss", &P::loss, "stop when the training loss is below this").positive();
  s.field("error", &P::error,
          "stop when the relative L2 error against the known solution is below this")
      .positive();
  s.field("seconds", &P::seconds, "stop the stage after this training time").positive();
  s.field("plateau", &P::plateau, "stop after so many steps without a better validation loss")
      .positive()
      .at_most(most_steps);
}
void describe(Schema<StageParameters>& s) {
  using P = StageParameters;
  s.field("optimizer", &P::optimizer, "an optimizer by name; its own parameters stand beside");
  s.field("lr", &P::lr, "learning rate; the optimizer's own where absent, 1 for line searches")
      .positive();
  s.field("level", &P::level,
          "train this level of the architecture alone, 1 being the first; all where absent")
      .at_least(1);
  s.field("steps", &P::steps, "optimizer steps; with a data set, epochs may be given instead")
      .at_least(0)
      .at_most(most_steps);
  s.field("epochs", &P::epochs, "walks through the training samples of the data set")
      .at_least(0)
      .at_most(1'000'000'000);
  s.field("batch", &P::batch, "samples of the data set per step; 0: all").at_least(0);
  s.field("rollout", &P::rollout, "windows of the data set that follow from each other in the loss")
      .at_least(1);
  s.field("schedule", &P::schedule, "how the learning rate moves");
  s.field("clip", &P::clip, "bounds of the gradient");
  s.field("variable_projection", &P::variable_projection,
          "the last layer by linear least squares at every evaluation, for linear equations");
  s.field("stop", &P::stop, "reasons to end the stage early");
  s.field("dtype", &P::dtype, "number format of this stage, where it differs")
      .one_of({"float32", "float64"});
  s.field("sampling", &P::sampling, "collocation points of this stage, where they differ");
  s.rest(&P::rest);
}
void describe(Schema<ValidationParameters>& s) {
  using P = ValidationParameters;
  s.field("every", &P::every, "steps between validations").at_least(1).at_most(most_steps);
  s.field("points", &P::points, "fixed points of every term's residual norm").at_least(1);
  s.field("grid", &P::grid, "points along each axis; that of [evaluate] where absent")
      .where("at least 1 on every axis", every_axis);
}
void describe(Schema<EvaluateParameters>& s) {
  using P = EvaluateParameters;
  s.field("grid", &P::grid, "points along each axis").where("at least 1 on every axis", every_axis);
  s.field("baselines", &P::baselines, "whether errors of simple regressions stand beside");
  s.field("rollout", &P::rollout, "windows of a data set that follow from each other; 0: all")
      .at_least(0);
}
void describe(Schema<CheckpointParameters>& s) {
  using P = CheckpointParameters;
  s.field("every", &P::every, "steps between checkpoints").at_least(1).at_most(most_steps);
  s.field("keep", &P::keep, "checkpoints kept beside the best").at_least(2);
  s.field("on_error", &P::on_error, "what a failed save or row means, the last save apart")
      .one_of({"stop", "continue"});
}
void describe(Schema<OutputParameters>& s) {
  s.field("dir", &OutputParameters::dir, "folder of the run's folder");
  s.field("log_every", &OutputParameters::log_every, "steps between rows of metrics.csv")
      .at_least(1)
      .at_most(most_steps);
}
void describe(Schema<RegularisationParameters>& s) {
  using P = RegularisationParameters;
  s.field("l1", &P::l1, "times the sum of |w| over all weight matrices, added to the loss")
      .at_least(0);
  s.field("l2", &P::l2, "times the sum of w^2 over all weight matrices, added to the loss")
      .at_least(0);
}
void describe(Schema<WindowsParameters>& s) {
  using P = WindowsParameters;
  s.field("axis", &P::axis, "the axis that is cut; it has an initial condition");
  s.field("count", &P::count, "windows of one length, trained one after another")
      .at_least(1)
      .at_most(1000);
  s.field("edges", &P::edges, "where windows meet, ascending; instead of count");
  s.field("start", &P::start,
          "a window begins where the one before ends: exactly (hard), or as a weighted term (soft)")
      .one_of({"hard", "soft"});
}
void describe(Schema<SyntheticParameters>& s) {
  using P = SyntheticParameters;
  s.field("points", &P::points, "positions per axis; all combinations are observed")
      .where("at least 1 on every axis", every_axis)
      .required();
  s.field("method", &P::method, "positions along an axis: drawn, or equidistant with both ends")
      .one_of({"uniform", "grid"});
  s.field("noise", &P::noise, "standard deviation of the noise").at_least(0);
}
void describe(Schema<UnknownScale>& s) {
  s.field("shift", &UnknownScale::shift, "what is subtracted from the unknown");
  s.field("scale", &UnknownScale::scale, "what it is then divided by").positive();
}
void describe(Schema<ScalingParameters>& s) {
  using P = ScalingParameters;
  s.field("coordinates", &P::coordinates,
          "hold points relative to an origin near each axis, subtracted in double precision");
  s.field("observations", &P::observations,
          "divide residuals of observations by the spread of the observed values where equations "
          "do not set their size");
  s.named(&P::unknowns, "an unknown without equations; from its observed values where absent");
}
void describe(Schema<LossParameters>& s) {
  s.field("type", &LossParameters::type,
          "of every sample, in the outputs' own units; then the mean")
      .one_of({"relative_l2", "h1", "mse", "mae"});
}
void describe(Schema<RunConfiguration>& s) {
  using P = RunConfiguration;
  s.field("name", &P::name, "name of the run's folder")
      .where("a plain folder name", is_folder_name);
  s.field("seed", &P::seed, "of every random stream").at_least(0).at_most(any);
  s.field("dtype", &P::dtype, "number format").one_of({"float32", "float64"});
  s.field("device", &P::device, "where to compute")
      .where("one of \"auto\", \"cpu\", \"cuda\", \"cuda:N\"", device_name);
  s.field("threads", &P::threads, "threads on the CPU; 0: as many as pay off")
      .at_least(0)
      .at_most(4096);
  s.field("executor", &P::executor, "what evaluates the residuals")
      .one_of({"auto", "fused", "tensor"});
  s.field("derivatives", &P::derivatives, "how derivatives of the network are found")
      .one_of({"exact", "nested", "finite_difference"});
  s.field(
       "difference_step", &P::difference_step,
       "step of finite differences, as a part of each axis' range; 0: by order and number format")
      .at_least(0);
  s.field("time_limit", &P::time_limit, "seconds after which the run saves and ends with 75")
      .positive();
  s.field("plugins", &P::plugins, "where else plugins lie");
  s.field("problem", &P::problem, "a problem by its type, and its parameters");
  s.field("architecture", &P::architecture, "an architecture by its type, and its parameters")
      .required();
  s.field("dataset", &P::dataset, "samples of functions from HDF5 files");
  s.field("loss", &P::loss, "of the data set's outputs");
  s.field("sampling", &P::sampling, "collocation points");
  s.field("weights", &P::weights, "of the terms in the loss; 1 where absent")
      .where("at least 0 for every term", no_negative);
  s.field("observations", &P::observations, "measured values by name; each is a term of the loss");
  s.field("normalisation", &P::normalisation, "of coordinates and observed values");
  s.field("regularisation", &P::regularisation, "of the weights");
  s.field("windows", &P::windows, "sequential windows along one axis");
  s.field("stage", &P::stages, "stages of the training, in order").required();
  s.field("validation", &P::validation, "measurements along the way");
  s.field("evaluate", &P::evaluate, "the grid of the final errors");
  s.field("checkpoint", &P::checkpoint, "how the state is saved");
  s.field("output", &P::output, "what the run leaves");
}

}  // namespace banach
