// SPDX-License-Identifier: Apache-2.0
// What the samples of a data set are: splits, files of their own, windows of trajectories.
#include "tests/datasets/dataset_files.hpp"

namespace banach {
namespace {

using namespace testing;

class Samples : public MappedFiles {};

TEST_F(Samples, SeparateFilesAndVariantsHaveTheirOwnSamples) {
  for (const auto* name : {"train", "valid"}) {
    Hdf5Writer file(path(std::string(name) + ".h5"));
    file.add<double>("u", {4, 8}, coded(4, 8));
    file.add<double>("w", {2, 8}, Numbers(16, 7));
    file.commit();
  }
  const auto text =
      "inputs.u = { path = 'u', axes = 'sample x' }\noutputs.v = { path = 'u', axes = 'sample x' "
      "}\nsubsample = { x = 4 }\nvalidation.files = '" +
      path("valid.h5") +
      "'\ntest = [{ name = 'fine', subsample = { x = 1 } }, { name = 'test', rename = { u = 'w' } "
      "}]\n" +
      grid;
  const auto data = open("train.h5", text);
  EXPECT_EQ(data->size(Split::train), 4);  // shares of what is elsewhere
  EXPECT_EQ(data->size(Split::validation), 4);
  EXPECT_EQ(data->size(Split::test), 2);
  EXPECT_EQ(data->info().axis("x")->size, 2);
  EXPECT_EQ(read_of(*data, Split::test, 0, 2, 0), Numbers(4, 7));
  const auto fine = open("train.h5", text, "fine");
  EXPECT_EQ(fine->info().axis("x")->size, 8);
  EXPECT_EQ(
      error_of([&] { open("train.h5", text, "none"); }),
      std::pair(78,
                std::string("dataset.test: there is no test set \"none\"; there are: fine, test")));
}

TEST_F(Samples, WindowsDifferencesAndTimeAxes) {
  Hdf5Writer file(path("u.h5"));
  file.add<double>("u", {1, 6, 2}, {0, 10, 1, 11, 3, 13, 6, 16, 10, 20, 15, 25});
  file.commit();
  const std::string input = "inputs.u = { path = 'u', axes = 'sample time x' }\n" + grid + whole;
  const auto delta = open("u.h5", input + "window = { n_in = 1, n_out = 2, target = 'delta' }");
  EXPECT_EQ(read_of(*delta, Split::train, 1, 1, 1), (Numbers{2, 2, 5, 5}));
  const auto strided = open("u.h5", input + "window = { n_in = 2, stride = 2 }");
  EXPECT_EQ(strided->size(Split::train), 2);
  EXPECT_EQ(read_of(*strided, Split::train, 1, 1, 0), (Numbers{1, 11, 6, 16}));
  EXPECT_EQ(read_of(*strided, Split::train, 1, 1, 1), (Numbers{15, 25}));
  const auto axis = open("u.h5", input + "window = { n_in = 2, n_out = 3, time_as = 'axis' }");
  EXPECT_EQ(axis->info().variables[0].axes, (std::vector<std::string>{"time_in", "x"}));
  EXPECT_EQ(axis->info().axis("time")->values, (Numbers{1, 2, 3}));
  EXPECT_EQ(read_of(*axis, Split::train, 1, 1, 1), (Numbers{6, 16, 10, 20, 15, 25}));
  EXPECT_EQ(refusal("u.h5", input + "window = { n_in = 5, n_out = 2 }"),
            std::pair(78, std::string("dataset.window: n_in = 5, n_out = 2 and stride = 1 need 7 "
                                      "times, the longest trajectory has 6")));
}

TEST_F(Samples, TrajectoriesOfAnyOrderMayDifferInLength) {
  const auto write = [&](const std::string& name, std::vector<std::int64_t> lengths, double step) {
    Hdf5Writer file(path(name));
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      Numbers times;
      for (std::int64_t k = 0; k < lengths[i]; ++k)
        times.push_back((i == 1 ? step : 0.5) * static_cast<double>(k));
      const auto group = "run" + std::to_string(i);
      file.add<double>(group + "/u", {lengths[i], 2}, coded(lengths[i], 2));
      file.add<double>(group + "/t", {lengths[i]}, times);
    }
    file.commit();
  };
  const std::string text =
      "inputs.u = { path = '{sample}/u', axes = 'time x' }\ncoords.time = '{sample}/t'\n" + grid +
      whole + "window = {}\n";
  write("long_first.h5", {6, 4, 3}, 0.5), write("short_first.h5", {3, 6, 4}, 0.5);
  for (const auto* name : {"long_first.h5", "short_first.h5"}) {
    const auto data = open(name, text);
    EXPECT_EQ(data->size(Split::train), 10);
    EXPECT_EQ(data->info().time_values, (std::vector<std::string>{"+0.5"}));
  }
  write("other.h5", {3, 6, 4}, 0.7);  // what they have in common must agree
  EXPECT_EQ(refusal("other.h5", text),
            std::pair(65, "dataset.coords.time: " + path("other.h5") +
                              ": dataset \"run1/t\" differs from others; all must have the same "
                              "\"time\""));
}

TEST_F(Samples, GroupsThatAreCalledByTimesMustAgreeOnTheirSteps) {
  const auto write = [&](const std::string& name, const std::vector<std::string>& second) {
    Hdf5Writer file(path(name));
    for (const auto* time : {"0", "0.5", "1"})
      file.add<double>(std::string("a/") + time, {2}, {1, 2});
    for (const auto& time : second) file.add<double>("b/" + time, {2}, {1, 2});
    file.commit();
  };
  const std::string text =
      "inputs.u = { path = '/{sample}/{time}', axes = 'x' }\nwindow = {}\n" + grid + whole;
  write("late.h5", {"3", "3.5", "4", "4.5"});
  EXPECT_EQ(open("late.h5", text)->size(Split::train), 5);
  write("uneven.h5", {"0", "0.7", "1"});
  EXPECT_EQ(refusal("uneven.h5", text),
            std::pair(65, "dataset.inputs.u: " + path("uneven.h5") +
                              ": time \"0.7\" of \"/{sample}/{time}\" lies 0.7 after the first, in "
                              "others 0.5: all samples must have the same steps"));
}

TEST_F(Samples, SplitsAreCheckedForLeaks) {
  Hdf5Writer file(path("u.h5"));
  file.add<double>("u", {10, 2}, coded(10, 2));
  file.commit();
  const std::string text =
      "inputs.u = { path = 'u', axes = 'sample x' }\noutputs.v = { path = 'u', axes = 'sample x' "
      "}\n" +
      grid;
  EXPECT_EQ(refusal("u.h5", text + "split = { train = '0:6', test = '5:' }"),
            std::pair(78, std::string("dataset.split: train and test both hold trajectory 5")));
  EXPECT_EQ(refusal("u.h5", text + "split = { train = 0.9, test = 0.2 }").second,
            "dataset.split: the fractions add up to 1.2, more than 1");
  EXPECT_EQ(refusal("u.h5", text + "split = { train = 'most' }").second,
            "dataset.split.train: \"most\" is neither a fraction from 0 to 1 nor a slice like "
            "\"0:1000\"");
  EXPECT_EQ(refusal("u.h5", text + "split = { train = '0:5', test = '8:15' }"),
            std::pair(78, std::string("dataset.split.test: \"8:15\" reaches beyond the 10 samples, "
                                      "which are numbered 0 to 9")));
  EXPECT_EQ(refusal("u.h5", text + "split = { train = '-20:5' }").second,
            "dataset.split.train: \"-20:5\" reaches beyond the 10 samples, which are numbered 0 to "
            "9");
  for (const std::string none : {"10:", "7:3", "-2:2"})
    EXPECT_EQ(refusal("u.h5", text + "split = { train = '" + none + "' }").second,
              "dataset.split.train: \"" + none +
                  "\" leaves none of the 10 samples; \"0:0\" says that none is meant");
  EXPECT_EQ(
      refusal("u.h5", text + "split = { train = '0:5', validation = 0.3 }"),
      std::pair(78, std::string("dataset.split.validation: 0.3 is a fraction, and other splits "
                                "are slices: write every one as a slice")));
  auto recorded = dataset_of("files = '" + path("u.h5") + "'\n" + text +
                             "split = { train = '0:5', test = '8:15' }");
  recorded.of_run = true;  // an earlier version let it pass
  EXPECT_EQ(Dataset::open(recorded)->size(Split::test), 2);
  const auto data = open("u.h5", text + "split = { seed = 3 }");
  EXPECT_EQ(data->size(Split::train), 8);
  EXPECT_EQ(data->size(Split::validation), 1);
  EXPECT_EQ(data->size(Split::test), 1);
}

}  // namespace
}  // namespace banach
