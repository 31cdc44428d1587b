// SPDX-License-Identifier: Apache-2.0
// banach plot RUN: curves of the training and what was learned as one picture.
#include "apps/operator_picture.hpp"
#include "apps/outputs.hpp"
#include "apps/picture.hpp"
#include "apps/run_options.hpp"
#include "apps/say.hpp"
#include "core/run/signals.hpp"
#include "core/training/environment.hpp"

namespace banach {
namespace {

struct PlotArguments : RunOptions {
  std::string out;
  int width = usual_width;
  bool force = false;
};

std::string draw(const PlotArguments& arguments, const LoadOptions& options,
                 const std::filesystem::path& out) {
  const LoadedRun run = load_run(arguments.run, options);
  say(run.notices);
  prepare_process(static_cast<int>(arguments.threads));
  if (run.plan.experiment.data) return draw_operator(run, out, arguments.width);
  return draw_run(arguments.run, Model::load(arguments.run, options), out, arguments.width);
}

void plot(const PlotArguments& arguments, const Context& context) {
  const std::filesystem::path run = arguments.run;
  const auto out = arguments.out.empty() ? run / "plot.png" : std::filesystem::path(arguments.out);
  require_other_files({out}, files_of_run(run));
  const bool own = arguments.out.empty();  // a file of the run
  if (!own || std::filesystem::is_directory(run)) require_free({out}, arguments.force || own);
  install_signal_handlers();
  const std::string shown = draw(arguments, arguments.load(context), out);
  say_text(out.string() + (shown.empty() ? "" : ": shows ") + shown + "\n");
}

}  // namespace

void add_plot(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("plot", "Draw the training of a run and what it learned");
  auto arguments = std::make_shared<PlotArguments>();
  add_run_options(*verb, *arguments, context);
  verb->add_option("-o,--out", arguments->out, "The picture: .png, .svg or .pdf; else RUN/plot.png")
      ->type_name("FILE");
  verb->add_option("--width", arguments->width, "Of the picture in pixels, 1320 unless told")
      ->check(CLI::Range(300, 5000));
  verb->add_flag("--force", arguments->force, "Replace a picture that is there");
  verb->callback([&context, arguments] { plot(*arguments, context); });
}

}  // namespace banach
