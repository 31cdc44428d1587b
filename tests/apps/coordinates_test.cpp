// SPDX-License-Identifier: Apache-2.0
// Files on other points than those of the training, and what is written back of them.
#include "tests/apps/coordinate_files.hpp"

namespace banach::testing {
namespace {

TEST_F(Coordinates, FilesInFallingOrderArePredictedInTheirOrder) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16));
  write_functions(scratch_ / "falling.h5", reversed(from(0, 1. / 16, 16)));
  for (const auto& architecture : {fno, deeponet}) {
    fs::remove_all(scratch_ / "run");
    trained(toml(architecture));
    const auto rising = predicted("train.h5", "out1.h5", "u/prediction");
    const auto falling = predicted("falling.h5", "out2.h5", "u/prediction");
    EXPECT_EQ(Hdf5Reader(scratch_ / "out2.h5").read("x"), reversed(from(0, 1. / 16, 16)));
    for (std::size_t i = 0; i < 12; ++i)
      for (std::size_t j = 0; j < 16; ++j)
        EXPECT_NEAR(falling[16 * i + j], rising[16 * i + 15 - j], 1e-6);
    const Hdf5Reader file(scratch_ / "out2.h5");
    const auto target = file.read("u/target"), given = Hdf5Reader(path("falling.h5")).read("u");
    for (std::size_t i = 0; i < given.size(); ++i) EXPECT_NEAR(target[i], given[i], 1e-6);
    EXPECT_NE(text_of(scratch_ / "out2.xdmf").find("out2.h5:/x<"), std::string::npos);
  }
}

TEST_F(Coordinates, SensorsThatLieElsewhereAreInterpolatedWithANotice) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 64, 65));
  auto dense = from(0, 1. / 128, 129);
  for (double& x : dense) x = x * x;
  write_functions(scratch_ / "dense.h5", dense);
  trained(toml(deeponet));
  predicted("train.h5", "out1.h5", "u/prediction");
  const auto output = predict("dense.h5", "out2.h5");
  ASSERT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(output.err,
            path("dense.h5") +
                ": input \"a\" is 0 to 1 in 129 points along \"x\", 0 to 1 in 65 points "
                "in the training: its values are interpolated linearly");
  const Hdf5Reader a(scratch_ / "out1.h5"), b(scratch_ / "out2.h5");
  EXPECT_EQ(b.read("x"), dense);
  EXPECT_EQ(b.shape("u/prediction"), (Shape{12, 129}));
  const auto there = a.read("u/prediction"), here = b.read("u/prediction");
  for (std::size_t i = 0; i < 12; ++i) {  // 0, 1/4 and 1 are points of both
    EXPECT_NEAR(here[129 * i], there[65 * i], 5e-3);
    EXPECT_NEAR(here[129 * i + 64], there[65 * i + 16], 5e-3);
    EXPECT_NEAR(here[129 * i + 128], there[65 * i + 64], 5e-3);
  }
}

