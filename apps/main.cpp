// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "apps/app.hpp"
#include "apps/say.hpp"
#include "core/parameters/memory.hpp"
#include "core/plugin/crash_handler.hpp"
#include "core/plugin/stamp.hpp"
#include "core/run/signals.hpp"
#include "core/run/standard_streams.hpp"

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
  say_line(text);
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

/// The exit code of an exception that nobody understood better, after its words.
int fail(const std::exception& error) {
  if (const auto text = memory_failure(error)) return fail(Exit::config, *text);
  return internal(error.what());
}

// An exception that could not get out of where it was thrown.
[[noreturn]] void ended() noexcept {
  int code = static_cast<int>(Exit::internal);
  try {
    throw;
  } catch (const std::exception& error) {
    code = fail(error);
  } catch (...) {
    internal("an exception of an unknown type");
  }
  std::_Exit(code);
}

/// Words are names of files, and overrides, whose values may hold line ends and tabs.
void check_words(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto key = word.substr(0, word.find('='));
    auto problem = name_problem(key, key.size());
    if (problem.empty()) problem = text_problem(word);
    if (!problem.empty())
      throw Error(Exit::usage, "banach: the word \"" + one_line(word) + "\" " + problem +
                                   "; rename what it names");
  }
}

int run(int argc, char** argv) {
  std::set_terminate(ended);
  Context context;
  CLI::App app("Trains solutions of differential and integral equations", "banach");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  add_verbs(app, context);
  try {
    check_words(argc, argv);
    app.parse(argc, argv);
    return context.code;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return usage(app, error, argc, argv);
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::exception& error) {
    return fail(error);
  } catch (...) {
    return internal("an exception of an unknown type");
  }
}

}  // namespace
}  // namespace banach

// NOLINTNEXTLINE(bugprone-exception-escape): without memory for the words of an error
int main(int argc, char** argv) {
  banach::install_crash_handler();
  banach::install_early_handlers();
  banach::open_standard_streams();
  return banach::finish_output(banach::run(argc, argv));
}

// Before the libraries start, which takes a while: a warning of the batch system must not end what
// has just begun. Sanitizers are not ready for it.
#ifndef __SANITIZE_ADDRESS__
__attribute__((section(".preinit_array"),
               used)) static void (*const first_of_all)() = banach::install_early_handlers;
#endif
