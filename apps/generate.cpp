// SPDX-License-Identifier: Apache-2.0
// banach generate FILE: a data set of inputs and solutions, from a generator.
#include "apps/generate.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "apps/app.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"
#include "core/run/progress.hpp"
#include "core/run/signals.hpp"
#include "core/study/file_kind.hpp"
#include "core/training/configuration.hpp"
#include "datasets/generate.hpp"

namespace banach {
namespace {

struct GenerateArguments {
  std::vector<std::string> words;
  std::string out;
  std::int64_t threads = 0;
  bool force = false, quiet = false;
};

struct PluginFolders {
  std::vector<std::string> paths;
};
void describe(Schema<PluginFolders>& s) {
  s.field("paths", &PluginFolders::paths, "folders (or files) of plugins");
}

struct GenerateFile {
  Table generator;
  PluginFolders plugins;
};
void describe(Schema<GenerateFile>& s) {
  s.field("generator", &GenerateFile::generator, "what to generate").required();
  s.field("plugins", &GenerateFile::plugins, "where else plugins lie");
}

PreparedGenerator prepared(Context& context, const GenerateArguments& a) {
  const std::vector<std::string> overrides(a.words.begin() + 1, a.words.end());
  const Table table = load_configuration(a.words.front(), overrides);
  require_file_of("generate", table);
  Diagnostics diagnostics;
  const auto file = Schema<GenerateFile>().read(table, diagnostics);
  diagnostics.throw_if_any();
  const auto more = plugin_paths(table);
  context.load_plugins({more.begin(), more.end()});
  auto out = prepare_generator(context.registry.generators, file.generator,
                               [&](const std::string& type, const Source& where) {
                                 context.plugins.unknown("generator", type, where);
                               });
  if (!a.out.empty()) out.file = a.out;
  out.options.threads = static_cast<int>(a.threads);
  return out;
}

void generate(Context& context, const GenerateArguments& a) {
  const auto job = prepared(context, a);
  require_memory(job);
  std::error_code none;
  if (a.force) std::filesystem::remove(job.file, none);
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
    std::printf("%s: %lld samples of %s, seed %lld\n", name.c_str(), static_cast<long long>(done),
                job.options.generator.c_str(), static_cast<long long>(job.options.seed));
    return;
  }
  std::fprintf(stderr,
               "%s: stopped by %s; %lld of %lld samples are in %s.partial; the same command goes "
               "on from there\n",
               name.c_str(), signal_name(pending_signal()), static_cast<long long>(done),
               static_cast<long long>(total), name.c_str());
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