TEST_F(Coordinates, SensorsThatDoNotCoverTheTrainingsAreRefused) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 17));
  write_functions(scratch_ / "half.h5", from(0, 1. / 32, 17));
  trained(toml(deeponet));
  const auto output = predict("half.h5");
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err, path("half.h5") +
                            ": the points of input \"a\" along \"x\" are 0 to 0.5 in 17 points, "
                            "those of the training 0 to 1 in 17 points: they do not cover that "
                            "range");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Coordinates, GridsTakeOtherResolutionsOfTheSameDomainAlone) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16));
  write_functions(scratch_ / "fine.h5", from(0, 1. / 32, 32));
  write_functions(scratch_ / "long.h5", from(0, 100. / 16, 16));
  auto uneven = from(0, 1. / 16, 16);
  for (double& x : uneven) x = x * x * 16 / 15;
  write_functions(scratch_ / "uneven.h5", uneven);
  trained(toml(fno));
  EXPECT_EQ(predict("fine.h5", "fine-out.h5").code, 0);
  EXPECT_EQ(Hdf5Reader(scratch_ / "fine-out.h5").read("x"), from(0, 1. / 32, 32));
  auto output = predict("long.h5");
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err,
            path("long.h5") +
                ": axis \"x\" is 0 to 93.75 in 16 points, in the training data 0 to 0.9375 in 16 "
                "points; only other resolutions of the same domain are the same operator");
  output = predict("uneven.h5");
  EXPECT_EQ(output.code, 65);
  EXPECT_NE(output.err.find(": axis \"x\" is not equidistant: its steps differ by a factor of 29"),
            std::string::npos)
      << output.err;
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Coordinates, FilesWithoutOutputsKeepTheirOwnPoints) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16));
  write_functions(scratch_ / "fine.h5", from(0, 1. / 32, 32), false);
  write_functions(scratch_ / "long.h5", from(0, 100. / 16, 16), false);
  trained(toml(fno));
  ASSERT_EQ(predict("fine.h5", "fine-out.h5").code, 0);
  const Hdf5Reader file(scratch_ / "fine-out.h5");
  EXPECT_EQ(file.read("x"), from(0, 1. / 32, 32));
  EXPECT_EQ(file.shape("u/prediction"), (Shape{12, 32}));
  EXPECT_FALSE(file.is_dataset("u/target"));
  EXPECT_EQ(predict("long.h5").code, 65);
}

TEST_F(Coordinates, AnOutputWithTheNameOfItsAxisIsWritten) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16), true, "y");
  trained(toml(fno, "x"));
  const auto output = predict("train.h5", "named.h5");
  ASSERT_EQ(output.code, 0) << output.err;
  const Hdf5Reader file(scratch_ / "named.h5");
  EXPECT_EQ(file.read("x_axis"), from(0, 1. / 16, 16));
  EXPECT_EQ(file.shape("x/prediction"), (Shape{12, 16}));
  EXPECT_NE(text_of(scratch_ / "named.xdmf").find("named.h5:/x_axis<"), std::string::npos);
}

TEST_F(Coordinates, AFailureLeavesNoFileBehind) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16));
  trained(toml(fno));
  fs::create_directory(scratch_ / "out.xdmf");
  const auto output = predict("train.h5");
  EXPECT_EQ(output.code, 73);
  EXPECT_EQ(output.err, path("out.xdmf") + ": this is a directory, not a file to write");
  fs::remove(scratch_ / "out.xdmf");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Coordinates, TestSetsThatTheOperatorCannotBeGivenEndBeforeTheTraining) {
  write_functions(scratch_ / "train.h5", from(0, 1. / 16, 16));
  write_functions(scratch_ / "long.h5", from(0, 100. / 16, 16));
  const auto output =
      train(toml(fno, "u", "[[dataset.test]]\nname = \"far\"\nfiles = \"long.h5\"\n"));
  EXPECT_EQ(output.code, 65);
  EXPECT_EQ(output.err,
            "test set \"far\": axis \"x\" is 0 to 93.75 in 16 points, in the training data "
            "0 to 0.9375 in 16 points; only other resolutions of the same domain are the same "
            "operator");
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(Coordinates, UnevenGridsAreNamedWhenTrainingBegins) {
  auto uneven = from(0, 1. / 16, 17);
  for (double& x : uneven) x *= x;
  write_functions(scratch_ / "train.h5", uneven);
  const auto output = train(toml(fno));
  EXPECT_EQ(output.code, 0);
  EXPECT_NE(
      output.err.find("dataset: the points along \"x\" are not equidistant (steps differ by a "
                      "factor of 31): architectures that map grids, as Fourier layers do, take "
                      "them as equal"),
      std::string::npos)
      << output.err;
  fs::remove_all(scratch_ / "run");
  const auto points = train(toml(deeponet, "u", "") + "[loss]\ntype = \"h1\"\n");
  EXPECT_EQ(points.code, 0) << points.err;
  EXPECT_NE(points.err.find("losses and errors count every point alike"), std::string::npos);
}

}  // namespace
}  // namespace banach::testing
