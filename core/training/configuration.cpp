// SPDX-License-Identifier: Apache-2.0
#include "core/training/configuration.hpp"

#include <algorithm>
#include <filesystem>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

template <class P>
void describe_term(Schema<P>& s) {
  s.field("method", &P::method, "how points are placed: a sampler by name");
  s.field("points", &P::points, "points per term").at_least(1);
  s.field("refresh", &P::refresh, "steps between redraws; 0: one fixed set").at_least(0);
  s.rest(&P::rest);
}

// Device names are checked against the machine later, by whoever uses them.
bool device_name(const std::string& text) {
  if (text == "auto" || text == "cpu" || text == "cuda") return true;
  return text.rfind("cuda:", 0) == 0 && text.size() > 5 && text.size() < 9 &&
         text.find_first_not_of("0123456789", 5) == std::string::npos;
}

bool folder_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of(std::string("/\0", 2)) == std::string::npos;
}

bool every_axis(const std::map<std::string, std::int64_t>& grid) {
  return std::all_of(grid.begin(), grid.end(), [](const auto& axis) { return axis.second >= 1; });
}

bool no_negative(const std::map<std::string, double>& weights) {
  return std::all_of(weights.begin(), weights.end(), [](const auto& w) { return w.second >= 0; });
}

std::string absolute(const std::string& path) {
  return path.empty() ? path : fs::absolute(path).lexically_normal().string();
}

const Value* lookup(const Table& table, std::string_view outer, std::string_view inner) {
  const Value* value = table.find(outer);
  const Table* sub = value ? value->get<Table>() : nullptr;
  return sub ? sub->find(inner) : nullptr;
}

void place(Table& rest, const std::string& path, const Table* like) {
  rest.path = path;
  if (like) rest.source = like->source;
}

const Table* table_at(const Table& table, const std::string& key) {
  const Value* value = table.find(key);
  return value ? value->get<Table>() : nullptr;
}

void place_layer(SamplingLayer& layer, const std::string& path, const Table* table) {
  place(layer.rest, path, table);
  for (auto& [name, term] : layer.terms)
    place(term.rest, path + "." + name, table ? table_at(*table, name) : nullptr);
}

// Tables that catalog entries read later must know where they were written.
void place_rests(RunConfiguration& c, const Table& table) {
  place_layer(c.sampling, "sampling", table_at(table, "sampling"));
  const Value* stages = table.find("stage");
  for (std::size_t i = 0; i < c.stages.size(); ++i) {
    const auto* list = stages ? stages->get<Value::List>() : nullptr;
    const Table* given = list ? (*list)[i].get<Table>() : stages ? stages->get<Table>() : nullptr;
    const std::string path = "stage." + std::to_string(i);
    auto& stage = c.stages[i];
    place(stage.rest, path, given);
    place(stage.schedule.rest, path + ".schedule", given ? table_at(*given, "schedule") : nullptr);
    if (stage.sampling)
      place_layer(*stage.sampling, path + ".sampling",
                  given ? table_at(*given, "sampling") : nullptr);
  }
}

