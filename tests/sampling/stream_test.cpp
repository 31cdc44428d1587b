// SPDX-License-Identifier: Apache-2.0
#include "banach/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/sampling/philox.hpp"

namespace banach {
namespace {

using Block = std::array<std::uint32_t, 4>;

// kat_vectors of Random123 (D. E. Shaw Research), philox4x32 with 10 rounds.
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, ValuesDoNotDependOnTheOrderOfCalls) {
  const Stream stream(7, "interior", 12);
  std::vector<std::uint64_t> forward, backward;
  for (std::uint64_t i = 0; i < 101; ++i) forward.push_back(stream.bits(i));
  for (std::uint64_t i = 101; i-- > 0;) backward.push_back(Stream(7, "interior", 12).bits(i));
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(forward, backward);
}

TEST(Stream, BulkCallsEqualSingleOnes) {
  const Stream stream(3, "a");
  for (const std::int64_t n : {0, 1, 2, 7, 64}) {
    std::vector<double> uniform(n + 1, -1), normal(n + 1, -1);
    stream.uniform(n, uniform.data());
    stream.normal(n, normal.data());
    for (std::int64_t i = 0; i < n; ++i) {
      EXPECT_EQ(uniform[i], stream.uniform(i));
      EXPECT_EQ(normal[i], stream.normal(i));
    }
    EXPECT_EQ(uniform[n], -1);
    EXPECT_EQ(normal[n], -1);
  }
}

TEST(Stream, EveryKeyGivesOtherNumbers) {
  std::vector<std::uint64_t> bits;
  for (const std::uint64_t seed : {0, 1, 2})
    for (const char* name : {"", "a", "b", "ab"})
      for (const std::uint64_t step : {0ull, 1ull, 1ull << 32}) {
        const Stream stream(seed, name, step);
        for (const Stream& s : {stream, stream.child(0), stream.child(1), stream.child(0).child(0)})
          for (const std::uint64_t index : {0ull, 1ull, 2ull, 1ull << 33})
            bits.push_back(s.bits(index));
      }
  std::sort(bits.begin(), bits.end());
  EXPECT_EQ(std::adjacent_find(bits.begin(), bits.end()), bits.end());
}

// Chi-square of 255 degrees of freedom: mean 255, deviation 22.6; the bounds are 5 deviations away.
TEST(Stream, BytesAndBitPairsAcrossStepsAreUniform) {
  std::vector<double> bytes(256), steps(256);
  constexpr int n = 1 << 16;
  const Stream stream(1, "chi");
  for (int i = 0; i < n; ++i) {
    ++bytes[static_cast<std::size_t>(stream.uniform(i) * 256)];
    const auto first = static_cast<std::size_t>(Stream(1, "chi", i).uniform(0) * 16);
    const auto next = static_cast<std::size_t>(Stream(1, "chi", i + 1).uniform(0) * 16);
    ++steps[16 * first + next];
  }
  for (const auto* counts : {&bytes, &steps}) {
    double chi = 0;
    for (const double count : *counts)
      chi += (count - n / 256.0) * (count - n / 256.0) / (n / 256.0);
    EXPECT_GT(chi, 255 - 5 * 22.6);
    EXPECT_LT(chi, 255 + 5 * 22.6);
  }
}

TEST(Stream, NormalHasTheMomentsOfANormal) {
  constexpr int n = 200000;
  const Stream stream(5, "normal");
  double m1 = 0, m2 = 0, m4 = 0, neighbours = 0, tail = 0;
  for (int i = 0; i < n; ++i) {
    const double x = stream.normal(i);
    m1 += x / n, m2 += x * x / n, m4 += x * x * x * x / n;
    neighbours += x * stream.normal(i ^ 1) / n;
    tail += (std::abs(x) > 3) / double(n);
  }
  EXPECT_NEAR(m1, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(m2, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(m4, 3, 5 * std::sqrt(96.0 / n));
  EXPECT_NEAR(neighbours, 0, 10 / std::sqrt(n));
  EXPECT_NEAR(tail, 0.0026998, 5 * std::sqrt(0.0027 / n));
}

TEST(Stream, PermutationsAreCompleteAndUniform) {
  auto order = Stream(2, "p").permutation(1000);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 1000; ++i) EXPECT_EQ(order[i], i);

  std::map<std::vector<std::int64_t>, int> counts;
  for (int step = 0; step < 24000; ++step) ++counts[Stream(2, "p", step).permutation(4)];
  ASSERT_EQ(counts.size(), 24u);
  for (const auto& [permutation, count] : counts) EXPECT_NEAR(count, 1000, 5 * std::sqrt(1000.0));
}

TEST(Stream, NumbersStayTheSameBetweenVersions) {
  // Checkpoints of older versions resume bit-exactly only while these hold.
  const Stream stream(42, "interior", 7);
  EXPECT_EQ(stream.bits(0), 0x7f1caa99c13400c0ull);
  EXPECT_EQ(stream.bits(3), 0x8f50417df1046959ull);
  EXPECT_EQ(stream.child(5).bits(0), 0xda0237f3588a6329ull);
}

}  // namespace
}  // namespace banach
