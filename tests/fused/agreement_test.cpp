// SPDX-License-Identifier: Apache-2.0
// The fused executor against the tensor executor: values, gradients and Jacobians of every
// architecture and of every ready configuration.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <filesystem>

#include "core/fused/fused_executor.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/sampling/enroll.hpp"
#include "core/training/collocation.hpp"
#include "core/training/initial_state.hpp"
#include "core/training/residual_objective.hpp"
#include "core/training/run_plan.hpp"
#include "core/training/windows.hpp"
#include "tests/executor/catalog.hpp"

namespace banach::testing_only {
namespace {

double bound(at::ScalarType type) { return type == at::kDouble ? 1e-12 : 1e-5; }

std::vector<Body> bodies() {
  return {[](const Field& u) {
            return concat({u["u"].d("t") - 0.3 * u["u"].d("xx"), u["v"].d("xt") * u["u"]});
          },
          [](const Field& u) { return u.all() * u.at("x") - sin(u["v"]); },
          [](const Field& u) { return u["u"].d("xxxx") + u["v"].d("xxtt") + u["v"]; },
          [](const Field& u) { return (u["u"] * u["v"].d("x")).d("x") + exp(u["u"]).d("t"); },
          [](const Field& u) { return u.with("x", 0.5)["u"].d("x") - u.with("t", 0.0)["v"]; },
          [](const Field& u) { return where(u["v"], max(u["u"], 0.1), abs(u["u"]) * u["v"]); }};
}

struct Terms {
  std::vector<Recorded> recorded;
  std::unique_ptr<FusedExecutor> fused;
  std::string reason;
};

Terms terms_of(const Laboratory& l, const std::vector<Body>& all, at::ScalarType type) {
  Terms out;
  std::vector<TapeTerm> traces;
  for (const auto& body : all) {
    out.recorded.push_back(l.record_body(body));
    traces.push_back({out.recorded.back().trace, out.recorded.back().root});
  }
  out.fused = FusedExecutor::make(l.network(), Derivatives::exact, traces, type, out.reason);
  if (out.fused) out.fused->set_points(std::vector<PointSet>(all.size(), l.points(type)));
  return out;
}

void expect_agreement(const Laboratory& l, const std::vector<Body>& all, at::ScalarType type) {
  Terms terms = terms_of(l, all, type);
  ASSERT_TRUE(terms.fused) << terms.reason;
  auto banks = l.leaves(type);
  Evaluator evaluator(l.network(), Derivatives::exact, Phase::training);
  for (const auto& r : terms.recorded) evaluator.add(r.trace, r.root);
  const auto values = evaluator.evaluate(banks, std::vector<PointSet>(all.size(), l.points(type)));
  at::Tensor loss = at::zeros({}, type);
  std::vector<FusedTarget> targets;
  std::vector<at::Tensor> flat;
  for (std::size_t i = 0; i < values.size(); ++i) {
    targets.push_back({i != 1, 0.5 + static_cast<double>(i)});
    const at::Tensor summand = i != 1 ? values[i].square() : values[i];
    loss = loss + summand.sum() * (targets[i].weight / static_cast<double>(values[i].size(0)));
    flat.push_back(values[i].reshape({-1}));
  }
  const at::Tensor rows = at::cat(flat);
  const at::Tensor expected =
      torch::autograd::grad({loss}, {banks[0].parameters}, {}, true, false, true)[0];
  std::vector<double> losses(all.size());
  at::Tensor gradient;
  terms.fused->losses(banks, targets, losses.data(), &gradient);
  double total = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) total += targets[i].weight * losses[i];
  EXPECT_NEAR(total, loss.item<double>(), 4 * bound(type) * std::abs(loss.item<double>()));
  EXPECT_LT(error(gradient, expected), bound(type));
  const std::vector<double> ones(all.size(), 1.0);
  EXPECT_LT(error(terms.fused->residuals(banks, ones), rows), bound(type));
  const at::Tensor jacobian = terms.fused->jacobian(banks, ones);
  for (std::int64_t k = 0; k < rows.numel(); k += 7) {
    const at::Tensor row =
        torch::autograd::grad({rows[k]}, {banks[0].parameters}, {}, true, false, true)[0];
    EXPECT_LT((jacobian[k] - row).abs().max().item<double>() / jacobian.abs().max().item<double>(),
              bound(type))
        << "row " << k;
  }
}

Scene strip() { return on({{"x", -1, 2}, {"t", 0, 3}}, {"u", "v"}); }

class FusedArchitectures : public ::testing::TestWithParam<Choice> {};
INSTANTIATE_TEST_SUITE_P(All, FusedArchitectures, ::testing::ValuesIn(choices()), name_of_choice);

TEST_P(FusedArchitectures, AgreeWithTheTensorExecutor) {
  const Laboratory l(strip(), architecture(GetParam().text()), shipped().entries);
  auto all = bodies();
  if (!GetParam().smooth) all = {all[1], all[5]};
  const Terms terms = terms_of(l, all, at::kDouble);
  const bool other = GetParam().type.find("neural_ode_adaptive") == 0 ||
                     GetParam().lines.find("normalisation") != std::string::npos;
  EXPECT_EQ(terms.fused == nullptr, other) << terms.reason;
  if (other) return;
  for (const auto type : {at::kDouble, at::kFloat}) expect_agreement(l, all, type);
}

struct Catalog {
  Registry entries;
  PluginManager plugins{entries};
  Catalog() {
    enroll_optimizers(entries);
    enroll_samplers(entries);
    enroll_schedules(entries);
    plugins.discover();
  }
};

std::filesystem::path examples() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
         "share/banach/examples";
}

