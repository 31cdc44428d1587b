// SPDX-License-Identifier: Apache-2.0
// Every architecture of the catalog, with its defaults and with other parameters, against the
// nested oracle.
#include "tests/executor/catalog.hpp"

#include <algorithm>

#include "core/training/run_state.hpp"

namespace banach::testing_only {
namespace {

Scene strip() { return on({{"x", -1, 2}, {"t", 0, 3}}, {"u", "v"}); }

class Architectures : public ::testing::TestWithParam<Choice> {
 protected:
  Laboratory laboratory(const Scene& scene = strip()) const {
    return Laboratory(scene, architecture(GetParam().text()), shipped().entries);
  }
};
INSTANTIATE_TEST_SUITE_P(All, Architectures, ::testing::ValuesIn(choices()), name_of_choice);

void expect_fourth_order(const Laboratory& laboratory, bool differences) {
  const std::vector<Body> bodies = {
      [](const Field& u) {
        return concat({u["u"].d("t") - 0.3 * u["u"].d("xx"), u["v"].d("xt") * u["u"]});
      },
      [](const Field& u) { return u["u"].d("xxxx") + u["v"].d("xxtt") + u["v"]; },
      [](const Field& u) { return u.all().d("xxt"); },
      [](const Field& u) { return u.all().d("ttt") + u["v"].d("xttt"); }};
  for (const Body& body : bodies) expect_agreement(laboratory, body, differences);
}

TEST_P(Architectures, HasExactDerivativesToFourthOrder) {
  if (GetParam().smooth) expect_fourth_order(laboratory(), GetParam().discrete);
}

TEST_P(Architectures, IsRefusedForSecondOrderWhenPiecewiseLinear) {
  if (GetParam().smooth) return;
  const Laboratory l = laboratory();
  const Recorded slope = l.record_body([](const Field& u) { return u.all() + u.all().d("x"); });
  EXPECT_LT(error(l.run(slope).value, l.oracle(slope).value), 1e-13);
  const Recorded second = l.record_body([](const Field& u) { return u.d("xx"); });
  EXPECT_THROW(l.run(second), ConfigError);
}

TEST_P(Architectures, StandsInsideAHardConstraint) {
  if (!GetParam().smooth) return;
  Scene scene = strip();
  scene.ansatz = [](const Point& p, E n) { return p["x"] * (1 - p["x"]) * n; };
  const Laboratory l = laboratory(scene);
  expect_agreement(
      l, [](const Field& u) { return u.all().d("t") - u.all().d("xx"); }, GetParam().discrete);
  const Recorded end = l.record_body([](const Field& u) { return u.with("x", 1.0).all(); });
  EXPECT_EQ(l.run(end).value.abs().max().item<double>(), 0);
}

// Built again from its own resolved table and from a saved state, it is the same function.
TEST_P(Architectures, IsTheSameAfterSavingAndLoading) {
  const Laboratory first = laboratory();
  Layout layout;
  Diagnostics diagnostics;
  LayoutBuilder builder(
      layout, shipped().entries, [](const Table&, const std::string&) {}, diagnostics);
  builder.build(architecture(GetParam().text()), first.network()->signature);
  const std::string text = write_toml(builder.resolved());
  Table again = parse_toml(text, "resolved.toml");
  again.path = "architecture";
  const Laboratory second(strip(), again, shipped().entries);
  RunState state;
  state.parameters = first.leaves(at::kDouble)[0].parameters.detach();
  state.buffers = first.leaves(at::kDouble)[0].buffers;
  Container container = to_container(state);
  container.meta["step"] = 0;
  const auto bytes = encode(container);
  const RunState loaded = to_state(decode({bytes.data(), bytes.size()}, "memory"), "memory");
  const Body body = [](const Field& u) { return u.all() + u.all().d("t"); };
  const Recorded one = first.record_body(body), two = second.record_body(body);
  Evaluator evaluator(second.network());
  evaluator.add(two.trace, two.root);
  const at::Tensor value =
      evaluator.evaluate({{loaded.parameters, loaded.buffers}}, {second.points(at::kDouble)})[0];
  EXPECT_TRUE(at::equal(value, first.run(one).value.detach())) << text;
}

// An operator architecture asks for an input function; all others are built without.
std::optional<Laboratory> with_defaults(const std::string& type) {
  Scene scene = strip();
  for (const std::vector<InputFunction>& functions :
       {std::vector<InputFunction>{}, {{"f", 6, {}}}}) {
    scene.functions = functions;
    try {
      return Laboratory(scene, table(type), shipped().entries);
    } catch (const ConfigError&) {
    }
  }
  return std::nullopt;
}

TEST(ArchitectureDefaults, HaveExactDerivativesToFourthOrder) {
  ASSERT_TRUE(shipped().entries.architectures.find("mlp")) << "the build's plugins were not found";
  const auto all = choices();
  for (const auto& [name, item] : shipped().entries.architectures.items()) {
    SCOPED_TRACE(name);
    const std::string type = name;
    if (type == "fno" || type == "pod") continue;  // they need a grid
    const auto chosen =
        std::find_if(all.begin(), all.end(), [&](const Choice& c) { return c.type == type; });
    const auto laboratory = with_defaults(name);
    if (laboratory && type != "neural_ode_adaptive")  // its defaults take too many steps for this
      expect_fourth_order(*laboratory, true);
    else
      EXPECT_TRUE(chosen != all.end()) << "it has no defaults: choices() must have some";
  }
}

}  // namespace
}  // namespace banach::testing_only
