// SPDX-License-Identifier: Apache-2.0
// Residuals of operators by the fused executor against those by the tensor executor.
#include <ATen/Parallel.h>

#include "banach/layers.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {
namespace {

struct CoupledParameters {
  Coefficient rate = 0.3;
};
void describe(Schema<CoupledParameters>& s) {
  s.field("rate", &CoupledParameters::rate, "of the reaction");
}

/// Two unknowns driven by a(x): linear and nonlinear terms, moving coefficients, derivatives of a.
class Coupled final : public Problem {
 public:
  using Parameters = CoupledParameters;
  explicit Coupled(const Parameters& p) : p_(p) {}
  Domain domain() const override { return {{"x", 0, 1}, {"t", 0, 2}}; }
  Unknowns unknowns() const override { return {"u", "v"}; }
  std::vector<InputFunction> functions() const override { return {{"a", 0, {"x"}}}; }
  Terms terms() const override {
    return {interior("linear",
                     [](const Field& f) {
                       return f.d("t", "u") - 0.1 * f.d("xx", "u") + f.at("x") * f.d("x", "u") +
                              2.0 * f["v"] - f.input("a");
                     }),
            interior("nonlinear",
                     [p = p_](const Field& f) {
                       const Expression a = f.input("a");
                       return f.d("t", "v") - (a * f.d("x", "v")).d("x") -
                              p.rate * f["u"] * f["v"] + exp(-f["v"]);
                     }),
            energy("energy",
                   [](const Field& f) {
                     return concat({f["u"] * f["u"], f.d("x", "v")});
                   }),
            interior("both", [](const Field& f) { return f.all() * f.at("t") + 1.0; }),
            initial("u0", "t", 0.5, "u"),
            dirichlet("left", "x", Side::lower, 0.0, "v"),
            neumann("right", "x", Side::upper, 0.2, "v")};
  }

 private:
  CoupledParameters p_;
};

/// Functions and points meet in a product of every neuron.
class Modulated final : public Architecture {
 public:
  using Parameters = NoParameters;
  Modulated(const Parameters&, Builder& b)
      : function_(b.signature().functions.at(0).name),
        branch_(b.linear("branch", b.signature().functions.at(0).sensors, 4)),
        trunk_(b.linear("trunk", b.inputs(), 4)),
        output_(b.linear("output", 4, b.outputs())) {}
  Expression forward(const Inputs& in) const override {
    return output_(branch_(in.function(function_)) * tanh(trunk_(in.points())));
  }

 private:
  std::string function_;
  Linear branch_, trunk_, output_;
};

void write_functions(const Scratch& folder) {
  constexpr std::int64_t samples = 30, points = 9;
  std::vector<double> x, a;
  for (std::int64_t j = 0; j < points; ++j) x.push_back(0.125 * static_cast<double>(j));
  for (std::int64_t i = 0; i < samples; ++i)
    for (const double at : x)
      a.push_back(1 + 0.3 * std::sin(0.2 * static_cast<double>(i) + 3 * at));
  Hdf5Writer file(folder / "functions.h5");
  file.add<double>("x", {points}, x);
  file.add<double>("a", {samples, points}, a);
  file.commit();
}

const std::string deeponet = "type = \"deeponet\"\nlatent = 6\nwidth = 8\ndepth = 2\n";

class OperatorResidualsTest : public ::testing::Test {
 protected:
  OperatorResidualsTest() {
    world_.registry.problem<Coupled>("coupled", "");
    world_.registry.architecture<Modulated>("modulated", "");
    world_.plugins.load(PluginManager::search_path().back() / "architecture.deeponet.so");
    write_functions(folder_);
  }
  RunPlan plan(const std::string& executor, const std::string& dtype, int batch,
               const std::string& problem, const std::string& architecture) {
    return world_.plan("dtype = \"" + dtype + "\"\nexecutor = \"" + executor +
                       "\"\n[dataset]\nfiles = \"" + (folder_ / "functions.h5").string() +
                       "\"\ninputs.a = { path = \"a\", axes = \"sample x\" }\ncoords.x = \"x\"\n"
                       "split = { train = \"0:24\", validation = \"24:27\", test = \"27:30\" }\n"
                       "[problem]\ntype = \"coupled\"\n" +
                       problem + "[architecture]\n" + architecture +
                       "[sampling]\npoints = 70\n[weights]\nlinear = 0.7\n" +
                       "[[stage]]\nsteps = 1\nbatch = " + std::to_string(batch) + "\n");
  }
  struct Found {
    at::Tensor losses, loss, gradient;
    std::string why;
  };
  static Found found(const RunPlan& plan) {
    const RunState state = initial_state(plan);
    const auto options = at::TensorOptions(plan.stages[0].dtype);
    at::manual_seed(1);
    const at::Tensor moved = at::randn_like(state.parameters) * 0.2;
    OperatorObjective objective(plan, 0, (state.parameters + moved).to(options),
                                state.buffers.to(options));
    objective.begin_step(1, 3, 0);
    const Evaluation e = objective.gradient();
    return {objective.term_losses().clone(), e.loss.clone(), e.gradient.clone(),
            objective.not_fused_because()};
  }
  static double off(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
  }

