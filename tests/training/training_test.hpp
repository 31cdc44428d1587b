// SPDX-License-Identifier: Apache-2.0
// Small problems and networks, and runs of a few steps in temporary folders.
#pragma once
#include <gtest/gtest.h>

#include "banach/layers.hpp"
#include "banach/plugin.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/parameters/toml.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/trainer.hpp"

namespace banach {

struct ToyParameters {
  Coefficient rate = 1.0;
  double hurt = 0;  // > 0: the residual is log(t - hurt)
};
inline void describe(Schema<ToyParameters>& s) {
  s.field("rate", &ToyParameters::rate, "k in y' = -k y").positive();
  s.field("hurt", &ToyParameters::hurt, "where the residual breaks").at_least(0);
}

/// y' = -k y on [0, 2], y(0) = 1.
class ToyDecay final : public Problem {
 public:
  using Parameters = ToyParameters;
  explicit ToyDecay(const Parameters& p) : p_(p) {}
  Domain domain() const override { return {{"t", 0, 2}}; }
  Unknowns unknowns() const override { return {"y"}; }
  Terms terms() const override {
    return {interior("ode",
                     [p = p_](const Field& y) {
                       if (p.hurt > 0) return y.d("t") + log(y.at("t") - p.hurt);
                       return y.d("t") + p.rate * y();
                     }),
            initial("start", "t", 1.0)};
  }
  std::optional<Exact> exact() const override {
    return [k = p_.rate](const Point& p) { return exp(-k * p["t"]); };
  }

 private:
  Parameters p_;
};

/// u_t = u_xx on [0, 1] x [0, 1], no exact solution.
class ToyHeat final : public Problem {
 public:
  struct Parameters {};
  explicit ToyHeat(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {interior("pde", [](const Field& u) { return u.d("t") - u.d("xx"); }),
            initial("initial", "t", [](const Point& p) { return sin(pi * p["x"]); }),
            dirichlet("left", "x", Side::lower, 0.0), dirichlet("right", "x", Side::upper, 0.0)};
  }
};
inline void describe(Schema<ToyHeat::Parameters>&) {}

/// y' = y - y^2 on [0, 2], y(0) = 0.5.
class ToyLogistic final : public Problem {
 public:
  struct Parameters {};
  explicit ToyLogistic(const Parameters&) {}
  Domain domain() const override { return {{"t", 0, 2}}; }
  Unknowns unknowns() const override { return {"y"}; }
  Terms terms() const override {
    return {initial("start", "t", 0.5),
            interior("ode", [](const Field& y) { return y.d("t") - y() + y() * y(); })};
  }
};
inline void describe(Schema<ToyLogistic::Parameters>&) {}

/// y' = w, w' = -y, y(0) = 0, w(0) = 1: sine and cosine.
class ToyTurn final : public Problem {
 public:
  struct Parameters {};
  explicit ToyTurn(const Parameters&) {}
  Domain domain() const override { return {{"t", 0, 3}}; }
  Unknowns unknowns() const override { return {"y", "w"}; }
  Terms terms() const override {
    return {interior("first", [](const Field& s) { return s.d("t", "y") - s["w"]; }),
            interior("second", [](const Field& s) { return s.d("t", "w") + s["y"]; }),
            initial("start_y", "t", 0.0, "y"), initial("start_w", "t", 1.0, "w")};
  }
  std::optional<Exact> exact() const override {
    return [](const Point& p) { return concat({sin(p["t"]), cos(p["t"])}); };
  }
};
inline void describe(Schema<ToyTurn::Parameters>&) {}

/// Ritz: the mean of u_x^2 / 2 - u, an energy, with zero ends.
class ToyRitz final : public Problem {
 public:
  struct Parameters {};
  explicit ToyRitz(const Parameters&) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {energy("ritz", [](const Field& u) { return 0.5 * u.d("x") * u.d("x") - u(); }),
            dirichlet("left", "x", Side::lower, 0.0)};
  }
};
inline void describe(Schema<ToyRitz::Parameters>&) {}

class ToyNet final : public Architecture {
 public:
  struct Parameters {
    std::int64_t width = 5;
  };
  ToyNet(const Parameters& p, Builder& b)
      : first_(b.linear("first", b.inputs(), static_cast<int>(p.width))),
        last_(b.linear("last", static_cast<int>(p.width), b.outputs())) {}
  Expression forward(const Inputs& in) const override { return last_(tanh(first_(in.points()))); }

 private:
  Linear first_, last_;
};
inline void describe(Schema<ToyNet::Parameters>& s) {
  s.field("width", &ToyNet::Parameters::width, "neurons").positive();
}

/// Ends with a product.
class ToyProduct final : public Architecture {
 public:
  struct Parameters {};
  ToyProduct(const Parameters&, Builder& b) : layer_(b.linear("layer", b.inputs(), b.outputs())) {}
  Expression forward(const Inputs& in) const override {
    return layer_(in.points()) * tanh(layer_(in.points()));
  }

 private:
  Linear layer_;
};
inline void describe(Schema<ToyProduct::Parameters>&) {}

struct ToyStackParameters : StackParameters {};
inline void describe(Schema<ToyStackParameters>& s) { stack_fields(s); }

/// Hidden layers with all that they can have.
class ToyStack final : public Architecture {
 public:
  using Parameters = ToyStackParameters;
  ToyStack(const Parameters& p, Builder& b)
      : hidden_(p, b, "hidden", b.inputs()), last_(output_layer(p, b, hidden_.width())) {}
  Expression forward(const Inputs& in) const override { return last_(hidden_(in.points())); }

 private:
  HiddenLayers hidden_;
  Linear last_;
};

/// The engine's catalogs and the toys.
struct World {
  Registry registry;
  PluginManager plugins{registry};
  World() {
    enroll_optimizers(registry);
    enroll_samplers(registry);
    enroll_schedules(registry);
    registry.problem<ToyDecay>("toy_decay", "");
    registry.problem<ToyHeat>("toy_heat", "");
    registry.problem<ToyLogistic>("toy_logistic", "");
    registry.problem<ToyRitz>("toy_ritz", "");
    registry.problem<ToyTurn>("toy_turn", "");
    registry.architecture<ToyNet>("toy_net", "");
    registry.architecture<ToyProduct>("toy_product", "");
    registry.architecture<ToyStack>("toy_stack", "");
  }
  RunPlan plan(const std::string& text) const {
    return make_plan(parse_toml(text, "case.toml"), registry, plugins);
  }
};

/// A configuration with these lines in front of the tables and these tables behind.
inline std::string toy(const std::string& problem, const std::string& stage = "steps = 4",
                       const std::string& top = "", const std::string& tables = "") {
  return top + "\n[problem]\ntype = \"" + problem +
         "\"\n[architecture]\ntype = \"toy_net\"\n[[stage]]\n" + stage + "\n" + tables;
}

/// The first line that is thrown, or "" when nothing is.
template <class E, class F>
std::string thrown(const F& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace banach
