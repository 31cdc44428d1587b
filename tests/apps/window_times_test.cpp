// SPDX-License-Identifier: Apache-2.0
// Times of windows: steps that differ, other steps, and files that end with what is given.
#include "tests/apps/coordinate_files.hpp"

namespace banach::testing {
namespace {

class WindowTimes : public Coordinates {
 protected:
  void write_times(const std::string& name, const Numbers& t) const {
    Numbers u;
    for (std::int64_t i = 0; i < 4; ++i)
      for (const double at : t)
        for (std::int64_t j = 0; j < 8; ++j)
          u.push_back(std::exp(-at) * input(i, static_cast<double>(j) / 8));
    Hdf5Writer file(scratch_ / name);
    const auto n = static_cast<std::int64_t>(t.size());
    file.add<double>("u", {4, n, 8}, u);
    file.add<double>("t", {n}, t);
    file.commit();
  }
  std::string windows(const std::string& stage = "") const {
    return "name = \"run\"\nthreads = 1\n[dataset]\nfiles = \"train.h5\"\ninputs.u = { path = "
           "\"u\", "
           "axes = \"sample time x\" }\ncoords.x = { linspace = [0.0, 1.0], endpoint = false "
           "}\ncoords.time = \"t\"\nwindow = { n_in = 1, n_out = 1 }\nsplit = { train = \":2\", "
           "validation = \"2:3\", test = \"3:\" }\n" +
           fno + "[[stage]]\nsteps = 2\n" + stage;
  }
};

TEST_F(WindowTimes, UnevenTimesAreNamedAndNotRepeated) {
  write_times("train.h5", {0, .001, .002, .005, .01, .1, 1, 2});
  std::ofstream(scratch_ / "case.toml") << windows();
  const auto check = banach("data check " + quoted(path("case.toml")));
  EXPECT_NE(check.out.find("window: the steps of time differ by a factor of 1e+03 (0.001 to 1), "
                           "which the network is not told"),
            std::string::npos)
      << check.out;
  const auto output = train(windows());
  EXPECT_EQ(output.code, 0);
  EXPECT_NE(
      output.err.find("dataset.window: the steps of time differ by a factor of 1e+03 (0.001 to "
                      "1): the next state depends on the step, which the network is not told; "
                      "select equidistant times"),
      std::string::npos)
      << output.err;
  EXPECT_EQ(output.out.find("roll-out"), std::string::npos);
  fs::remove_all(scratch_ / "run");
  const auto repeated = train(windows("rollout = 2\n"));
  EXPECT_EQ(repeated.code, 65);
  EXPECT_EQ(repeated.err,
            "stage.0.rollout: the steps of time differ by a factor of 1e+03 (0.001 to 1): "
            "what was learnt for one step cannot be repeated for another");
}

TEST_F(WindowTimes, AnotherStepOfTimeIsAnotherOperator) {
  write_times("train.h5", from(0, 0.1, 6));
  write_times("slow.h5", from(0, 0.2, 6));
  write_times("later.h5", from(5, 0.1, 4));
  write_times("falling.h5", reversed(from(0, 0.1, 6)));
  trained(windows());
  const auto output = predict("slow.h5");
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err, path("slow.h5") +
                            ": the steps of time are 0.2; in the training data the steps of time "
                            "are 0.1");
  EXPECT_EQ(predict("later.h5", "a.h5").code, 0);
  EXPECT_EQ(Hdf5Reader(scratch_ / "a.h5").shape("u/prediction"), (Shape{12, 8}));
  EXPECT_EQ(predict("falling.h5", "b.h5").code, 0);
}

TEST_F(WindowTimes, TheLastStateNeedsNothingBehindIt) {
  write_times("train.h5", from(0, 0.1, 6));
  write_times("one.h5", {0.3});
  trained(windows());
  const auto output = predict("one.h5", "a.h5");
  ASSERT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(Hdf5Reader(scratch_ / "a.h5").shape("u/prediction"), (Shape{4, 8}));
}

}  // namespace
}  // namespace banach::testing
