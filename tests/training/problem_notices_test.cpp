// SPDX-License-Identifier: Apache-2.0
// What is said about a problem that probably means something else.
#include "core/training/problem_notices.hpp"

#include <fcntl.h>

#include <algorithm>

#include "core/training/dry_run.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

struct KindParameters {
  std::string kind;
};
void describe(Schema<KindParameters>& s) { s.field("kind", &KindParameters::kind, "which one"); }

/// Terms that differentiate piecewise expressions on [0, 1] x [0, 1].
class Piecewise final : public Problem {
 public:
  using Parameters = KindParameters;
  explicit Piecewise(const Parameters& p) : kind_(p.kind) {}
  Domain domain() const override { return {{"x", 0, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u", "q"}; }
  Terms terms() const override {
    return {interior("pde", [kind = kind_](const Field& u) { return body(kind, u); }),
            dirichlet("left", "x", Side::lower, 0.0)};
  }

 private:
  static Expression body(const std::string& kind, const Field& u) {
    const Expression x = u.at("x"), t = u.at("t");
    const Expression a = where(x - 0.5, 10.0, 1.0), rest = u.d("t", "q");
    if (kind == "strong") return (a * u.d("x")).d("x") + rest;
    if (kind == "mixed") return concat({u["q"] - a * u.d("x"), u.d("x", "q") + u.d("t")});
    if (kind == "factor") return a * u.d("xx") + rest;
    if (kind == "in_time") return (where(t - 0.5, 10.0, 1.0) * u.d("x")).d("x") + rest;
    if (kind == "by_time") return (where(t - 0.5, 10.0, 1.0) * u.d("x")).d("t") + rest;
    if (kind == "tilted") return (where(x + t - 0.9, 2.0, 1.0) * u.d("x")).d("x") + rest;
    if (kind == "once") return (max(x, 0.3) * u()).d("x") + rest;
    if (kind == "kink") return (max(x, 0.3) * u()).d("xx") + rest;
    if (kind == "tiny") return (pow(max(x, 1e-12), 1.5) * u()).d("xx") + rest;
    if (kind == "absolute") return (abs(x - 0.25) * u()).d("x") + rest;
    if (kind == "sign") return (where(x - 0.25, 1.0, -1.0) * u()).d("x") + rest;
    if (kind == "smooth") return ((5.5 + 4.5 * tanh(50 * (x - 0.5))) * u.d("x")).d("x") + rest;
    if (kind == "equal") return (where(x - 0.5, 2.0 * x, x + 0.5) * u.d("x")).d("x") + rest;
    if (kind == "moved") return u.with("x", where(x - 0.5, x - 0.5, x))().d("x") + rest;
    return rest;
  }
  std::string kind_;
};

/// exact() is right (kind "right") or wrong in one way.
class Claimed final : public Problem {
 public:
  using Parameters = KindParameters;
  explicit Claimed(const Parameters& p) : kind_(p.kind) {}
  Domain domain() const override {
    const bool ring = kind_ == "periodic" || kind_ == "half a period";
    return {{"x", 0, kind_ == "half a period" ? 0.5 : 1.0, ring}, {"t", 0, 1}};
  }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    const auto wave = [](const Point& p) { return sin(pi * p["x"]) * exp(-pi * pi * p["t"]); };
    const double k = kind_ == "equation" ? 1.02 : 1.0;
    return {interior("pde", [k](const Field& u) { return u.d("t") - k * u.d("xx"); }),
            initial("start", "t", [wave](const Point& p) { return wave(p); }),
            dirichlet("left", "x", Side::lower, kind_ == "condition" ? 0.1 : 0.0),
            dirichlet("right", "x", Side::upper, [wave](const Point& p) { return wave(p); })};
  }
  std::optional<Exact> exact() const override {
    return [kind = kind_](const Point& p) -> Expression {
      const Expression decay = exp(-pi * pi * p["t"]), u = sin(pi * p["x"]) * decay;
      if (kind == "two") return concat({u, u});
      if (kind == "part") return u + where(p["x"] - 0.7, 0.01 * pow(p["x"] - 0.7, 2), 0.0);
      return u;
    };
  }

 private:
  std::string kind_;
};

/// A singular solution on the whole circle of what its checks must put up with: |x|^(1/3), an
/// integral by trapezoids, an energy and a learnable number.
struct AwkwardParameters {
  Coefficient rate = 1.0;
};
void describe(Schema<AwkwardParameters>& s) { s.field("rate", &AwkwardParameters::rate, "k"); }
class Awkward final : public Problem {
 public:
  using Parameters = AwkwardParameters;
  explicit Awkward(const Parameters& p) : p_(p) {}
  Domain domain() const override { return {{"x", -1, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    return {
        interior("root", [](const Field& u) { return 3.0 * u.at("x") * u.d("x") - u(); }),
        interior("mean",
                 [](const Field& u) {
                   return u.integral("x", Quadrature::trapezoid(101, -1, 1),
                                     [](const Field&, const Field& y) { return y(); }) -
                          1.5 + 0.0 * u();
                 }),
        interior("rate",
                 [k = p_.rate](const Field& u) { return k * u() - pow(abs(u.at("x")), 1.0 / 3); }),
        at_points("middle", {{0.0}}, [](const Field& u) { return u() + u.d("x") * u.at("x"); }),
        energy("energy", [](const Field& u) { return u() * u(); })};
  }
  std::optional<Exact> exact() const override {
    return [](const Point& p) { return pow(abs(p["x"]), 1.0 / 3); };
  }

 private:
  Parameters p_;
};

/// Problems that forget something.
class Forgetful final : public Problem {
 public:
  using Parameters = KindParameters;
  explicit Forgetful(const Parameters& p) : kind_(p.kind) {}
  Domain domain() const override {
    Domain out{{"x", 0, 1}, {"t", 0, 1}};
    if (kind_ == "axis") out.push_back({"z", 0, 1});
    if (kind_ == "no axis") out.clear();
    return out;
  }
  Unknowns unknowns() const override {
    if (kind_ == "unknown") return {"u", "v"};
    if (kind_ == "twice") return {"u", "u"};
    if (kind_ == "none") return {};
    return {"u"};
  }
  Terms terms() const override {
    if (kind_ == "no terms") return {};
    Terms out{interior("pde", [](const Field& u) { return u.d("t") + u() - 1.0; }),
              dirichlet("left", "x", Side::lower, 0.0, "u"),
              initial("start", kind_ == "start" ? "x" : "t", 0.0, "u")};
    if (kind_ == "given")
      out.push_back(interior("given", [](const Field& u) { return u.at("x"); }));
    return out;
  }

 private:
  std::string kind_;
};

struct Odd : World {
  Odd() {
    registry.problem<Piecewise>("piecewise", "");
    registry.problem<Claimed>("claimed", "");
    registry.problem<Awkward>("awkward", "");
    registry.problem<Forgetful>("forgetful", "");
  }
};

RunPlan plan_of(const std::string& type, const std::string& lines) {
  static const Odd world;
  std::string text = toy(type);
  text.insert(text.find("[architecture]"), lines + "\n");
  return world.plan(text);
}
std::string kind(const std::string& name) { return "kind = \"" + name + "\""; }
std::vector<std::string> notices(const std::string& type, const std::string& lines) {
  return problem_notices(plan_of(type, lines).experiment);
}
std::string refused(const std::string& type, const std::string& name) {
  return thrown<ConfigError>([&] { plan_of(type, kind(name)); });
}

TEST(JumpNotices, NameTheTermThePointAndTheRemedy) {
  const auto said = notices("piecewise", kind("strong"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("term \"pde\" differentiates by \"x\" a piecewise expression (where, abs, "
                         "max, min) that is discontinuous"),
            std::string::npos)
      << said[0];
  EXPECT_NE(said[0].find("at x = 0.5, t = "), std::string::npos) << said[0];
  EXPECT_NE(said[0].find("q = a u', q' = f"), std::string::npos) << said[0];
}

TEST(JumpNotices, FindEveryJumpAndEveryKinkThatADerivativeLeavesOut) {
  for (const char* name : {"strong", "by_time", "tilted", "kink", "sign", "moved"})
    EXPECT_EQ(notices("piecewise", kind(name)).size(), 1u) << name;
  EXPECT_NE(notices("piecewise", kind("kink"))[0].find("has a derivative of order 1 that jumps"),
            std::string::npos);
}

TEST(JumpNotices, KeepSilentWhereNothingIsLeftOut) {
  for (const char* name :
       {"mixed", "factor", "in_time", "once", "tiny", "absolute", "smooth", "equal"}) {
    const auto said = notices("piecewise", kind(name));
    EXPECT_TRUE(said.empty()) << name << ": " << said[0];
  }
}

TEST(JumpNotices, AreSaidByADryRunAndByARun) {
  RunPlan plan = plan_of("piecewise", kind("strong"));
  const std::string text = dry_run(plan);
  EXPECT_EQ(text.find("warning: term \"pde\" differentiates by \"x\""), 0u) << text;
  Scratch folder;
  Log log(true);
  log.open(open_file(folder / "log.txt", O_RDWR | O_CREAT | O_APPEND), folder / "log.txt");
  ::testing::internal::CaptureStderr();
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("warning: term \"pde\""),
            std::string::npos);
  EXPECT_NE(text_of(folder / "log.txt").find("that is discontinuous"), std::string::npos);
}

TEST(ExactNotices, NameTheTermThePointAndTheResidual) {
  const auto said = notices("claimed", kind("equation"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].find("exact() does not satisfy term \"pde\": its residual is "), 0u) << said[0];
  EXPECT_NE(said[0].find(" at x = "), std::string::npos);
  EXPECT_NE(said[0].find(" of 64 points)"), std::string::npos) << said[0];
  const auto condition = notices("claimed", kind("condition"));
  ASSERT_EQ(condition.size(), 1u);
  EXPECT_NE(condition[0].find("term \"left\": its residual is 0.1 at x = 0"), std::string::npos)
      << condition[0];
}

TEST(ExactNotices, FindAPartOfTheDomainWhereItIsWrong) {
  EXPECT_FALSE(notices("claimed", kind("part")).empty());
}

TEST(ExactNotices, KeepSilentAboutWhatIsRight) {
  EXPECT_TRUE(notices("claimed", kind("right")).empty());
  for (const char* rate :
       {"rate = 1.0", "rate = { learn = 0.3, truth = 1.0 }", "rate = { learn = 0.3 }"}) {
    const auto said = notices("awkward", rate);
    EXPECT_TRUE(said.empty()) << rate << ": " << said[0];
  }
}

TEST(ExactNotices, KnowAPeriodicAxis) {
  EXPECT_TRUE(notices("claimed", kind("periodic")).empty());  // sin(pi x) vanishes at both ends
  const auto said = notices("claimed", kind("half a period"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].find("axis \"x\" is periodic, but exact() differs by "), 0u) << said[0];
}

TEST(Exact, OfAnotherWidthIsRefused) {
  EXPECT_NE(refused("claimed", "two")
                .find("problem \"claimed\": exact() has 2 columns, but 1 "
                      "unknown is solved for (u)"),
            std::string::npos)
      << refused("claimed", "two");
}

TEST(Occurrences, OfUnknownsAxesAndTheSolutionAreMissed) {
  EXPECT_TRUE(notices("forgetful", kind("")).empty());
  const auto only = [](const std::string& name) {
    const auto said = notices("forgetful", kind(name));
    return said.size() == 1 ? said[0] : std::to_string(said.size()) + " notices";
  };
  EXPECT_EQ(only("unknown").find("unknown \"v\" occurs in no term"), 0u) << only("unknown");
  EXPECT_EQ(only("axis").find("axis \"z\" occurs in no term"), 0u) << only("axis");
  EXPECT_EQ(only("given").find("term \"given\" does not depend on the solution"), 0u)
      << only("given");
  EXPECT_EQ(only("start").find("condition \"start\" is an initial condition along \"x\", but no "
                               "term differentiates by \"x\""),
            0u)
      << only("start");
}

TEST(Problems, WithoutTermsUnknownsOrAxesAreRefusedByName) {
  const auto expect = [](const std::string& name, const std::string& text) {
    EXPECT_NE(refused("forgetful", name).find("problem \"forgetful\"" + text), std::string::npos)
        << refused("forgetful", name);
  };
  expect("no terms", " has no terms");
  expect("twice", ": two unknowns are called \"u\"");
  expect("none", " has no unknown");
  expect("no axis", " has no axis");
}

}  // namespace
}  // namespace banach