std::vector<std::string> ready() {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(examples()))
    if (file.path().extension() == ".toml" && load_configuration(file.path()).find("problem") &&
        !load_configuration(file.path()).find("dataset"))
      out.push_back(file.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

class FusedProblems : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ready, FusedProblems, ::testing::ValuesIn(ready()),
                         [](const auto& info) { return info.param; });

TEST_P(FusedProblems, AgreeWithTheTensorExecutor) {
  static const Catalog catalog;
  for (const auto type : {at::kDouble, at::kFloat}) {
    const std::string dtype = type == at::kDouble ? "float64" : "float32";
    RunPlan plan = make_plan(
        load_configuration(examples() / (GetParam() + ".toml"), {"dtype=" + dtype, "device=cpu"}),
        catalog.entries, catalog.plugins);
    const bool cut = plan.configuration.windows.has_value();
    std::optional<std::vector<double>> start;
    if (plan.experiment.domain.size() == 1) start.emplace(plan.experiment.unknowns.size(), 0.3);
    const Experiment experiment = cut ? make_window(plan.experiment, 1, start) : plan.experiment;
    const RunState state = initial_state(plan);
    const auto parameters = state.parameters.to(type), buffers = state.buffers.to(type);
    std::vector<double> weights;
    std::vector<SamplingChoice> sampling;
    for (const auto& term : experiment.terms) {
      weights.push_back(plan.weight(term.term.name));
      sampling.push_back(plan.choice(plan.stages[0], term.term.name));
    }
    ResidualObjective tensor(experiment, weights, plan.derivatives, parameters, buffers, false);
    ResidualObjective fused(experiment, weights, plan.derivatives, parameters, buffers, true);
    ASSERT_TRUE(fused.fused()) << fused.not_fused_because();
    Collocation points(experiment, sampling, plan.seed, type);
    for (auto* objective : {&tensor, &fused}) {
      if (cut) objective->set_frozen({{parameters * 0.9, buffers}});
      objective->set_points(points.at_step(0));
    }
    const Evaluation expected = tensor.gradient(), found = fused.gradient();
    EXPECT_LT(error(found.loss, expected.loss), bound(type));
    EXPECT_LT(error(found.gradient, expected.gradient), bound(type));
    EXPECT_LT(error(fused.term_losses(), tensor.term_losses()), bound(type));
    if (!fused.sum_of_squares()) continue;
    const at::Tensor rows = fused.residuals();
    EXPECT_LT(error(rows, tensor.residuals()), bound(type));
    EXPECT_LT(error(2 * at::mv(fused.jacobian().t(), rows), expected.gradient), bound(type));
  }
}

TEST(FusedExecutor, GradientsAreTheSameForEveryNumberOfThreads) {
  static const Catalog catalog;
  RunPlan plan = make_plan(load_configuration(examples() / "heat.toml", {"sampling.points=900"}),
                           catalog.entries, catalog.plugins);
  const RunState state = initial_state(plan);
  ResidualObjective objective(plan.experiment, plan.weights, plan.derivatives, state.parameters,
                              state.buffers);
  Collocation points(plan.experiment, plan.stages[0].sampling, plan.seed, at::kFloat);
  objective.set_points(points.at_step(0));
  const int before = at::get_num_threads();
  at::Tensor first;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    const at::Tensor gradient = objective.gradient().gradient.clone();
    if (!first.defined()) first = gradient;
    EXPECT_TRUE(at::equal(gradient, first)) << threads;
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace banach::testing_only
