// SPDX-License-Identifier: Apache-2.0
// DeepONet against its formula, and its trunk of modes against the training outputs.
#include "core/executor/evaluator.hpp"
#include "core/expression/field.hpp"
#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

std::vector<double> numbers(const Tensor& t) {
  const Tensor flat = t.contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// A trained-as-started operator, and what sets its fixed numbers.
class Operator : public Preparation {
 public:
  Operator(const std::string& toml, const Signature& signature) {
    Table table = parse_toml(toml, "test");
    table.path = "architecture";
    table.set("type", "deeponet");
    Diagnostics diagnostics;
    const auto unknown = [](const Table&, const std::string& type) { throw ConfigError(type); };
    LayoutBuilder builder(network_->layout, shipped(), unknown, diagnostics);
    const auto architecture = builder.build(table, signature);
    network_->architecture = architecture;
    network_->signature = signature;
    record(*network_);
    std::vector<double> parameters, buffers;
    initialise(network_->layout, 3, parameters, buffers);
    bank_ = {at::tensor(parameters, at::kDouble) + 0.1, at::tensor(buffers, at::kDouble)};
    architecture_ = architecture;
  }
  void prepare(Snapshots snapshots) {
    snapshots_ = std::move(snapshots);
    architecture_->prepare(*this);
  }

  /// functions [F, sensors], points [P, axes] -> [F, P, outputs]
  Tensor operator()(std::map<std::string, Tensor> functions, const Tensor& points) const {
    const Signature& signature = network_->signature;
    std::vector<std::string> names;
    for (const auto& axis : signature.coordinates) names.push_back(axis.name);
    auto trace = std::make_shared<Trace>(names);
    int root = -1;
    {
      Trace::Scope scope(*trace);
      root = trace->node_of(
          call_network(0, signature.outputs, trace_point(*trace), signature.functions));
    }
    Evaluator evaluator(network_);
    evaluator.add(trace, root);
    return evaluator.evaluate({bank_}, {{points, {}, std::move(functions)}})[0];
  }
  Tensor slot(const std::string& name) const {
    const int i = network_->layout.find(name);
    if (i < 0) throw std::out_of_range(name);
    const Slot& s = network_->layout.slots()[static_cast<std::size_t>(i)];
    return (s.trainable ? bank_.parameters : bank_.buffers)
        .narrow(0, s.offset, s.size)
        .view(s.shape);
  }
  bool has(const std::string& name) const { return network_->layout.find(name) >= 0; }

  std::vector<double> points(int) override { return {}; }
  const Snapshots& snapshots() override { return snapshots_; }
  Stream stream() const override { return Stream(1, "test"); }
  void set(int slot, const std::vector<double>& values) override {
    const Slot& s = network_->layout.slots()[static_cast<std::size_t>(slot)];
    bank_.buffers.narrow(0, s.offset, s.size).copy_(at::tensor(values, at::kDouble));
  }

 private:
  std::shared_ptr<Network> network_ = std::make_shared<Network>();
  std::shared_ptr<Architecture> architecture_;
  Bank bank_;
  Snapshots snapshots_;
};

double distance(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

Tensor linear(const Operator& f, const std::string& name, const Tensor& x) {
  return at::addmm(f.slot(name + ".bias"), x, f.slot(name + ".weight"));
}
Tensor perceptron(const Operator& f, const std::string& name, const Tensor& x) {
  const Tensor h = at::tanh(linear(f, name + ".hidden.0", x));
  return linear(f, name + ".output", at::tanh(linear(f, name + ".hidden.1", h)));
}

const Domain strip{{"x", 0, 2}, {"t", -1, 1}};

TEST(DeepOnet, IsTheProductOfBranchAndTrunk) {
  const Operator f(
      "width = 5\ndepth = 2\nlatent = 3\nactivation = \"tanh\"\ntrunk_activation = \"sin\"",
      {strip, {{"f", 4, {"x"}}, {"g", 2, {"x"}}}, 2});
  at::manual_seed(1);
  const Tensor a = at::randn({3, 4}, at::kDouble), g = at::randn({3, 2}, at::kDouble);
  const Tensor x = at::rand({7, 2}, at::kDouble);
  const Tensor scaled = at::stack({x.select(1, 0) - 1, x.select(1, 1)}, 1);
  const Tensor b = perceptron(f, "branch", at::cat({a, g}, 1)).view({3, 2, 3});
  const Tensor t = at::sin(perceptron(f, "trunk", scaled)).view({7, 2, 3});
  const Tensor expected = at::einsum("fok,pok->fpo", {b, t}) + f.slot("bias");
  EXPECT_LT(distance(f({{"f", a}, {"g", g}}, x), expected), 1e-14);
}

TEST(DeepOnet, TakesAnyArchitectureAsBranchAndTrunk) {
  const Operator f(R"(latent = 3
                      output_bias = false
                      trunk_activation = "none"
                      branch = { type = "resnet", width = 4 }
                      trunk = { type = "modified_mlp", width = 4 })",
                   {strip, {{"f", 4, {"x"}}}, 1});
  EXPECT_TRUE(f.has("branch.output.weight"));
  EXPECT_TRUE(f.has("trunk.u.weight"));
  EXPECT_FALSE(f.has("bias"));
  const Tensor y = f({{"f", at::ones({5, 4}, at::kDouble)}}, at::rand({6, 2}, at::kDouble));
  EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{5, 6, 1}));
}

