// SPDX-License-Identifier: Apache-2.0
// TOML: every text is valid, and then writes and reads back to the same table, or is refused with
// file, line and column in every line of the error.
#include <algorithm>
#include <cstdio>
#include <string>

#include "../target.hpp"
#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"

namespace {

struct Stage {
  std::string optimizer = "adam";
  double lr = 1e-3;
  std::int64_t steps = 1000;
  std::optional<double> clip;
  banach::Table schedule;
};
void describe(banach::Schema<Stage>& s) {
  s.field("optimizer", &Stage::optimizer, "by name").one_of({"adam", "sgd"}).required();
  s.field("lr", &Stage::lr, "learning rate").positive();
  s.field("steps", &Stage::steps, "updates").at_least(1).at_most(1000000);
  s.field("clip", &Stage::clip, "largest norm").positive();
  s.field("schedule", &Stage::schedule, "of the learning rate");
}

struct Terms {
  std::int64_t points = 64;
};
void describe(banach::Schema<Terms>& s) { s.field("points", &Terms::points, "of one term"); }

struct Sampling {
  std::int64_t points = 64;
  std::map<std::string, Terms> terms;
};
void describe(banach::Schema<Sampling>& s) {
  s.field("points", &Sampling::points, "of every term").at_least(1);
  s.named(&Sampling::terms, "of one term");
}

struct Plan {
  std::string name = "run";
  std::int64_t seed = 0;
  bool hard = false;
  std::vector<std::int64_t> width{32};
  std::map<std::string, double> weights;
  Sampling sampling;
  std::vector<Stage> stages;
  banach::Table problem, plugins;
};
void describe(banach::Schema<Plan>& s) {
  s.field("name", &Plan::name, "of the run");
  s.field("seed", &Plan::seed, "of every random number").at_least(0);
  s.field("hard", &Plan::hard, "conditions built in");
  s.field("width", &Plan::width, "of hidden layers").at_least(1);
  s.field("weights", &Plan::weights, "of terms");
  s.field("sampling", &Plan::sampling, "where the terms hold");
  s.field("stage", &Plan::stages, "in order");
  s.field("problem", &Plan::problem, "by its type");
  s.field("plugins", &Plan::plugins, "where they are");
}

/// "name:line:column: text" in every line.
bool is_placed(const std::string& text, const std::string& name) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    int row = 0, column = 0, used = 0;
    if (line.compare(0, name.size(), name) != 0 ||
        std::sscanf(line.c_str() + name.size(), ":%d:%d: %n", &row, &column, &used) != 2 ||
        row < 1 || column < 1 || used == 0 || name.size() + used >= line.size())
      return false;
    begin = end + 1;
  }
  return true;
}

void read(const std::string& text) {
  static const banach::Schema<Plan> schema;
  const banach::Table table = banach::parse_toml(text, "mutant.toml");
  const std::string written = write_toml(table, schema.info());
  if (write_toml(banach::parse_toml(written, "written"), schema.info()) != written)
    defect("written and read, it differs:\n" + written);
  banach::Diagnostics diagnostics;
  const Plan plan = schema.read(table, diagnostics);
  diagnostics.throw_if_any();
  schema.write(plan);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    read({reinterpret_cast<const char*>(data), size});
  } catch (const banach::ConfigError& error) {
    if (!is_placed(error.what(), "mutant.toml"))
      defect(std::string("no file, line and column: ") + error.what());
  }
  return 0;
}
