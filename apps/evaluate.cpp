// SPDX-License-Identifier: Apache-2.0
// banach evaluate RUN: errors, residual norms and coefficients of a saved run.
#include <cstdio>

#include "apps/run_options.hpp"
#include "core/training/environment.hpp"
#include "core/training/evaluation.hpp"
#include "core/training/result.hpp"

namespace banach {
namespace {

struct EvaluateArguments : RunOptions {
  std::string grid;
  bool json = false;
};

void evaluate(const EvaluateArguments& arguments, const Context& context) {
  const LoadedRun run = load_run(arguments.run, arguments.load(context));
  say(run.notices);
  prepare_process(static_cast<int>(arguments.threads));
  const GridCounts counts = arguments.grid.empty()
                                ? GridCounts()
                                : parse_grid(arguments.grid, run.plan.experiment.domain);
  const auto result = evaluate_run(run, evaluation_grid(run, counts));
  std::printf("%s", arguments.json ? (result.dump(2) + "\n").c_str() : result_text(result).c_str());
}

}  // namespace

void add_evaluate(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("evaluate", "Errors and residuals of a trained run");
  auto arguments = std::make_shared<EvaluateArguments>();
  add_run_options(*verb, *arguments, context);
  verb->add_option("--grid", arguments->grid,
                   "Points along the axes, x=40,t=40 or 40,40; else those of [evaluate]");
  verb->add_flag("--json", arguments->json, "Print JSON");
  verb->callback([&context, arguments] { evaluate(*arguments, context); });
}

}  // namespace banach
