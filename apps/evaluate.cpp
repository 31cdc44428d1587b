// SPDX-License-Identifier: Apache-2.0
// banach evaluate RUN: errors, residual norms and coefficients of a saved run.
#include "apps/run_options.hpp"
#include "apps/say.hpp"
#include "core/parameters/json_text.hpp"
#include "core/training/environment.hpp"
#include "core/training/evaluation.hpp"
#include "core/training/result.hpp"

namespace banach {
namespace {

struct EvaluateArguments : RunOptions {
  std::string grid, resolution, split = "test";
  bool json = false;
};

Split split_of(const std::string& name) {
  return name == "train" ? Split::train : name == "validation" ? Split::validation : Split::test;
}

nlohmann::json evaluate_data(const EvaluateArguments& arguments, const LoadedRun& run) {
  if (!arguments.grid.empty())
    throw Error(
        Exit::usage,
        "banach evaluate: the run has a data set, whose points are given: leave --grid out, "
        "or choose --resolution");
  OperatorReportOptions options;
  options.notice = [](const std::string& text) { say({text}); };
  options.split = split_of(arguments.split);
  if (!arguments.resolution.empty()) options.resolution = parse_resolution(arguments.resolution);
  return evaluate_operator(run, options);
}

void evaluate(const EvaluateArguments& arguments, const Context& context) {
  const LoadedRun run = load_run(arguments.run, arguments.load(context));
  say(run.notices);
  prepare_process(static_cast<int>(arguments.threads));
  const auto result = [&] {
    if (run.plan.experiment.data) return evaluate_data(arguments, run);
    if (!arguments.resolution.empty())
      throw Error(Exit::usage,
                  "banach evaluate: --resolution is for runs with a data set; use --grid");
    const GridCounts counts = arguments.grid.empty()
                                  ? GridCounts()
                                  : parse_grid(arguments.grid, run.plan.experiment.domain);
    return evaluate_run(run, evaluation_grid(run, counts));
  }();
  say_text(arguments.json ? json_text(result, 2) + "\n" : result_text(result));
}

}  // namespace

void add_evaluate(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("evaluate", "Errors and residuals of a trained run");
  auto arguments = std::make_shared<EvaluateArguments>();
  add_run_options(*verb, *arguments, context);
  verb->add_option("--grid", arguments->grid,
                   "Points along the axes, x=40,t=40 or 40,40; else those of [evaluate]");
  verb->add_option("--resolution", arguments->resolution,
                   "Other points of the data set's files, 512 or x=64,y=64");
  verb->add_option("--split", arguments->split, "Samples of a data set")
      ->check(CLI::IsMember({"train", "validation", "test"}));
  verb->add_flag("--json", arguments->json, "Print JSON");
  verb->callback([&context, arguments] { evaluate(*arguments, context); });
}

}  // namespace banach
