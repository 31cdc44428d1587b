// SPDX-License-Identifier: Apache-2.0
#include "apps/templates.hpp"

#include <map>

namespace banach {
namespace {

const char* const cmake_text = R"(cmake_minimum_required(VERSION 3.22)
project(@name@ LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_package(banach REQUIRED)
banach_add_plugin(@kind@.@name@ @name@.cpp@words@)
)";

const char* const readme_text = R"(# @name@

A Banach @kind@: `@name@.cpp` is the whole plugin, `@name@.toml` uses it.

    cmake -S . -B build -DCMAKE_PREFIX_PATH=@prefix@
    cmake --build build
    banach @verb@ @name@.toml

`banach describe @name@ --plugin-dir build/lib/banach/plugins` prints its parameters.
)";

const char* const problem_text =
    R"(// @name@: y' = -rate y, y(0) = 1. Replace the equation, the conditions and the domain by yours.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct @Name@Parameters {
  Coefficient rate = 1.0;  // the TOML decides: fixed, learnable, or an input
};
void describe(Schema<@Name@Parameters>& s) {
  s.field("rate", &@Name@Parameters::rate, "r in y' = -r y").positive();
}

class @Name@ final : public Problem {
 public:
  using Parameters = @Name@Parameters;
  explicit @Name@(const @Name@Parameters& p) : rate_(p.rate) {}

  Domain domain() const override { return {{"t", 0, 2}}; }
  Unknowns unknowns() const override { return {"y"}; }

  Terms terms() const override {
    return {interior("equation", [r = rate_](const Field& y) { return y.d("t") + r * y; }),
            initial("start", "t", 1.0)};
  }

  // Optional: with it, errors are reported.
  std::optional<Exact> exact() const override {
    return [r = rate_](const Point& p) { return exp(-r * p["t"]); };
  }

 private:
  Coefficient rate_;
};
}  // namespace

BANACH_PLUGIN("@name@", "0.1.0", registry) {
  registry.problem<@Name@>("@name@", "exponential decay, to be replaced");
}
)";

const char* const problem_toml = R"(name = "@name@"
seed = 0
plugins = { paths = ["build/lib/banach/plugins"] }

[problem]
type = "@name@"
rate = 1.0

[architecture]
type = "mlp"
width = 16
depth = 2

[sampling]
points = 64

[[stage]]
optimizer = "adam"
lr = 1e-2
steps = 1000

[output]
dir = "runs"
)";

const char* const architecture_text =
    R"(// @name@: one hidden layer, sin(x W + b). Replace forward() by your function.
#include <banach/architecture.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct @Name@Parameters {
  std::int64_t width = 32;
};
void describe(Schema<@Name@Parameters>& s) {
  s.field("width", &@Name@Parameters::width, "neurons of the hidden layer").at_least(1);
}

class @Name@ final : public Architecture {
 public:
  using Parameters = @Name@Parameters;
  @Name@(const @Name@Parameters& p, Builder& builder) {
    const int width = static_cast<int>(p.width);
    hidden_ = builder.linear("hidden", builder.inputs(), width, Init::named("xavier_uniform"));
    output_ = builder.linear("output", width, builder.outputs(), Init::named("xavier_uniform"));
  }

  // [points, coordinates] to [points, outputs]; derivatives come by themselves.
  Expression forward(const Inputs& inputs) const override {
    return output_(sin(hidden_(inputs.points())));
  }

 private:
  Linear hidden_, output_;
};
}  // namespace

BANACH_PLUGIN("@name@", "0.1.0", registry) {
  registry.architecture<@Name@>("@name@", "one hidden layer, to be replaced");
}
)";

const char* const architecture_toml = R"(name = "@name@"
seed = 0
plugins = { paths = ["build/lib/banach/plugins"] }

[problem]
type = "decay"

[architecture]
type = "@name@"
width = 32

[sampling]
points = 64

[[stage]]
optimizer = "adam"
lr = 1e-2
steps = 1000

[output]
dir = "runs"
)";

const char* const generator_text =
    R"(// @name@: y' = -rate y, y(0) = 1, for a random rate. Replace the axes, the variables and the
// solution by yours. A plugin that uses FFTW includes banach/fourier.hpp and says FFTW in CMakeLists.txt.
#include <banach/generator.hpp>
#include <banach/plugin.hpp>

#include <cmath>

namespace {
using namespace banach;

struct @Name@Parameters {
  std::int64_t times = 50;
  double fastest = 5.0;
};
void describe(Schema<@Name@Parameters>& s) {
  s.field("times", &@Name@Parameters::times, "numbers stored along t in [0, 1]").at_least(2);
  s.field("fastest", &@Name@Parameters::fastest, "rates are uniform in [0, fastest]").positive();
}

class @Name@ final : public Generator {
 public:
  using Parameters = @Name@Parameters;
  explicit @Name@(const @Name@Parameters& p) : p_(p) {
    for (std::int64_t i = 0; i < p.times; ++i)
      times_.push_back(static_cast<double>(i) / static_cast<double>(p.times - 1));
  }

  std::vector<GeneratedAxis> axes() const override { return {{"t", times_, false}}; }
  std::vector<GeneratedVariable> variables() const override {
    return {{"rate", {}, true, "r in y' = -r y"}, {"y", {"t"}, false, "solution"}};
  }

  // Called from several threads: everything random comes from the stream, nothing is kept.
  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const double rate = p_.fastest * stream.uniform(0);
    *out[0] = rate;
    for (std::size_t i = 0; i < times_.size(); ++i) out[1][i] = std::exp(-rate * times_[i]);
  }

 private:
  @Name@Parameters p_;
  std::vector<double> times_;
};
}  // namespace

BANACH_PLUGIN("@name@", "0.1.0", registry) {
  registry.generator<@Name@>("@name@", "exponential decay, to be replaced");
}
)";

const char* const generator_toml = R"([plugins]
paths = ["build/lib/banach/plugins"]

[generator]
type = "@name@"
samples = 1000
seed = 0
file = "@name@.h5"
times = 50
)";

}  // namespace

std::vector<Template> project_templates(const std::string& kind) {
  const std::map<std::string, std::pair<std::string, std::string>> texts{
      {"problem", {problem_text, problem_toml}},
      {"generator", {generator_text, generator_toml}},
      {"architecture", {architecture_text, architecture_toml}},
      {"tensor", {tensor_template(), architecture_toml}},
      {"grid", {grid_template(), grid_configuration()}}};
  const auto& [code, configuration] = texts.at(kind);
  return {{"CMakeLists.txt", cmake_text},
          {"README.md", readme_text},
          {"@name@.cpp", code},
          {"@name@.toml", configuration}};
}

}  // namespace banach
