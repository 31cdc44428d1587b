// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "core/parameters/memory.hpp"
#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"
#include "core/plugin/running.hpp"
#include "core/plugin/stamp.hpp"
#include "datasets/generate_workers.hpp"
#include "datasets/hdf5_generated.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

GeneratedIdentity identity_of(const GenerateOptions& o) {
  return {{{"generator", o.generator},
           {"parameters", o.parameters.empty() ? "# none\n" : o.parameters},
           {"dtype", o.type == NumberType::float32 ? "float32" : "float64"},
           {"version", std::string("banach ") + engine_version()}},
          {{"seed", o.seed}, {"samples", o.count}}};
}

void check_layout(const std::string& name, const std::vector<GeneratedAxis>& axes,
                  const std::vector<GeneratedVariable>& variables) {
  const auto refuse = [&](const std::string& text) {
    throw PluginError(fmt::format("generator \"{}\": {}", name, text));
  };
  std::set<std::string> names, axis_names;
  const auto add = [&](const std::string& given) {
    if (given.empty() || given.find_first_of("/.") != std::string::npos)
      refuse(fmt::format("\"{}\" is no name of a dataset", given));
    if (!names.insert(given).second)
      refuse(fmt::format("two axes or variables are called \"{}\"", given));
  };
  for (const auto& axis : axes) {
    add(axis.name);
    axis_names.insert(axis.name);
    if (axis.values.empty()) refuse(fmt::format("axis \"{}\" has no values", axis.name));
  }
  for (const auto& variable : variables) {
    add(variable.name);
    for (const auto& axis : variable.axes)
      if (axis_names.count(axis) == 0)
        refuse(fmt::format("variable \"{}\" names an axis \"{}\" that there is not", variable.name,
                           axis));
  }
  if (variables.empty()) refuse("it has no variables");
}

void require_same(const fs::path& path, const GeneratedIdentity& identity,
                  const std::string& ignored) {
  if (const auto text = difference(path, identity, ignored); !text.empty())
    throw DataError(fmt::format("{}: another file is there: {}; remove it (banach generate: "
                                "--force), or choose another name",
                                path.string(), text),
                    Exit::cannot_create);
}

// Whether the file is there and complete; DataError where another one is, complete or not.
bool is_there(const fs::path& path, const GeneratedIdentity& identity) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error))) {
    require_same(path, identity, "version");
    return true;
  }
  const fs::path partial = path.string() + ".partial";
  if (fs::exists(fs::symlink_status(partial, error))) require_same(partial, identity, "");
  return false;
}

}  // namespace

std::int64_t generate_file(const Generator& generator, const GenerateOptions& options,
                           const fs::path& path, const GenerateProgress& progress) {
  const Running running("generating with", options.generator.c_str());
  const auto axes = generator.axes();
  const auto variables = generator.variables();
  check_layout(options.generator, axes, variables);
  const auto identity = identity_of(options);
  if (!options.replace && is_there(path, identity)) return options.count;
  GeneratedFile file(path, axes, variables, identity, options.type);
  GenerateWorkers workers(generator, options, axes, variables, file.done());
  auto marked = Clock::now();
  std::int64_t written = file.done();
  bool go_on = true;
  while (written < options.count && go_on) {
    try {
      written += workers.take(std::chrono::milliseconds(100),
                              [&](std::size_t v, std::int64_t first, std::int64_t count,
                                  const double* values) { file.write(v, first, count, values); });
    } catch (...) {
      file.mark(workers.taken());
      throw;
    }
    if (progress) go_on = progress(written) || written == options.count;
    if (Clock::now() - marked > std::chrono::seconds(2) || !go_on) {
      file.mark(written);
      marked = Clock::now();
    }
  }
  if (written == options.count) file.finish();
  return written;
}

// What the threads hold ahead of the file at least.
void require_memory(const PreparedGenerator& job) {
  double all = 0;
  const auto axes = job.generator->axes();
  for (const auto& variable : job.generator->variables()) {
    double numbers = 1;
    for (const auto& name : variable.axes)
      for (const auto& axis : axes)
        if (axis.name == name) numbers *= static_cast<double>(axis.values.size());
    all += numbers;
  }
  require_memory(16 * all,
                 "generator: one sample of " + job.options.generator +
                     " for each of two "
                     "threads",
                 "store fewer points, times or frames");
}

std::string lay_out_file(const Generator& generator, const GenerateOptions& options,
                         const fs::path& path) {
  const auto axes = generator.axes();
  const auto variables = generator.variables();
  check_layout(options.generator, axes, variables);
  const GeneratedFile file(path, axes, variables, identity_of(options), options.type);
  return path.string() + ".partial";
}

void describe(Schema<GenerateParameters>& s) {
  using P = GenerateParameters;
  s.field("type", &P::type, "a generator by its name").required();
  s.field("samples", &P::samples, "how many").at_least(1).at_most(std::int64_t{1} << 40);
  s.field("seed", &P::seed, "of the random streams").at_least(0).at_most(std::int64_t{1} << 53);
  s.field("dtype", &P::dtype, "numbers in the file").one_of({"float32", "float64"});
  s.field("file", &P::file, "what to write; default: the generator's name with .h5");
  s.rest(&P::own);
}

PreparedGenerator prepare_generator(const Catalog<Generator>& catalog, const Table& table,
                                    const UnknownGenerator& unknown) {
  Diagnostics diagnostics;
  const auto p = Schema<GenerateParameters>().read(table, diagnostics);
  diagnostics.throw_if_any();
  const auto* item = catalog.find(p.type);
  if (!item) unknown(p.type, table.find("type")->source);
  BANACH_ASSERT(item);
  PreparedGenerator out;
  out.options = {p.type,
                 write_toml(item->resolve(p.own, diagnostics)),
                 p.samples,
                 p.seed,
                 p.dtype == "float32" ? NumberType::float32 : NumberType::float64,
                 0,
                 false};
  diagnostics.throw_if_any();
  try {
    out.generator = item->create(p.own, diagnostics);
  } catch (const ConfigError& error) {
    diagnostics.error(table.source, table.path + ": " + error.what());
  }
  diagnostics.throw_if_any();
  const Value* file = table.find("file");
  out.file = file ? resolve_path(*file) : p.type + ".h5";
  return out;
}

}  // namespace banach
