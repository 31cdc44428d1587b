// SPDX-License-Identifier: Apache-2.0
// Reference numbers: the formulas of metrics.hpp in numpy, loops over samples, times and waves.
#include "core/operators/metrics.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace banach {
namespace {

using nlohmann::json;

struct Fields {
  explicit Fields(std::vector<std::int64_t> shape) {
    const auto size =
        std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    const at::Tensor i = at::arange(size, at::kDouble).view(shape);
    outputs = at::sin(i * 0.37 + 0.2) * 1.3;
    target = at::cos(at::remainder(i * 0.21 * i, 7) + 1);
  }
  at::Tensor outputs, target;
};

json measured(const Fields& f, std::vector<std::string> channels, bool grid,
              std::optional<std::int64_t> time = std::nullopt) {
  OperatorMetrics metrics(std::move(channels), grid, time);
  for (std::int64_t b = 0; b < f.target.size(0); ++b)  // in batches of one
    metrics.add(f.outputs.narrow(0, b, 1), f.target.narrow(0, b, 1));
  return metrics.json();
}

void expect(const json& found, const json& wanted) {
  for (const auto& [key, value] : wanted.items()) {
    SCOPED_TRACE(key);
    if (value.is_object())
      expect(found.at(key), value);
    else if (value.is_null())
      EXPECT_TRUE(found.at(key).is_null());
    else
      EXPECT_NEAR(found.at(key).get<double>() / value.get<double>(), 1, 1e-10);
  }
}

TEST(Metrics, AreThoseOfAnyUnit) {
  const Fields f({3, 2, 30});
  const json usual = measured(f, {"u", "v"}, true);
  for (const int exponent : {-600, 600}) {  // squares are no numbers any more
    Fields other = f;
    other.outputs = at::ldexp(f.outputs, at::scalar_tensor(exponent, at::kDouble));
    other.target = at::ldexp(f.target, at::scalar_tensor(exponent, at::kDouble));
    const json found = measured(other, {"u", "v"}, true);
    for (const char* channel : {"u", "v"}) {
      for (const char* same : {"relative_l2", "nrmse"})
        EXPECT_EQ(found[channel][same], usual[channel][same]);
      for (const char* scaled : {"rmse", "max_error", "crmse", "brmse"})
        EXPECT_EQ(found[channel][scaled].get<double>(),
                  std::ldexp(usual[channel][scaled].get<double>(), exponent));
    }
  }
}

TEST(Metrics, AgreeWithNumpyOnALine) {
  const json found = measured(Fields({3, 2, 30}), {"u", "v"}, true);
  expect(found["u"], {{"relative_l2", 1.69908485786},
                      {"rmse", 1.24697311641},
                      {"nrmse", 1.69908485786},
                      {"max_error", 2.26189266591},
                      {"crmse", 0.243066821586},
                      {"brmse", 0.78822250597},
                      {"frmse",
                       {{"low", 0.3398967376268882},
                        {"middle", 0.12013526949250106},
                        {"high", 0.13166260991027157}}}});
  expect(found["v"], {{"relative_l2", 1.79881512136}, {"brmse", 1.13377471957}});
  EXPECT_EQ(found["u"].count("per_time"), 0U);
}

TEST(Metrics, AgreeWithNumpyOverTime) {
  const json found = measured(Fields({2, 1, 5, 32}), {"u"}, true, 0)["u"];
  expect(found, {{"relative_l2", 1.81597936329},
                 {"rmse", 1.26682394652},
                 {"nrmse", 1.81565804721},
                 {"crmse", 0.188893670849},
                 {"brmse", 1.25471868638},
                 {"frmse",
                  {{"low", 0.3053453937040941},
                   {"middle", 0.11289469381322484},
                   {"high", 0.09703756829928381}}}});
  ASSERT_EQ(found["per_time"]["rmse"].size(), 5U);
  EXPECT_NEAR(found["per_time"]["rmse"][4], 1.2431040795882422, 1e-12);
  EXPECT_NEAR(found["per_time"]["nrmse"][4], 1.8868493716770605, 1e-12);
}

TEST(Metrics, AgreeWithNumpyInThePlaneAndInSpace) {
  expect(measured(Fields({2, 1, 28, 26}), {"u"}, true)["u"], {{"relative_l2", 1.69879692711},
                                                              {"crmse", 0.167906566884},
                                                              {"brmse", 1.15043703511},
                                                              {"frmse",
                                                               {{"low", 0.09910455968724229},
                                                                {"middle", 0.07420030998685415},
                                                                {"high", 0.11176024073415866}}}});
  expect(measured(Fields({2, 1, 10, 9, 12}), {"u"}, true)["u"],
         {{"rmse", 1.17262581802},
          {"max_error", 2.29936995549},
          {"crmse", 0.169403313299},
          {"brmse", 1.20835687187},
          {"frmse", {{"low", 0.10194586689797935}, {"middle", nullptr}, {"high", nullptr}}}});
}

TEST(Metrics, TakeTimeFromAnyAxis) {
  const Fields f({2, 1, 5, 32});
  Fields turned = f;
  turned.outputs = f.outputs.transpose(2, 3);
  turned.target = f.target.transpose(2, 3);
  EXPECT_EQ(measured(turned, {"u"}, true, 1), measured(f, {"u"}, true, 0));
}

TEST(Metrics, SayNothingOfEndsAndWavesOfListedPoints) {
  const json found = measured(Fields({3, 2, 30}), {"u", "v"}, false)["u"];
  expect(found, {{"relative_l2", 1.69908485786}, {"crmse", 0.243066821586}});
  EXPECT_EQ(found.count("brmse"), 0U);
  EXPECT_EQ(found.count("frmse"), 0U);
}

TEST(Metrics, TakeFunctionsOfTimeAlone) {
  const json found = measured(Fields({3, 2, 30}), {"u", "v"}, true, 0)["u"];
  expect(found, {{"relative_l2", 1.69908485786}});
  EXPECT_EQ(found.count("per_time"), 0U);
}

TEST(Metrics, TakeTargetsThatVanish) {
  OperatorMetrics metrics({"u"}, true);
  metrics.add(at::full({1, 1, 8}, 0.5), at::zeros({1, 1, 8}));
  expect(metrics.json()["u"], {{"nrmse", 0.5}, {"relative_l2", 0.5}, {"max_error", 0.5}});
}

}  // namespace
}  // namespace banach
