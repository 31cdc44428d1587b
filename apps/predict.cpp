// SPDX-License-Identifier: Apache-2.0
// banach predict RUN: the solution on a grid or at points, as HDF5 or CSV.
#include <fmt/format.h>

#include <cstdio>

#include "apps/outputs.hpp"
#include "apps/run_options.hpp"
#include "apps/say.hpp"
#include "core/operators/operator_prediction.hpp"
#include "core/run/signals.hpp"
#include "core/training/boundary.hpp"
#include "core/training/environment.hpp"
#include "core/training/prediction.hpp"
#include "core/training/run_loader.hpp"
#include "datasets/data_files.hpp"
#include "datasets/data_sources.hpp"
#include "datasets/measurements.hpp"

namespace banach {
namespace fs = std::filesystem;
namespace {

struct PredictArguments : RunOptions {
  std::string grid, at, out;
  std::vector<std::string> data;
  bool force = false;

  fs::path output() const { return out.empty() ? fs::path(run) / "predictions.h5" : fs::path(out); }
};

/// The file that is written, and what comes beside it for viewers.
Paths outputs_of(const PredictArguments& arguments) {
  Paths out = {arguments.output()};
  if (!arguments.data.empty()) out.push_back(fs::path(out[0]).replace_extension(".xdmf"));
  return out;
}

/// Before anything is read: `inputs` are the files that the command line names.
void check_outputs(const PredictArguments& arguments, Paths inputs) {
  const auto outputs = outputs_of(arguments);
  const auto more = files_of_run(arguments.run);
  inputs.insert(inputs.end(), more.begin(), more.end());
  require_other_files(outputs, inputs);
  const bool own = arguments.out.empty();  // a file of the run
  if (!own || fs::is_directory(arguments.run)) require_free(outputs, arguments.force || own);
}

std::vector<double> points_in(const std::string& file, const Domain& domain) {
  std::vector<std::string> names;
  for (const auto& axis : domain) names.push_back(axis.name);
  auto found = read_measurements(file, {names, {}, false});
  say(found.notices);
  auto inside = found.points;
  if (const auto outside = onto_boundary(domain, inside); outside.first)
    say(
        {fmt::format("{}: {} of {} points lie outside the domain, where nothing was trained: point "
                     "{}: {}",
                     file, outside.count, inside.size() / domain.size(), outside.first->point + 1,
                     to_text(*outside.first, domain))});
  return std::move(found.points);
}

void predict_data(const PredictArguments& arguments, const Context& context) {
  if (!arguments.grid.empty() || !arguments.at.empty())
    throw Error(Exit::usage,
                "banach predict: --data brings its own points; leave --grid and --at out");
  std::vector<std::string> files;
  for (const auto& file : arguments.data) files.push_back(fs::absolute(file).string());
  Paths inputs;
  for (const auto& file : find_data_files(files)) inputs.push_back(file.path);
  check_outputs(arguments, with_sources(inputs));
  const LoadedRun run = load_run(arguments.run, arguments.load(context));
  say(run.notices);
  if (!run.plan.experiment.data)
    throw Error(
        Exit::usage,
        "banach predict: the run has no data set, so --data has no meaning; use --grid or --at");
  prepare_process(static_cast<int>(arguments.threads));
  install_signal_handlers();
  const auto out = arguments.output();
  const auto report =
      predict_operator(run.plan, run.banks, files, run.path.filename().string(), out);
  say(report.notices);
  say_text(fmt::format("{}: {} of {} samples{}\n", out.string(), join(run.plan.experiment.unknowns),
                       report.samples, report.targets ? ", with targets and errors" : ""));
  if (!report.xdmf.empty()) say_text(report.xdmf.string() + ": the same for viewers\n");
}

void predict(const PredictArguments& arguments, const Context& context) {
  if (!arguments.data.empty()) return predict_data(arguments, context);
  if (arguments.grid.empty() == arguments.at.empty())
    throw Error(
        Exit::usage,
        "banach predict: give either --grid x=40,t=40 or --at points.csv, where to predict (an "
        "operator: --data new.h5)");
  check_outputs(arguments, with_sources({arguments.at}));
  const auto out = arguments.output();
  const Model model = Model::load(arguments.run, arguments.load(context));
  say(model.notices());
  prepare_process(static_cast<int>(arguments.threads));
  install_signal_handlers();
  const auto run = fs::weakly_canonical(arguments.run);
  const Provenance provenance{run.filename().string(), model.problem()};
  std::size_t count = 0;
  if (!arguments.at.empty()) {
    const auto points = points_in(arguments.at, model.coordinates());
    count = points.size() / model.coordinates().size();
    predict_points(model, points, provenance, out);
  } else {
    const Grid grid =
        make_grid(model.coordinates(), parse_grid(arguments.grid, model.coordinates()));
    count = static_cast<std::size_t>(grid.size());
    predict_grid(model, grid, provenance, out);
  }
  say_text(fmt::format("{}: {} at {} points, step {}{}\n", out.string(), join(model.unknowns()),
                       count, model.step(), model.has_exact() ? ", with the exact solution" : ""));
}

}  // namespace

void add_predict(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("predict", "Write the solution of a trained run to a file");
  auto arguments = std::make_shared<PredictArguments>();
  add_run_options(*verb, *arguments, context);
  verb->add_option("--grid", arguments->grid, "Points along the axes, x=40,t=40 or 40,40");
  verb->add_option("--at", arguments->at, "A text or HDF5 file with the points")->type_name("FILE");
  verb->add_option("--data", arguments->data,
                   "HDF5 files with inputs for a trained operator, mapped as in training")
      ->type_name("FILE");
  verb->add_option("-o,--out", arguments->out,
                   "What to write, .h5 or .csv; else RUN/predictions.h5")
      ->type_name("FILE");
  verb->add_flag("--force", arguments->force, "Replace a file that is there");
  verb->callback([&context, arguments] { predict(*arguments, context); });
}

}  // namespace banach
