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
  const auto data = open("u.h5", text + "split = { seed = 3 }");
  EXPECT_EQ(data->size(Split::train), 8);
  EXPECT_EQ(data->size(Split::validation), 1);
  EXPECT_EQ(data->size(Split::test), 1);
}

}  // namespace
}  // namespace banach
