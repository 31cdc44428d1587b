// SPDX-License-Identifier: Apache-2.0
// Branches of `where` that are not taken have no part in values, slopes and gradients, by either
// executor: row by row the result is that of the branch which is taken.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <limits>

#include "core/fused/fused_executor.hpp"
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

struct Choice {
  std::string name;
  Body condition, a, b;
  std::string by = {};  // what the whole is differentiated by
};

Expression differentiated(E e, const std::string& by) { return by.empty() ? e : e.d(by); }

Body whole(const Choice& c) {
  return
      [c](const Field& u) { return differentiated(where(c.condition(u), c.a(u), c.b(u)), c.by); };
}
Body alone(const Choice& c, bool first) {
  return [c, first](const Field& u) { return differentiated((first ? c.a : c.b)(u), c.by); };
}

Body x_of() {
  return [](const Field& u) { return u.at("x"); };
}
Body u_of() {
  return [](const Field& u) { return u["u"]; };
}
Body number(double c) {
  return [c](const Field& u) { return c + 0.0 * u["u"]; };
}

std::vector<Choice> table_of_choices() {
  const auto root = [](const Field& u) { return sqrt(u.at("x")) * u["u"]; };
  return {
      {"Root", x_of(), root, number(0)},
      {"RootDifferentiatedOutside", x_of(), root, u_of(), "xx"},
      {"RootDifferentiatedInside", x_of(),
       [=](const Field& u) { return root(u).d("x") * u["u"].d("xx"); }, u_of()},
      {"Logarithm", x_of(), [](const Field& u) { return log(u.at("x")) * u["u"].d("x"); }, u_of()},
      {"Quotient", x_of(), [](const Field& u) { return u["u"] / (u.at("x") + abs(u.at("x"))); },
       u_of(), "x"},
      {"Power", x_of(), [](const Field& u) { return pow(u.at("x"), 0.3) * u["v"]; }, u_of(), "t"},
      {"Overflow", x_of(), [](const Field& u) { return exp(-900 * u.at("x")) * u["u"]; }, u_of()},
      {"SecondBranch", [](const Field& u) { return -u.at("x"); }, u_of(), root},
      {"Moved", x_of(), [](const Field& u) { return u.with("x", log(u.at("x")))["v"]; }, u_of(),
       "x"},
      {"OfTheNetworksValue", u_of(), [](const Field& u) { return sqrt(u["u"]) * u["v"]; }, u_of()},
      {"Nested", x_of(),
       [=](const Field& u) { return where(u.at("x") - 0.4, log(u.at("x") - 0.4) * root(u), 1.0); },
       u_of()},
      {"OverTheColumns", x_of(),
       [](const Field& u) { return sum(sqrt(u.at("x") * exp(u.all())) * u.all()); }, number(1)},
      {"Integral", x_of(),
       [](const Field& u) {
         return u.integral("x", Quadrature::gauss(4, 0, 1), [](const Field& here, const Field& y) {
           return log(here.at("x")) * y["u"] + sqrt(here.at("x") * y.at("x"));
         });
       },
       u_of()},
      {"NumbersBesideThePoints", x_of(), [](const Field& u) { return u.data("target") * u["u"]; },
       number(2)}};
}

class Branches : public ::testing::TestWithParam<Choice> {
 protected:
  Branches() : laboratory_(on({{"x", -1, 1}, {"t", 0, 2}}, {"u", "v"})) {
    set_.points = at::tensor({-0.7, 0.3, 0.0, 0.8, 0.2, 1.1, 0.9, 0.1, -0.1, 1.9}, at::kDouble);
    set_.points = set_.points.view({5, 2});
    const double none = std::numeric_limits<double>::quiet_NaN();
    set_.data["target"] = at::tensor({none, none, 0.4, -0.3, none}, at::kDouble).view({5, 1});
  }
  PointSet row(std::int64_t i) const {
    PointSet out{set_.points.narrow(0, i, 1), {}, {}};
    out.data["target"] = set_.data.at("target").narrow(0, i, 1);
    return out;
  }
  PointSet as(at::ScalarType type) const {
    PointSet out{set_.points.to(type), {}, {}};
    out.data["target"] = set_.data.at("target").to(type);
    return out;
  }
  at::Tensor values(const Body& body, const std::vector<Bank>& banks, const PointSet& set) const {
    const Recorded r = laboratory_.record_body(body);
    Evaluator evaluator(laboratory_.network());
    evaluator.add(r.trace, r.root);
    return evaluator.evaluate(banks, {set})[0];
  }
  static at::Tensor jacobian(const at::Tensor& y, const Bank& bank) {
    std::vector<at::Tensor> rows;
    for (std::int64_t k = 0; k < y.numel(); ++k) {
      at::Tensor row;
      if (y.requires_grad())
        row = torch::autograd::grad({y.reshape({-1})[k]}, {bank.parameters}, {}, true, false,
                                    true)[0];
      rows.push_back(row.defined() ? row : at::zeros_like(bank.parameters));
    }
    return at::stack(rows);
  }

