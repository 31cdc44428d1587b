// SPDX-License-Identifier: Apache-2.0
// Files of observations: names, dialects, shapes, and points at the boundary.
#include "datasets/hdf5_file.hpp"
#include "tests/training/observed.hpp"

namespace banach {
namespace {

TEST(ObservationFiles, Hdf5OfTheWrongShapeIsRefused) {
  const Files files;
  const auto path = (files.folder / "bad.h5").string();
  Hdf5Writer writer(path);
  writer.add<double>("t", {3}, {0, 0.5, 1});
  writer.add<double>("y", {2}, {1, 2});
  writer.commit();
  expect_refused<Error>(observed("toy_decay", file(path)),
                        "dataset \"y\" has shape [2]; its coordinates (\"t\" [3]) ask for [3]");
  expect_refused<Error>(observed("toy_decay", file(path, "columns = { y = \"z\" }")), "z");
  const auto gap = (files.folder / "gap.h5").string();
  Hdf5Writer other(gap);
  other.add<double>("t", {2}, {0, 0.5});
  other.add<double>("y", {2}, {1, std::nan("")});
  other.commit();
  expect_refused<Error>(
      observed("toy_decay", file(gap)),
      "gap.h5: observation 2: y = nan is not a finite number; leave such rows out");
}

TEST(ObservationFiles, HeldOutPartsThatAreNoneAreTheOnlyThingReported) {
  const Files files;
  const auto path = files.csv("t,y\n0.5,1\n");
  for (const char* part : {"1.5", "-0.5", "1e300"}) {
    const auto said = thrown<ConfigError>([&] {
      ToyRun::world().plan(
          observed("toy_decay", file(path, std::string("held_out = ") + part + "\n")));
    });
    EXPECT_NE(said.find("observations.sensors.held_out = "), std::string::npos) << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
  }
}

TEST(ObservationFiles, NamesThatLeaveDoubtAreRefused) {
  const Files files;
  const auto decay = [&](const std::string& text, const std::string& more) {
    return observed("toy_decay", file(files.csv(text), more));
  };
  expect_refused<ConfigError>(decay("t,y\n0.5,1\n", "columns = { time = \"t\" }"),
                              "observations.sensors.columns: \"time\" is neither a coordinate nor "
                              "an unknown; known: t, y");
  expect_refused<ConfigError>(decay("t,y\n0.5,1\n", "columns = { y = \"t\" }"),
                              "observations.sensors.columns: two quantities are read from \"t\"");
  expect_refused<ConfigError>(decay("t,y\n0.5,1\n", "unknowns = [\"y\", \"y\"]"),
                              "observations.sensors.unknowns: \"y\" is named twice");
  expect_refused<DataError>(decay("0.5,1\n", "columns = { y = \"value\" }"),
                            "sensors.csv:1:1: no header names the columns \"t\", \"value\"; put "
                            "one in front of the numbers");
  expect_refused<DataError>(decay("t,w\n0.5,1\n", "columns = { y = \"value\" }"),
                            "sensors.csv:1:1: no column \"value\"; the header names: t, w");
  expect_refused<ConfigError>(
      observed("toy_decay", "synthetic = { points = { t = 1000000000 } }"),
      "observations.sensors.synthetic.points: 1000000000 observations; at most 100000000");
}

TEST(ObservationFiles, OrderOfColumnsWithoutNamesIsSaid) {
  const Files files;
  const auto path = files.csv("0.5 3\n1 4\n");
  std::vector<std::string> said;
  const RunPlan plan = make_plan(parse_toml(observed("toy_decay", file(path)), "case.toml"),
                                 ToyRun::world().registry, ToyRun::world().plugins, nullptr,
                                 [&](const std::string& text) { said.push_back(text); });
  EXPECT_EQ(said,
            (std::vector<std::string>{path + ": no header; its columns are taken to be t, y"}));
  EXPECT_EQ(sensors(plan).data.at("observed.y"), (std::vector<double>{3, 4}));
}

TEST(ObservationFiles, OfCommentedHeadersAndOtherDialectsAreTheSame) {
  const Files files;
  for (const char* text :
       {"y,t\n3,0.5\n4.5,1\n", "# y,t\n3,0.5\n4.5,1\n", "\"y\",\"t\"\n\"3\",\"0.5\"\n4.5,1\n",
        "y;t\n3;0,5\n4,5;1\n", "y t\n 3.0D0 0.5D+00\n 0.45d1 1.0Q0\n",
        "% Model: decay.mph\n% y (m)   t (s)\n3 0.5\n4.5 1\n"}) {
    const RunPlan plan = ToyRun::world().plan(observed("toy_decay", file(files.csv(text))));
    EXPECT_EQ(sensors(plan).term.region.points, (std::vector<std::vector<double>>{{0.5}, {1}}))
        << text;
    EXPECT_EQ(sensors(plan).data.at("observed.y"), (std::vector<double>{3, 4.5})) << text;
  }
}

TEST(ObservationFiles, OnTheBoundaryUpToRoundingAreMovedThere) {
  const Files files;
  const RunPlan plan =
      ToyRun::world().plan(observed("toy_decay", file(files.csv("t,y\n2.0000005,3\n-1e-7,4\n"))));
  EXPECT_EQ(sensors(plan).term.region.points, (std::vector<std::vector<double>>{{2}, {0}}));
  expect_refused<DataError>(observed("toy_decay", file(files.csv("t,y\n1,3\n2.00001,3\n"))),
                            "sensors.csv:3: observation 2: t = 2.00001 is not in the domain [0, 2] "
                            "(1e-05 beyond its upper end)");
}

}  // namespace
}  // namespace banach
