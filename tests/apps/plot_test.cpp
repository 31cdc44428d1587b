// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "tests/apps/operator_run.hpp"

namespace banach {
namespace {

using testing::banach;
using testing::build_folder;
using testing::copy_of;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;
using testing::trained_operator;

class Plot : public ::testing::Test {
 protected:
  void SetUp() override {
    if (shell("gnuplot --version").code != 0) GTEST_SKIP() << "gnuplot is not installed";
  }
  Scratch scratch_;
};

/// Width and height of a PNG, from its header.
std::pair<int, int> size_of(const std::string& png) {
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      value = value * 256 + static_cast<unsigned char>(png[i]);
    return value;
  };
  return {number(16), number(20)};
}

TEST_F(Plot, DrawsIntoTheRunWithoutADisplay) {
  const auto run = copy_of(trained("heat"), scratch_);
  const auto output = shell("env -u DISPLAY " + quoted((build_folder() / "bin/banach").string()) +
                            " plot " + quoted(run));
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.out, (run / "plot.png").string() + "\n");
  const auto picture = text_of(run / "plot.png");
  EXPECT_EQ(picture.substr(1, 3), "PNG");
  EXPECT_EQ(size_of(picture), std::pair(1320, 804));
}

TEST_F(Plot, TheExtensionChoosesTheKind) {
  const auto run = quoted(trained("decay").string());
  EXPECT_EQ(banach("plot " + run + " -o " + quoted((scratch_ / "x.svg").string())).code, 0);
  const auto svg = text_of(scratch_ / "x.svg");
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  EXPECT_NE(svg.find("y.relative_l2"), std::string::npos);
  EXPECT_NE(svg.find("loss.ode"), std::string::npos);
  EXPECT_EQ(banach("plot " + run + " -o " + quoted((scratch_ / "x.pdf").string())).code, 0);
  EXPECT_EQ(text_of(scratch_ / "x.pdf").substr(0, 5), "%PDF-");
  const auto output = banach("plot " + run + " -o x.jpg");
  EXPECT_EQ(output.code, 64);
  EXPECT_EQ(output.err, "x.jpg: pictures are .png, .svg or .pdf");
}

TEST_F(Plot, RunWithoutMetricsShowsItsSolution) {
  const auto run = copy_of(trained("heat"), scratch_);
  std::filesystem::remove(run / "metrics.csv");
  EXPECT_EQ(banach("plot " + quoted(run)).code, 0);
  EXPECT_EQ(size_of(text_of(run / "plot.png")), std::pair(1320, 424));
}

TEST_F(Plot, WidthScalesThePicture) {
  const auto out = (scratch_ / "x.png").string();
  const std::string command = "plot " + quoted(trained("heat")) + " -o " + quoted(out);
  EXPECT_EQ(banach(command + " --width 880").code, 0);
  EXPECT_EQ(size_of(text_of(out)), std::pair(880, 536));
  EXPECT_EQ(banach(command + " --width 10").code, 64);
}

TEST_F(Plot, MoreAxesThanThePictureAreCut) {
  const auto run = trained("heat", "'problem.conductivity={input=[0.5,1.5]}'");
  const auto out = (scratch_ / "x.png").string();
  const auto output = banach("plot " + quoted(run) + " -o " + quoted(out));
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.out, out + ": shows a slice at conductivity = 1\n");
}

/// The number that follows a text of an svg.
double number_after(const std::string& svg, const std::string& text) {
  const auto at = svg.find(text);
  return at == std::string::npos ? -1 : std::stod(svg.substr(at + text.size(), 20));
}

TEST_F(Plot, OperatorsShowTheMedianAndTheWorstSample) {
  const auto run = trained_operator(scratch_);
  const auto out = scratch_ / "x.svg";
  const std::string command = "plot " + quoted(run.string()) + " -o " + quoted(out.string());
  const auto output = banach(command);
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.out, out.string() + "\n");
  const auto svg = text_of(out);
  for (const char* text : {">loss<", ">s.relative_l2<", ">prediction<", ">target<", ">u, input<"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_NE(svg.find(">u, input<"), svg.rfind(">u, input<"));  // a row for each sample
  const double median = number_after(svg, "median of 3 test samples: relative L2 error ");
  const double worst = number_after(svg, "worst of 3 test samples: relative L2 error ");
  const auto result = nlohmann::json::parse(text_of(run / "result.json"));
  const double mean = result["unknowns"]["s"]["relative_l2"].get<double>();
  const double best = 3 * mean - median - worst;  // the third one
  EXPECT_GT(best, 0);
  EXPECT_GT(median, best);
  EXPECT_GT(worst, median);
}

TEST_F(Plot, OperatorsNeedTheirSamples) {
  const auto run = trained_operator(scratch_);
  std::filesystem::remove(scratch_ / "integral.h5");
  const auto output = banach("plot " + quoted(run.string()));
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err, "no file matches " + (scratch_ / "integral.h5").string());
}

TEST(PlotWithoutGnuplot, NamesThePackage) {
  const auto output = shell("env PATH=/none " + quoted((build_folder() / "bin/banach").string()) +
                            " plot " + quoted(trained("heat")) + " -o /tmp/none.png");
  EXPECT_EQ(output.code, 66);
  EXPECT_EQ(output.err,
            "pictures are drawn by gnuplot, which is not installed; install it with: apt install "
            "gnuplot-nox");
}

}  // namespace
}  // namespace banach