TEST(DeepOnet, TakesTensorsAsBranch) {
  const Operator f("latent = 3\nbranch = { type = \"neural_ode_adaptive\", width = 3 }",
                   {strip, {{"f", 4, {"x"}}}, 1});
  const Tensor a = at::randn({5, 4}, at::kDouble), x = at::rand({6, 2}, at::kDouble);
  EXPECT_LT(distance(f({{"f", a}}, x).narrow(0, 2, 1), f({{"f", a.narrow(0, 2, 1)}}, x)), 1e-4);
}

TEST(DeepOnet, IsPeriodicWhereTheCoordinateIs) {
  const Operator f("width = 4\nfourier = 2",
                   {{{"x", 0, 2, true}, {"t", -1, 1}}, {{"f", 4, {"x"}}}, 1});
  const Tensor a = at::randn({2, 4}, at::kDouble), x = at::rand({6, 2}, at::kDouble);
  const auto moved = [&](double dx, double dt) {
    return f({{"f", a}}, x + at::tensor({dx, dt}, at::kDouble));
  };
  EXPECT_LT(distance(moved(2, 0), moved(0, 0)), 1e-13);
  EXPECT_GT(distance(moved(1, 0), moved(0, 0)), 1e-3);
  EXPECT_GT(distance(moved(0, 2), moved(0, 0)), 1e-3);
}

/// Random samples on the grid {0, 0.2, 1} x {-1, 0, 0.5, 1}.
Snapshots samples(int count, int outputs) {
  at::manual_seed(5);
  Snapshots out{count, 12, {}, {}};
  for (const double x : {0.0, 0.2, 1.0})
    for (const double t : {-1.0, 0.0, 0.5, 1.0}) out.points.insert(out.points.end(), {x, t});
  out.values = numbers(at::randn({count, 12, outputs}, at::kDouble) + 1);
  return out;
}
Tensor places(const Snapshots& s) { return at::tensor(s.points, at::kDouble).view({s.size, -1}); }

Operator with_modes(int modes, int outputs, std::vector<std::int64_t> grid, Domain domain = strip) {
  Signature signature{std::move(domain), {{"f", 4, {"x"}}}, outputs};
  signature.grid = std::move(grid);
  return Operator("width = 4\ntrunk = { type = \"pod\", modes = " + std::to_string(modes) + " }",
                  signature);
}

// Coefficients that fit each sample best, whatever the branch says.
Tensor best_fit(const Tensor& basis, const Tensor& values) {
  const Tensor mean = basis.narrow(1, 0, 1), modes = basis.narrow(1, 1, basis.size(1) - 1);
  const Tensor inverse = at::linalg_pinv(modes, 1e-12);
  return mean + at::mm(modes, at::mm(inverse, values - mean));
}

TEST(Pod, SpansTheTrainingOutputs) {
  for (const std::vector<std::int64_t>& grid : {std::vector<std::int64_t>{3, 4}, {12}}) {
    Operator f = with_modes(4, 2, grid);
    const Snapshots s = samples(5, 2);  // five samples: four modes beside the mean
    f.prepare(s);
    const Tensor values = at::tensor(s.values, at::kDouble).view({5, 12, 2});
    const Tensor all = f.slot("trunk.modes");
    for (int o = 0; o < 2; ++o) {
      const Tensor basis = all.narrow(1, 5 * o, 5), v = values.select(2, o).t();
      EXPECT_LT(distance(basis.select(1, 0), v.mean(1)), 1e-13);
      EXPECT_LT(distance(best_fit(basis, v), v), 1e-12);
      const Tensor gram = at::mm(basis.narrow(1, 1, 4).t(), basis.narrow(1, 1, 4));
      EXPECT_LT((gram - at::diag(gram.diagonal())).abs().max().item<double>(), 1e-12);
    }
  }
}