  OperatorWorld world_;
  Scratch folder_;
};

TEST_F(OperatorResidualsTest, AgreeWithTheTensorExecutor) {
  for (const char* dtype : {"float64", "float32"})
    for (const int batch : {5, 20})  // few functions, and enough for operators on features
      for (const char* problem :
           {"", "hard = [\"u0\", \"left\"]\n", "hard = true\n", "rate = { learn = 0.4 }\n"}) {
        SCOPED_TRACE(std::string(dtype) + " " + std::to_string(batch) + " " + problem);
        const Found fused = found(plan("fused", dtype, batch, problem, deeponet));
        const Found tensor = found(plan("tensor", dtype, batch, problem, deeponet));
        const double bound = std::string(dtype) == "float64" ? 1e-12 : 1e-5;
        EXPECT_EQ(fused.why, "");
        EXPECT_LT(off(fused.losses, tensor.losses), bound);
        EXPECT_LT(off(fused.loss, tensor.loss), bound);
        EXPECT_LT(off(fused.gradient, tensor.gradient), bound);
      }
}

TEST_F(OperatorResidualsTest, AgreeForEveryNetworkThatMultipliesABranchByATrunk) {
  for (const std::string& architecture :
       {deeponet + "output_bias = false\nfourier = 2\n",
        deeponet + "trunk = { type = \"toy_net\", width = 6 }\n",
        deeponet + "trunk_activation = \"none\"\nactivation = \"tanh\"\n"}) {
    SCOPED_TRACE(architecture);
    const Found fused = found(plan("fused", "float64", 17, "", architecture));
    const Found tensor = found(plan("tensor", "float64", 17, "", architecture));
    EXPECT_EQ(fused.why, "");
    EXPECT_LT(off(fused.gradient, tensor.gradient), 1e-12);
  }
}

TEST_F(OperatorResidualsTest, HaveTheSameBitsForEveryNumberOfThreads) {
  const int before = at::get_num_threads();
  std::vector<Found> all;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    all.push_back(found(plan("fused", "float32", 20, "", deeponet)));
  }
  at::set_num_threads(before);
  for (const Found& other : all) EXPECT_TRUE(at::equal(other.gradient, all[0].gradient));
}

// Planes that features and functions have a matrix product for, in the first term.
int products(const Experiment& experiment, int functions) {
  std::vector<TapeTerm> terms;
  for (const auto& term : experiment.terms)
    terms.push_back({term.residual.trace, term.residual.root});
  const PointTerms made = FunctionColumns(experiment.network, terms).make(functions);
  const Trace& trace = *made.terms[0].trace;
  const Plan planned = banach::plan(trace, {{made.terms[0].root, {Polynomial(1.0)}}});
  int out = 0;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i)
    if (trace.nodes()[i].op == Op::linear) out += planned.basis[i].size();
  return out;
}

TEST_F(OperatorResidualsTest, LinearOnesNeedOneProductForEachUnknown) {
  for (const char* problem : {"", "hard = true\n"}) {
    const RunPlan run = plan("auto", "float64", 4, problem, deeponet);
    EXPECT_EQ(products(run.experiment, 20), 2) << problem;
    EXPECT_GT(products(run.experiment, 4), 2) << problem;
  }
}

TEST_F(OperatorResidualsTest, WithoutAProductOfBranchAndTrunkRunOnTensors) {
  const Found found_one = found(plan("auto", "float64", 4, "", "type = \"modulated\"\n"));
  EXPECT_EQ(found_one.why, "a network in which functions meet points outside of dot products");
}

TEST_F(OperatorResidualsTest, OfATrunkOfModesRunOnTensors) {
  world_.plugins.load(PluginManager::search_path().back() / "architecture.pod.so");
  write_pairs(folder_);
  const RunPlan run = world_.plan(pairs(folder_, "deeponet", "steps = 1\nbatch = 4",
                                        "[problem]\ntype = \"antiderivative\"\n"
                                        "[architecture.trunk]\ntype = \"pod\"\nmodes = 2\n"));
  const Found one = found(run);
  EXPECT_EQ(one.why, "an architecture written in tensor operations");
  EXPECT_GT(one.gradient.norm().item<double>(), 0);
}

TEST_F(OperatorResidualsTest, FollowTheLastBatchOfAnEpoch) {
  const RunPlan with = plan("fused", "float64", 9, "", deeponet),
                without = plan("tensor", "float64", 9, "", deeponet);
  const RunState state = initial_state(with);
  OperatorObjective fused(with, 0, state.parameters, state.buffers),
      tensor(without, 0, state.parameters, state.buffers);
  for (const std::int64_t step : {0, 2, 3, 5}) {  // of 9, 6, 9 and 6 functions
    fused.begin_step(1, step, step);
    tensor.begin_step(1, step, step);
    EXPECT_LT(off(fused.value(), tensor.value()), 1e-12) << step;
    EXPECT_LT(off(fused.gradient().gradient, tensor.gradient().gradient), 1e-12) << step;
  }
}

}  // namespace
}  // namespace banach::testing
