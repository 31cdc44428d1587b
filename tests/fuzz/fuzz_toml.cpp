// SPDX-License-Identifier: Apache-2.0
// fuzz_toml COUNT [FILE...]: every mutant is valid, and then writes and reads back to the same
// table, or is refused with file, line and column in every line of the error. $FUZZ_SEED sets
// another stream. A crash or a hang leaves the mutant in fuzz_toml.crash.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"
#include "mutate.hpp"

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

const char* const seed_texts[] = {
    R"(name = "heat"
seed = 0
hard = true
width = [32, 16]
plugins = { paths = ["../my_plugins"] }

[problem]
type = "heat"
conductivity = { learn = 0.3, min = 0.01, max = 10.0 }
text = """a
b\tc \u00e9 "quoted" \
   d"""
raw = 'C:\temp'
block = '''it's'''

[weights]
initial = 10.0
"my term" = 1e-3

[sampling]
points = 64
[sampling.initial]
points = 32

[[stage]]
optimizer = "adam"
lr = 1e-3
steps = 15_000
schedule = { type = "cosine", warmup = 100 }
clip = 1.0

[[stage]]
optimizer = "sgd"
lr = 0.1
)",
    "a.b.c = 1\na.d = [1, 2.5, \"x\", [true, { e = 0x1F }]]\n[f.\"g.h\".i]\nj = "
    "inf\n[[k.l]]\n[k.l.m]\n",
    "# only a comment\n\nx = -0.0 # and a value\n"};

std::string mutant;  // the one at work, for the signal handler

extern "C" void on_signal(int signal) {
  const int file = open("fuzz_toml.crash", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (file >= 0 && write(file, mutant.data(), mutant.size()) < 0) _exit(3);
  static const char text[] = "crash or hang: the mutant is in fuzz_toml.crash\n";
  if (write(2, text, sizeof text - 1) < 0) _exit(3);
  _exit(128 + signal);
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

struct Counts {
  std::size_t valid = 0, refused = 0, syntax = 0, assertions = 0;
};

/// False when the mutant shows a defect.
bool try_one(Counts& counts) {
  static const banach::Schema<Plan> schema;
  static const std::string name = "mutant.toml";
  bool parsed = false;
  try {
    const banach::Table table = banach::parse_toml(mutant, name);
    parsed = true;
    const std::string text = write_toml(table, schema.info());
    if (write_toml(banach::parse_toml(text, "written"), schema.info()) != text) {
      std::cerr << "written and read, it differs:\n" << text;
      return false;
    }
    banach::Diagnostics diagnostics;
    const Plan plan = schema.read(table, diagnostics);
    diagnostics.throw_if_any();
    schema.write(plan);
    ++counts.valid;
  } catch (const banach::ConfigError& error) {
    const std::string what = error.what();
    ++(parsed ? counts.refused : counts.syntax);
    counts.assertions += what.find(": not TOML (") != std::string::npos;
    if (is_placed(what, name)) return true;
    std::cerr << "no file, line and column: " << what << "\n";
    return false;
  }
  return true;
}

std::vector<std::string> read_seeds(int argc, char** argv) {
  std::vector<std::string> seeds(std::begin(seed_texts), std::end(seed_texts));
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    seeds.push_back(seeds.back());  // shipped files count twice
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10000;
  const char* seed = std::getenv("FUZZ_SEED");
  Mutator mutator(read_seeds(argc, argv), seed ? std::strtoull(seed, nullptr, 10) : 1);
  for (const int signal : {SIGALRM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, on_signal);
  Counts counts;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 100 == 0) alarm(30);  // of all hundred
    mutant = mutator.next();
    if (try_one(counts)) continue;
    std::ofstream("fuzz_toml.crash", std::ios::binary) << mutant;
    std::cerr << "mutant " << i << " is in fuzz_toml.crash\n";
    return 1;
  }
  std::cout << count << " mutants: " << counts.valid << " valid, " << counts.refused
            << " refused by the schema, " << counts.syntax << " malformed (" << counts.assertions
            << " caught inside toml++)\n";
  return 0;
}