TEST(Pod, AddsTheMeanToWhatTheBranchSays) {
  Operator f = with_modes(3, 2, {3, 4});
  const Snapshots s = samples(6, 2);
  f.prepare(s);
  const Tensor a = at::randn({3, 4}, at::kDouble), basis = f.slot("trunk.modes");
  const Tensor coefficients = [&] {
    Tensor h = a;
    for (int i = 0; i < 3; ++i) h = at::gelu(linear(f, "branch.hidden." + std::to_string(i), h));
    return linear(f, "branch.output", h).view({3, 2, 3});
  }();
  const Tensor modes = basis.view({12, 2, 4});
  const Tensor expected = at::einsum("fok,pok->fpo", {coefficients, modes.narrow(2, 1, 3)}) +
                          modes.select(2, 0) + f.slot("bias");
  EXPECT_LT(distance(f({{"f", a}}, places(s)), expected), 1e-13);
}

TEST(Pod, IsLinearBetweenThePointsOfAGrid) {
  Operator f = with_modes(3, 1, {3, 4});
  const Snapshots s = samples(6, 1);
  f.prepare(s);
  const Tensor a = at::randn({2, 4}, at::kDouble);
  const auto at_point = [&](double x, double t) {
    return f({{"f", a}}, at::tensor({x, t}, at::kDouble).view({1, 2}));
  };
  const Tensor corners = 0.75 * 0.4 * at_point(0.2, 0) + 0.25 * 0.4 * at_point(1, 0) +
                         0.75 * 0.6 * at_point(0.2, 0.5) + 0.25 * 0.6 * at_point(1, 0.5);
  EXPECT_LT(distance(at_point(0.4, 0.3), corners), 1e-13);
  EXPECT_LT(distance(at_point(2, 1), at_point(1, 1)), 1e-15);
}

TEST(Pod, GoesAroundThePeriodOfAnAxis) {
  Operator f = with_modes(3, 1, {3, 4}, {{"x", 0, 2, true}, {"t", -1, 1}});
  f.prepare(samples(6, 1));
  const Tensor a = at::randn({2, 4}, at::kDouble);
  const auto at_point = [&](double x) {
    return f({{"f", a}}, at::tensor({x, 0.0}, at::kDouble).view({1, 2}));
  };
  EXPECT_LT(distance(at_point(1.5), 0.5 * (at_point(1) + at_point(0))), 1e-13);
  EXPECT_LT(distance(at_point(2.2), at_point(0.2)), 1e-12);
}

TEST(Pod, TakesTheNearestOfScatteredPoints) {
  Operator f = with_modes(3, 1, {12});
  const Snapshots s = samples(6, 1);
  f.prepare(s);
  const Tensor a = at::randn({2, 4}, at::kDouble);
  EXPECT_LT(distance(f({{"f", a}}, places(s) + 0.05), f({{"f", a}}, places(s))), 1e-15);
}

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "nothing was refused";
}
#define EXPECT_TEXT(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(DeepOnet, SaysWhatItNeeds) {
  EXPECT_TEXT(refusal([] { Operator("", {strip, {}, 1}); }), "deeponet needs input functions");
  EXPECT_TEXT(refusal([] { with_modes(3, 1, {}); }), "needs a [dataset] whose outputs lie on the");
  EXPECT_TEXT(refusal([] { with_modes(3, 1, {3, 4}).prepare({}); }), "it needs a [dataset]");
  EXPECT_TEXT(refusal([] {
                with_modes(9, 1, {3, 4}).prepare(samples(6, 1));
              }),
              "modes = 9, but 6 training samples of 12 points have at most 6");
  EXPECT_TEXT(refusal([] {
                with_modes(2, 1, {4, 3}).prepare(samples(6, 1));
              }),
              "does not increase along its axis of the grid");
  EXPECT_TEXT(refusal([] {
                with_modes(2, 1, {4, 4}).prepare(samples(6, 1));
              }),
              "have 12 points, the grid of the data set has 16");
  Signature periodic{strip, {{"f", 4, {"x"}}}, 1};
  periodic.grid = {3, 4};
  EXPECT_TEXT(refusal([&] { Operator("fourier = 1\ntrunk = { type = \"pod\" }", periodic); }),
              "pod");
}

}  // namespace
}  // namespace banach::testing
