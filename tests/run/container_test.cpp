// SPDX-License-Identifier: Apache-2.0
#include "core/run/container.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "tests/run/scratch.hpp"

namespace banach {
namespace {

using testing::error_of;

Container example() {
  Container c;
  c.meta = {{"step", 300}, {"best", 0.1}, {"plugins", {"heat", "mlp"}}};
  const double weights[] = {1.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1e-310, 5, 6};
  const float bias[] = {1.5f, 2.5f, 3.5f};
  const std::uint8_t state[] = {0, 255, 7, 9, 10};
  c.blobs = {make_blob("weights", {2, 3}, weights), make_blob("bias", {3}, bias),
             make_blob("empty", {0, 4}, weights), make_blob("rng", {5}, state)};
  return c;
}

bool accepted(const std::vector<std::byte>& bytes) {
  try {
    decode(bytes, "x.ck");
    return true;
  } catch (const DataError&) {
    return false;
  }
}

std::string refusal(const std::vector<std::byte>& bytes) {
  return error_of([&] { decode(bytes, "x.ck"); }).second;
}

TEST(Container, RoundTripKeepsEveryBit) {
  const auto before = example();
  const auto after = decode(encode(before), "x.ck");
  EXPECT_EQ(after.meta, before.meta);
  ASSERT_EQ(after.blobs.size(), before.blobs.size());
  for (std::size_t i = 0; i < before.blobs.size(); ++i) {
    EXPECT_EQ(after.blobs[i].name, before.blobs[i].name);
    EXPECT_EQ(after.blobs[i].dtype, before.blobs[i].dtype);
    EXPECT_EQ(after.blobs[i].shape, before.blobs[i].shape);
    EXPECT_EQ(after.blobs[i].bytes, before.blobs[i].bytes);
  }
  EXPECT_EQ(values_of<float>(after.blob("bias")), (std::vector<float>{1.5f, 2.5f, 3.5f}));
  EXPECT_EQ(after.value<double>("best"), 0.1);
}

TEST(Container, WithoutTensorsRoundTrips) {
  EXPECT_TRUE(decode(encode(Container{}), "x.ck").blobs.empty());
}

TEST(Container, SameContentGivesSameBytes) { EXPECT_EQ(encode(example()), encode(example())); }

TEST(Container, TensorsLieAtMultiplesOf64) {
  const auto bytes = encode(example());
  const auto text = ByteView(bytes).text();
  const float first = 1.5f;
  const auto place = text.find(std::string_view(reinterpret_cast<const char*>(&first), 4));
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(place % 64, 0u);
}

TEST(Container, TruncationAtAnyLengthIsRefused) {
  const auto bytes = encode(example());
  ASSERT_TRUE(accepted(bytes));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(accepted({bytes.begin(), bytes.begin() + n})) << n;
}

TEST(Container, EveryBitFlipOfTheHeaderIsRefused) {
  auto bytes = encode(example());
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data() + 16, 8);
  for (std::size_t bit = 0; bit < (24 + header + 32) * 8; ++bit) {
    bytes[bit / 8] ^= std::byte(1 << bit % 8);
    EXPECT_FALSE(accepted(bytes)) << bit;
    bytes[bit / 8] ^= std::byte(1 << bit % 8);
  }
  EXPECT_TRUE(accepted(bytes));
}

TEST(Container, TenThousandRandomFlipsAreRefused) {
  auto c = example();
  const std::vector<double> large(400, 3.25);
  c.blobs.push_back(make_blob("large", {400}, large.data()));
  const auto bytes = encode(c);
  std::mt19937_64 random(1);
  int accepted_count = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto damaged = bytes;
    const auto place = random() % damaged.size();
    damaged[place] ^= std::byte(i % 2 ? 1 + random() % 255 : 1 << random() % 8);
    accepted_count += accepted(damaged);
  }
  EXPECT_EQ(accepted_count, 0);
}

TEST(Container, AppendedBytesAreRefused) {
  auto bytes = encode(example());
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(accepted(bytes));
}

TEST(Container, RefusalsSayWhatIsWrong) {
  const auto good = encode(example());
  EXPECT_EQ(refusal({}), "x.ck: the checkpoint is empty (0 bytes)");
  EXPECT_EQ(refusal(std::vector<std::byte>(500)),
            "x.ck: this is no Banach checkpoint (its first bytes are others)");
  EXPECT_EQ(refusal({good.begin(), good.begin() + 40}),
            "x.ck: the checkpoint is cut off after 40 bytes");
  EXPECT_EQ(refusal({good.begin(), good.end() - 1}),
            "x.ck: the checkpoint is cut off or damaged: no end mark after " +
                std::to_string(good.size() - 1) + " bytes");
  auto text_mode = good;
  text_mode.erase(text_mode.begin() + 4);  // \r\n became \n
  EXPECT_EQ(refusal(text_mode),
            "x.ck: the checkpoint was damaged at its start, as by a transfer in text mode");
  auto newer = good;
  newer[8] = std::byte{2};
  EXPECT_EQ(refusal(newer), "x.ck: the checkpoint has format 2, this program reads format 1");
  auto flipped = good;
  flipped[flipped.size() - 60] ^= std::byte{1};
  EXPECT_EQ(refusal(flipped),
            "x.ck: the checkpoint is damaged: its SHA-256 does not match its content");
  auto middle = good;
  middle.erase(middle.begin() + 100);
  EXPECT_EQ(refusal(middle), "x.ck: the checkpoint is damaged: it has " +
                                 std::to_string(good.size() - 1) + " bytes and says " +
                                 std::to_string(good.size()));
}

TEST(Container, AbsentAndMistypedPartsAreNamed) {
  const auto c = example();
  EXPECT_EQ(error_of([&] { c.blob("nothing"); }),
            std::make_pair(65, std::string("checkpoint: no tensor \"nothing\" among its 4")));
  EXPECT_EQ(error_of([&] { values_of<float>(c.blob("weights")); }).second,
            "checkpoint: tensor \"weights\" is F64, expected F32");
  EXPECT_NE(error_of([&] {
              c.value<int>("nothing");
            }).second.find("checkpoint: no usable value \"nothing\": "),
            std::string::npos);
}

TEST(Container, IllFormedContainersAreOurOwnBug) {
  auto twice = example();
  twice.blobs.push_back(twice.blobs.front());
  EXPECT_THROW(encode(twice), std::logic_error);
  auto size = example();
  size.blobs.front().bytes.pop_back();
  EXPECT_THROW(encode(size), std::logic_error);
  auto infinite = example();
  infinite.meta["nested"]["best"] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(encode(infinite), std::logic_error);
}

}  // namespace
}  // namespace banach
