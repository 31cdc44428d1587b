// SPDX-License-Identifier: Apache-2.0
// Operators on small data sets: toy architectures and problems, files written by the test.
#pragma once
#include <torch/types.h>

#include "banach/tensor_architecture.hpp"
#include "core/operators/operator_objective.hpp"
#include "core/operators/operator_validation.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/run/scratch.hpp"
#include "tests/training/training_test.hpp"

namespace banach::testing {

struct NoParameters {};
inline void describe(Schema<NoParameters>&) {}

/// y = w * x + b on every point of a grid, channel by channel.
class ToyGrid final : public GridArchitecture {
 public:
  using Parameters = NoParameters;
  ToyGrid(const Parameters&, Builder& b) : outputs_(b.outputs()) {
    slots_ = {b.slot("scale", {b.outputs()}, Init{Init::Kind::constant, 1, 0.5}, 1, 1),
              b.slot("shift", {b.outputs()}, Init{Init::Kind::constant, 1, 0.1}, 1, 1)};
  }
  at::Tensor evaluate(const GridInputs& in, const std::vector<at::Tensor>& w) const override {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(in.values.dim()), 1);
    shape[1] = outputs_;
    return in.values.narrow(1, 0, 1) * w[0].view(shape) + w[1].view(shape);
  }

 private:
  int outputs_;
};

/// Linear in the function: sum of c_k f_k, times tanh of the point.
class ToyOperator final : public Architecture {
 public:
  using Parameters = NoParameters;
  ToyOperator(const Parameters&, Builder& b)
      : function_(b.signature().functions.at(0).name),
        branch_(b.linear("branch", b.signature().functions.at(0).sensors, 4)),
        trunk_(b.linear("trunk", b.inputs(), 4)) {}
  Expression forward(const Inputs& in) const override {
    return dot(branch_(in.function(function_)), tanh(trunk_(in.points())));
  }

 private:
  std::string function_;
  Linear branch_, trunk_;
};

/// -div(a grad u) = 1 with zero boundary, in flux form.
class ToyDarcy final : public Problem {
 public:
  using Parameters = NoParameters;
  explicit ToyDarcy(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}, {"y", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  std::vector<InputFunction> functions() const override { return {{"a", 0, {"x", "y"}}}; }
  Terms terms() const override {
    return {interior("pde",
                     [](const Field& u) {
                       const Expression a = u.input("a");
                       return (a * u.d("x")).d("x") + (a * u.d("y")).d("y") + 1.0;
                     }),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0),
            dirichlet("bottom", "y", Side::lower, 0.0), dirichlet("top", "y", Side::upper, 0.0)};
  }
};

/// The toys, and the shipped problem s' = u, s(0) = 0.
struct OperatorWorld : World {
  OperatorWorld() {
    registry.architecture<ToyGrid>("toy_grid", "");
    registry.architecture<ToyOperator>("toy_operator", "");
    registry.problem<ToyDarcy>("toy_darcy", "");
    plugins.load(PluginManager::search_path().back() / "problem.antiderivative.so");
  }
};

/// 20 functions u = a + b cos(pi x) and their integrals on 11 points, in folder/pairs.h5.
inline void write_pairs(const Scratch& folder) {
  constexpr std::int64_t samples = 20, points = 11;
  std::vector<double> x, u, s;
  for (std::int64_t j = 0; j < points; ++j) x.push_back(0.1 * static_cast<double>(j));
  for (std::int64_t i = 0; i < samples; ++i)
    for (const double at : x) {
      const double a = 0.3 * static_cast<double>(i % 5), b = 1 - 0.1 * static_cast<double>(i);
      u.push_back(a + b * std::cos(M_PI * at));
      s.push_back(a * at + b * std::sin(M_PI * at) / M_PI);
    }
  Hdf5Writer file(folder / "pairs.h5");
  file.add<double>("x", {points}, x);
  file.add<double>("u", {samples, points}, u);
  file.add<double>("s", {samples, points}, s);
  file.commit();
}

/// A configuration on pairs.h5; `rest` follows.
inline std::string pairs(const Scratch& folder, const std::string& architecture,
                         const std::string& stage, const std::string& rest = "") {
  return "dtype = \"float64\"\n[dataset]\nfiles = \"" + (folder / "pairs.h5").string() +
         "\"\ninputs.u = { path = \"u\", axes = \"sample x\" }\noutputs.s = { path = \"s\", axes = "
         "\"sample x\" }\ncoords.x = \"x\"\nsplit = { train = \"0:13\", validation = \"13:16\", "
         "test = \"16:20\" }\n[architecture]\ntype = \"" +
         architecture + "\"\n[[stage]]\n" + stage + "\n" + rest;
}

}  // namespace banach::testing
