// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "apps/app.hpp"
#include "core/parameters/memory.hpp"
#include "core/plugin/crash_handler.hpp"
#include "core/plugin/stamp.hpp"

namespace banach {
namespace {

void add_verbs(CLI::App& app, Context& context) {
  add_train(app, context);
  add_sweep(app, context);
  add_tune(app, context);
  add_evaluate(app, context);
  add_predict(app, context);
  add_plot(app, context);
  add_generate(app, context);
  add_plugins(app, context);
  add_data(app, context);
  add_describe(app, context);
  add_new(app, context);
}

int fail(Exit code, const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return static_cast<int>(code);
}

int internal(const std::string& text) {
  const std::string mark = "internal error: ";
  const std::string line = text.substr(0, text.find('\n'));  // LibTorch appends a stack trace
  return fail(Exit::internal, line.rfind(mark, 0) == 0 ? line : mark + line);
}

/// CLI11's words, preceded by the verb that was probably meant.
int usage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> verbs;
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(verb->get_name());
  const std::string first = argc > 1 ? argv[1] : "-";
  const bool known = std::find(verbs.begin(), verbs.end(), first) != verbs.end();
  if (known || first.front() == '-')
    return fail(Exit::usage, "banach: " + std::string(error.what()) + "; see banach " +
                                 (known ? first + " --help" : "--help"));
  const std::string near = nearest(first, verbs);
  return fail(Exit::usage, "banach: unknown command \"" + first + "\"" +
                               (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                               "; commands: " + join(verbs));
}

std::string version() {
  return std::string("banach ") + engine_version() + "\nbuilt for " + engine_stamp() +
         "\nLibTorch " + engine_torch_version();
}

int run(int argc, char** argv) {
  Context context;
  CLI::App app("Trains solutions of differential and integral equations", "banach");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  add_verbs(app, context);
  try {
    app.parse(argc, argv);
    return context.code;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return usage(app, error, argc, argv);
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::exception& error) {
    if (const auto text = memory_failure(error)) return fail(Exit::config, *text);
    return internal(error.what());
  } catch (...) {
    return internal("an exception of an unknown type");
  }
}

}  // namespace
}  // namespace banach

// NOLINTNEXTLINE(bugprone-exception-escape): without memory for the words of an error
int main(int argc, char** argv) {
  banach::install_crash_handler();
  return banach::run(argc, argv);
}
