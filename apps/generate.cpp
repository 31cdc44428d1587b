// SPDX-License-Identifier: Apache-2.0
// banach generate FILE: a data set of inputs and solutions, from a generator.
#include "apps/generate.hpp"

#include <fmt/format.h>

#include "apps/app.hpp"
#include "apps/outputs.hpp"
#include "apps/say.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/progress.hpp"
#include "core/run/signals.hpp"
#include "core/study/file_kind.hpp"
#include "core/training/generate_file.hpp"
#include "core/training/plugin_places.hpp"

namespace banach {
namespace {

struct GenerateArguments {
  std::vector<std::string> words;
  std::string out;
  std::int64_t threads = 0;
  bool force = false, quiet = false;
};

PreparedGenerator prepared(Context& context, const GenerateArguments& a) {
  const std::vector<std::string> overrides(a.words.begin() + 1, a.words.end());
  const Table table = load_configuration(a.words.front(), overrides);
  require_file_of("generate", table);
  const auto file = read_generate_file(table);
  context.load_plugins(configured_places(table));
  auto out = prepared_generator(table, file, context.registry.generators,
                                [&](const std::string& type, const Source& where) {
                                  context.plugins.unknown("generator", type, where);
                                });
  if (!a.out.empty()) out.file = a.out;
  out.options.threads = static_cast<int>(a.threads);
  out.options.replace = a.force;
  return out;
}

void generate(Context& context, const GenerateArguments& a) {
  const auto job = prepared(context, a);
  require_other_files({job.file, job.file.string() + ".partial"}, {a.words.front()});
  if (a.force) require_free({job.file}, true);
  install_signal_handlers();
  const auto total = job.options.count;
  Progress progress("generate", 0, total, Progress::mode_of(2, a.quiet));
  const auto done = generate_file(*job.generator, job.options, job.file, [&](std::int64_t written) {
    if (progress.due()) progress.show(written, {});
    return pending_signal() == 0;
  });
  progress.finish(done, {});
  const auto name = job.file.string();
  if (done == total) {
    say_text(fmt::format("{}: {} samples of {}, seed {}\n", name, done, job.options.generator,
                         job.options.seed));
    return;
  }
  say_line(
      fmt::format("{}: stopped by {}; {} of {} samples are in {}.partial; the same command goes on "
                  "from there",
                  name, signal_name(pending_signal()), done, total, name));
  context.code = exit_code_of(pending_signal());
}

}  // namespace

std::vector<ParameterInfo> generate_file_parameters() { return Schema<GenerateFile>().info(); }

void add_generate(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("generate", "Write a data set from a generator");
  auto a = std::make_shared<GenerateArguments>();
  verb->add_option("words", a->words, "The TOML file, then key=value overrides of it")
      ->type_name("FILE key=value")
      ->required();
  verb->add_option("-o,--out", a->out, "What to write, instead of generator.file")
      ->type_name("FILE");
  verb->add_option("--threads", a->threads, "Threads; 0: one per core")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{4096}));
  verb->add_flag("--force", a->force, "Replace a file that is there");
  verb->add_flag("--quiet", a->quiet, "No progress");
  add_plugin_options(*verb, context);
  verb->callback([&context, a] { generate(context, *a); });
}

}  // namespace banach