// A stage says how long it is in one of two ways; of a data set, epochs win over what was made of
// them before.
void check_length(const RunConfiguration& c, std::size_t i, const Table& table,
                  Diagnostics& diagnostics) {
  const Value* stages = table.find("stage");
  const auto* list = stages->get<Value::List>();
  const Table* given = list ? (*list)[i].get<Table>() : stages->get<Table>();
  if (!given) return;
  const std::string path = "stage." + std::to_string(i);
  if (!given->find("steps") && !given->find("epochs"))
    diagnostics.error(given->source,
                      path + ": \"steps\" is required" + (c.dataset ? ", or \"epochs\"" : ""));
  if (const Value* epochs = given->find("epochs"); epochs && !c.dataset)
    diagnostics.error(epochs->source,
                      path + ".epochs: there is no [dataset] to walk through; give steps");
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
      .positive();
}
void describe(Schema<StageParameters>& s) {
  using P = StageParameters;
  s.field("optimizer", &P::optimizer, "an optimizer by name; its own parameters stand beside");
  s.field("lr", &P::lr, "learning rate").positive();
  s.field("steps", &P::steps, "optimizer steps; with a data set, epochs may be given instead")
      .at_least(0);
  s.field("epochs", &P::epochs, "walks through the training samples of the data set").at_least(0);
  s.field("batch", &P::batch, "samples of the data set per step; 0: all").at_least(0);
  s.field("rollout", &P::rollout, "windows of the data set that follow from each other in the loss")
      .at_least(1);
  s.field("schedule", &P::schedule, "how the learning rate moves");
  s.field("clip", &P::clip, "bounds of the gradient");
  s.field("stop", &P::stop, "reasons to end the stage early");
  s.field("dtype", &P::dtype, "number format of this stage, where it differs")
      .one_of({"float32", "float64"});
  s.field("sampling", &P::sampling, "collocation points of this stage, where they differ");
  s.rest(&P::rest);
}
void describe(Schema<ValidationParameters>& s) {
  using P = ValidationParameters;
  s.field("every", &P::every, "steps between validations").at_least(1);
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
  s.field("every", &P::every, "steps between checkpoints").at_least(1);
  s.field("keep", &P::keep, "checkpoints kept beside the best").at_least(2);
  s.field("on_error", &P::on_error, "what a failed save means").one_of({"stop", "continue"});
}
void describe(Schema<OutputParameters>& s) {
  s.field("dir", &OutputParameters::dir, "folder of the run's folder");
  s.field("log_every", &OutputParameters::log_every, "steps between rows of metrics.csv")
      .at_least(1);
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
  s.field("count", &P::count, "windows, trained one after another").at_least(1).required();
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
void describe(Schema<RunConfiguration>& s) {
  using P = RunConfiguration;
  s.field("name", &P::name, "name of the run's folder").where("a plain folder name", folder_name);
  s.field("seed", &P::seed, "of every random stream").at_least(0);
  s.field("dtype", &P::dtype, "number format").one_of({"float32", "float64"});
  s.field("device", &P::device, "where to compute")
      .where("one of \"auto\", \"cpu\", \"cuda\", \"cuda:N\"", device_name);
  s.field("threads", &P::threads, "threads on the CPU; 0: as many as pay off")
      .at_least(0)
      .at_most(4096);
  s.field("executor", &P::executor, "what evaluates the residuals").one_of({"auto", "tensor"});
  s.field("derivatives", &P::derivatives, "how derivatives of the network are found")
      .one_of({"exact", "nested", "finite_difference"});
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
  s.field("regularisation", &P::regularisation, "of the weights");
  s.field("windows", &P::windows, "sequential windows along one axis");
  s.field("stage", &P::stages, "stages of the training, in order").required();
  s.field("validation", &P::validation, "measurements along the way");
  s.field("evaluate", &P::evaluate, "the grid of the final errors");
  s.field("checkpoint", &P::checkpoint, "how the state is saved");
  s.field("output", &P::output, "what the run leaves");
}

RunConfiguration read_configuration(const Table& table, Diagnostics& diagnostics) {
  RunConfiguration c = Schema<RunConfiguration>().read(table, diagnostics);
  if (c.name.empty() && table.source.file && !table.find("name"))
    c.name = fs::path(*table.source.file).stem().string();
  if (c.name.empty() && !table.find("name")) c.name = "run";
  if (!table.find("problem") && !table.find("dataset"))
    diagnostics.error(table.source,
                      "a [problem], a [dataset] or both are needed: what shall be learnt?");
  if (c.dataset) place_dataset(*c.dataset, *table_at(table, "dataset"));
  for (std::size_t i = 0; i < c.stages.size(); ++i) check_length(c, i, table, diagnostics);
  if (table.find("stage") && c.stages.empty())
    diagnostics.error(table.find("stage")->source, "stage: at least one is needed");
  if (const Value* dir = lookup(table, "output", "dir"); dir && dir->get<std::string>())
    c.output.dir = resolve_path(*dir);
  c.output.dir = absolute(c.output.dir);
  c.plugins.paths = plugin_paths(table);
  if (const Table* given = table_at(table, "observations"))
    for (auto& [name, observation] : c.observations)
      if (const Value* file = lookup(*given, name, "file"); file && file->get<std::string>())
        observation.file = absolute(resolve_path(*file));
  place_rests(c, table);
  return c;
}

std::vector<std::string> plugin_paths(const Table& table) {
  std::vector<std::string> out;
  const Value* paths = lookup(table, "plugins", "paths");
  if (!paths) return out;
  if (paths->get<std::string>()) return {absolute(resolve_path(*paths))};
  if (const auto* list = paths->get<Value::List>())
    for (const Value& path : *list)
      if (path.get<std::string>()) out.push_back(absolute(resolve_path(path)));
  return out;
}

std::string run_path(const RunConfiguration& configuration) {
  return (fs::path(configuration.output.dir) / configuration.name).string();
}

}  // namespace banach
