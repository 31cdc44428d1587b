// SPDX-License-Identifier: Apache-2.0
#include "datasets/hdf5_file.hpp"

#include <hdf5.h>

#include <fstream>
#include <numeric>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;
using testing::Scratch;
using Numbers = std::vector<double>;

Numbers counted(std::size_t count) {
  Numbers out(count);
  std::iota(out.begin(), out.end(), 0.0);
  return out;
}

/// A file with u [2, 3] along axes a, b, and attributes.
std::filesystem::path sample(const Scratch& scratch) {
  Hdf5Writer file(scratch / "sample.h5");
  file.add<double>("a", {2}, {0, 1});
  file.add<double>("b", {3}, {5, 6, 7});
  file.add<double>("deep/down/u", {2, 3}, counted(6));
  file.add<std::int64_t>("steps", {2}, {1, std::int64_t{1} << 40});
  file.attach("deep/down/u", 0, "a");
  file.attach("deep/down/u", 1, "b");
  file.attribute("/", "run", "Grüße");
  file.attribute("a", "length", 0.1);
  file.attribute("a", "count", std::int64_t{2});
  file.commit();
  return scratch / "sample.h5";
}

TEST(Hdf5, WhatIsWrittenIsRead) {
  const Scratch scratch;
  const Hdf5Reader file(sample(scratch));
  EXPECT_EQ(file.shape("deep/down/u"), (Shape{2, 3}));
  EXPECT_EQ(file.read("deep/down/u"), counted(6));
  EXPECT_EQ(file.read("steps"), (Numbers{1, 1099511627776.0}));
  EXPECT_EQ(file.members(), (std::vector<std::string>{"a", "b", "deep", "steps"}));
  EXPECT_EQ(file.text("/", "run"), "Grüße");
  EXPECT_EQ(file.number("a", "length"), 0.1);
  EXPECT_EQ(file.number("a", "count"), 2);
  EXPECT_TRUE(file.has_attribute("deep/down/u", "DIMENSION_LIST"));
  EXPECT_FALSE(file.has_attribute("a", "color"));
}

TEST(Hdf5, AnyOrderOfPiecesFillsTheSameDataset) {
  const Scratch scratch;
  const Shape shape{3, 4, 5};
  const Numbers numbers = counted(60);
  for (std::int64_t piece = 1; piece <= 60; ++piece) {
    Hdf5Writer file(scratch / "pieces.h5");
    file.create<double>("u", shape);
    std::vector<std::int64_t> starts;
    for (std::int64_t first = 0; first < 60; first += piece) starts.push_back(first);
    for (auto it = starts.rbegin(); it != starts.rend(); ++it)
      file.write("u", *it, std::min<std::int64_t>(piece, 60 - *it), numbers.data() + *it);
    file.commit();
    EXPECT_EQ(Hdf5Reader(scratch / "pieces.h5").read("u"), numbers) << piece;
  }
}

TEST(Hdf5, NothingIsThereWithoutCommit) {
  const Scratch scratch;
  { Hdf5Writer(scratch / "x.h5").add<double>("u", {1}, {1}); }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(Hdf5, ErrorsNameFileDatasetAndReason) {
  const Scratch scratch;
  const auto path = sample(scratch).string();
  const Hdf5Reader file(path);
  EXPECT_EQ(error_of([&] { file.read("bb"); }),
            std::pair(65, path + ": no dataset \"bb\"; did you mean \"b\"?; the file holds: a, b, "
                                 "deep, steps"));
  EXPECT_EQ(error_of([&] { file.read("deep/down/u", 5); }),
            std::pair(65, path + ": dataset \"deep/down/u\" of shape [2, 3] is larger than the "
                                 "limit of 5 numbers"));
  EXPECT_EQ(error_of([&] { file.number("/", "run"); }),
            std::pair(65, path + ": attribute \"run\" of / is no number"));
  EXPECT_EQ(error_of([&] { file.text("a", "length"); }),
            std::pair(65, path + ": attribute \"length\" of a is no text"));
}

TEST(Hdf5, FilesThatAreNoneAreRefusedWithTheReason) {
  const Scratch scratch;
  const auto text = (scratch / "text.h5").string(), none = (scratch / "none.h5").string();
  std::ofstream(text) << "no such thing";
  EXPECT_EQ(error_of([&] { Hdf5Reader{text}; }),
            std::pair(65, text + ": cannot open: file signature not found"));
  EXPECT_EQ(error_of([&] { Hdf5Reader{none}; }), std::pair(66, none + ": there is no such file"));
  const auto whole = sample(scratch);
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  const auto [code, what] = error_of([&] { Hdf5Reader{whole}; });
  EXPECT_EQ(code, 65);
  EXPECT_NE(what.find("truncated file"), std::string::npos) << what;
}

TEST(Hdf5, AProgramsOwnErrorPrinterComesBack) {
  const auto printer = [](hid_t, void*) -> herr_t { return 0; };
  H5Eset_auto2(H5E_DEFAULT, printer, nullptr);
  const Scratch scratch;
  sample(scratch);
  H5E_auto2_t now = nullptr;
  void* data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &now, &data);
  EXPECT_EQ(now, static_cast<H5E_auto2_t>(printer));
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace
}  // namespace banach