  Laboratory laboratory_;
  PointSet set_;
};

INSTANTIATE_TEST_SUITE_P(All, Branches, ::testing::ValuesIn(table_of_choices()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Branches, ThatAreNotTakenHaveNoPartInAnything) {
  auto banks = laboratory_.leaves(at::kDouble);
  const at::Tensor y = values(whole(GetParam()), banks, set_);
  const at::Tensor j = jacobian(y, banks[0]);
  EXPECT_TRUE(at::isfinite(y).all().item<bool>()) << y;
  EXPECT_TRUE(at::isfinite(j).all().item<bool>());
  for (std::int64_t i = 0; i < y.size(0); ++i) {
    const bool first =
        values(GetParam().condition, banks, row(i)).reshape({-1})[0].item<double>() > 0;
    const at::Tensor expected = values(alone(GetParam(), first), banks, row(i));
    EXPECT_EQ(y[i].reshape({-1})[0].item<double>(), expected.reshape({-1})[0].item<double>()) << i;
    EXPECT_LT((j[i] - jacobian(expected, banks[0])[0]).abs().max().item<double>(), 1e-12) << i;
  }
}

TEST_P(Branches, AreTheSameForTheFusedExecutor) {
  for (const auto type : {at::kDouble, at::kFloat}) {
    const double bound = type == at::kDouble ? 1e-12 : 2e-5;
    const Recorded r = laboratory_.record_body(whole(GetParam()));
    std::string reason;
    const auto fused = FusedExecutor::make(laboratory_.network(), Derivatives::exact,
                                           {{r.trace, r.root}}, type, reason);
    ASSERT_TRUE(fused) << reason;
    fused->set_points({as(type)});
    auto banks = laboratory_.leaves(type);
    const at::Tensor y = values(whole(GetParam()), banks, as(type));
    const at::Tensor j = jacobian(y, banks[0]);
    EXPECT_LT(error(fused->residuals(banks, {1.0}), y.reshape({-1})), bound);
    const at::Tensor found = fused->jacobian(banks, {1.0});
    EXPECT_TRUE(at::isfinite(found).all().item<bool>());
    EXPECT_LT((found - j).abs().max().item<double>(), bound * j.abs().max().item<double>());
    double loss = 0;
    at::Tensor gradient;
    fused->losses(banks, {{true, 1.0}}, &loss, &gradient);
    EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
    const at::Tensor expected = at::mv(j.t(), y.detach().reshape({-1})) * (2.0 / 5);
    EXPECT_LT((gradient - expected).abs().max().item<double>(),
              10 * bound * std::max(1.0, expected.abs().max().item<double>()));
  }
}

TEST(BranchesOfColumns, AreChosenColumnByColumn) {
  const Laboratory l(on({{"x", -1, 1}, {"t", 0, 2}}, {"u", "v"}));
  const Recorded r = l.record_body([](const Field& u) {
    const Expression x = u.at("x"), t = u.at("t") - 1;
    return where(concat({x, t}), concat({sqrt(x) * u["u"], log(t) * u["v"]}), 0.0);
  });
  const PointSet set{at::tensor({0.5, 0.5, -0.5, 1.5}, at::kDouble).view({2, 2}), {}, {}};
  auto banks = l.leaves(at::kDouble);
  Evaluator evaluator(l.network());
  evaluator.add(r.trace, r.root);
  const at::Tensor y = evaluator.evaluate(banks, {set})[0];
  EXPECT_EQ(y[0][1].item<double>(), 0);
  EXPECT_EQ(y[1][0].item<double>(), 0);
  EXPECT_NE(y[0][0].item<double>(), 0);
  const auto g = torch::autograd::grad({y.sum()}, {banks[0].parameters})[0];
  EXPECT_TRUE(at::isfinite(g).all().item<bool>());
}

// Without a function that can leave the finite numbers, `where` is recorded as it stands.
TEST(BranchesOfColumns, AreLeftAloneWhereNothingCanGoWrong) {
  const Laboratory l(on({{"x", -1, 1}, {"t", 0, 2}}, {"u", "v"}));
  const auto selects = [&](const Body& body) {
    int count = 0;
    for (const Node& n : l.record_body(body).trace->nodes()) count += n.op == Op::select;
    return count;
  };
  EXPECT_EQ(selects([](const Field& u) { return max(sin(u["u"]) * u.at("x"), u["v"]); }), 1);
  EXPECT_EQ(selects([](const Field& u) { return abs(log(u.at("x"))); }), 1);
  EXPECT_EQ(selects([](const Field& u) { return max(log(u.at("x")), u["v"]); }), 2);
}

}  // namespace
}  // namespace banach::testing_only
