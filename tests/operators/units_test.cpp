// SPDX-License-Identifier: Apache-2.0
// What is learnt does not depend on the units of inputs, outputs and coordinates.
#include "tests/operators/units.hpp"

namespace banach::testing {
namespace {

constexpr double large = 1 << 20, far = 1 << 30;

struct Change {
  const char* name;
  Units units;
};
Units shifted() {
  Units out;
  out.x_from = far, out.y_from = -far;
  return out;
}
Units mixed() {
  Units out{1 / large, large, 1, large, 1 / large, large};
  out.x_from = 1024, out.y_from = far * large;
  return out;
}
const std::vector<Change> exact_changes = {{"2^20", all_by(large)},
                                           {"2^-20", all_by(1 / large)},
                                           {"p alone", {1, 1, 1, large}},
                                           {"far axes", shifted()},
                                           {"mixed", mixed()}};

std::string loss(const std::string& type) { return "[loss]\ntype = \"" + type + "\"\n"; }

void expect_same_bits(const Trained& found, const Trained& wanted) {
  EXPECT_TRUE(at::equal(found.parameters, wanted.parameters));
  EXPECT_EQ(found.best, wanted.best);
  EXPECT_EQ(found.best_step, wanted.best_step);
}

TEST(Units, ByPowersOfTwoChangeNoBitOfATraining) {
  const struct {
    Places places;
    const std::string& architecture;
    std::vector<std::string> losses;
  } cases[] = {{Places::line, small_fno, {"relative_l2", "mse", "mae", "h1"}},
               {Places::line, small_deeponet, {"relative_l2", "mse", "mae", "h1"}},
               {Places::plane, small_fno, {"h1"}},
               {Places::plane, small_deeponet, {"relative_l2"}},
               {Places::points, small_deeponet, {"relative_l2", "mse", "mae"}}};
  for (const auto& c : cases)
    for (const auto& type : c.losses) {
      const auto trained = [&](const Units& units) {
        return train(
            UnitsData(units, c.places).plan("float32", c.architecture, "steps = 50", loss(type)));
      };
      const Trained wanted = trained({});
      for (const Change& change : exact_changes) {
        SCOPED_TRACE(type + " " + c.architecture + change.name);
        expect_same_bits(trained(change.units), wanted);
      }
    }
}

TEST(Units, ByPowersOfTwoChangeNoBitWithAnyOptimizerOrNormalisation) {
  const auto trained = [](const Units& units, const std::string& architecture,
                          const std::string& stage, const std::string& data) {
    return train(UnitsData(units, Places::line).plan("float32", architecture, stage, "", data));
  };
  const std::pair<std::string, std::string> cases[] = {
      {"optimizer = \"sgd\"\nlr = 1e-2\nsteps = 50", ""},
      {"optimizer = \"adamw\"\nsteps = 50", ""},
      {"optimizer = \"lbfgs\"\nsteps = 50\nbatch = 0", ""},
      {"optimizer = \"soap\"\nsteps = 50", ""},
      {"steps = 50", "normalisation = { inputs = \"minmax\", outputs = \"minmax\" }\n"},
      {"steps = 50", "normalisation = { inputs = \"rms\", outputs = \"rms\" }\n"},
      {"steps = 50", "normalisation.per = \"point\"\n"}};
  for (const auto& [stage, data] : cases)
    for (const auto& architecture : {small_fno, pod_deeponet}) {
      const Trained wanted = trained({}, architecture, stage, data);
      for (const Change& change : {exact_changes.front(), exact_changes.back()}) {
        SCOPED_TRACE(stage + " " + data + architecture + change.name);
        expect_same_bits(trained(change.units, architecture, stage, data), wanted);
      }
    }
}

// A control: without scales the same comparison fails.
TEST(Units, MatterWhereInputsOrOutputsAreNotScaled) {
  for (const std::string part : {"inputs", "outputs"}) {
    const auto trained = [&](const Units& units) {
      return train(UnitsData(units, Places::line)
                       .plan("float32", small_fno, "steps = 50", "",
                             "normalisation." + part + " = \"none\"\n"));
    };
    EXPECT_FALSE(at::equal(trained(all_by(large)).parameters, trained({}).parameters)) << part;
  }
}

double off(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

TEST(Units, ByDecimalFactorsChangeALossAndItsGradientByRoundingAlone) {
  Units celsius = all_by(1e6);
  celsius.p = 1.8, celsius.p_from = 273.15, celsius.x_from = 5.4e6, celsius.y_from = -1e9;
  for (const auto& [dtype, bound] : {std::pair<std::string, double>{"float32", 1e-6},
                                     std::pair<std::string, double>{"float64", 1e-12}})
    for (const auto& [places, architecture] :
         {std::pair(Places::plane, small_fno), std::pair(Places::plane, small_deeponet),
          std::pair(Places::line, pod_deeponet), std::pair(Places::points, small_deeponet)})
      for (const std::string type : {"relative_l2", "mse", "mae", "h1"}) {
        if (type == "h1" && places == Places::points) continue;
        const auto step = [&, architecture = architecture, places = places,
                           dtype = dtype](const Units& units) {
          return first_step(
              UnitsData(units, places).plan(dtype, architecture, "steps = 1", loss(type)));
        };
        const FirstStep wanted = step({});
        for (const Units& units : {all_by(1e6), all_by(1e-6), celsius}) {
          SCOPED_TRACE(dtype + " " + type + " " + architecture);
          const FirstStep found = step(units);
          // Shifts cost digits of the file's own numbers, which float64 shows.
          const double allowed = units.p_from != 0 ? std::max(bound, 1e-8) : bound;
          EXPECT_NEAR(found.loss, wanted.loss, allowed * wanted.loss);
          EXPECT_LT(off(found.gradient, wanted.gradient), allowed);
        }
      }
}

TEST(Units, OfTinyHugeAndHardlyVaryingOutputsAreLearntAlike) {
  const std::string stage = "steps = 200\nlr = 1e-2";
  for (const auto& architecture : {small_fno, small_deeponet}) {
    const auto trained = [&](const Units& units) {
      return train(UnitsData(units, Places::line).plan("float32", architecture, stage, ""));
    };
    const Trained wanted = trained({});
    for (const auto& [factor, from] :
         {std::pair(1e-25, 0.0), std::pair(1e20, 0.0), std::pair(1e-100, 0.0),
          std::pair(1e100, 0.0), std::pair(0.01, 101325.0)}) {
      Units units{factor, 1, 1, factor};
      units.p_from = from;
      const Trained found = trained(units);
      EXPECT_NEAR(found.mae_p / factor / wanted.mae_p, 1, 0.02) << factor << architecture;
      EXPECT_NEAR(found.error_u / wanted.error_u, 1, 0.02) << factor << architecture;
    }
  }
}

TEST(Units, OfOneOutputDoNotDrownAnotherEvenWithoutNormalisation) {
  const auto step = [](double factor) {
    Units units;
    units.p = factor;
    return first_step(UnitsData(units, Places::line)
                          .plan("float64", small_fno, "steps = 1", loss("mse"),
                                "normalisation.outputs = \"none\"\n"));
  };
  // The network starts near zero, so that each output has lost about its own mean square: 1.
  EXPECT_NEAR(step(1).loss, step(1e5).loss, 0.5);
}

}  // namespace
}  // namespace banach::testing
