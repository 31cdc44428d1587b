// SPDX-License-Identifier: Apache-2.0
#include "core/training/process_state.hpp"

#include <gtest/gtest.h>
#include <xmmintrin.h>

#include <cfenv>
#include <nlohmann/json.hpp>

namespace banach {
namespace {

TEST(ProcessState, NamesWhatLastBitsDependOn) {
  const auto now = process_state();
  EXPECT_EQ(now.at("rounding"), "to nearest");
  EXPECT_EQ(now.at("flush_to_zero"), false);
  EXPECT_GE(now.at("threads"), 1);
  const std::string set = now.at("instruction_set");
  EXPECT_TRUE(set == "baseline" || set == "avx2" || set == "avx512") << set;
}

TEST(ProcessState, SeesRoundingAndFlushing) {
  std::fesetround(FE_UPWARD);
  EXPECT_EQ(process_state().at("rounding"), "upward");
  std::fesetround(FE_TONEAREST);
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8000);
  EXPECT_EQ(process_state().at("flush_to_zero"), true);
  _mm_setcsr(before);
}

TEST(ProcessState, DifferencesAreOneSentence) {
  const auto now = process_state();
  EXPECT_EQ(process_changes(now, now), "");
  EXPECT_EQ(process_changes(nlohmann::json::object(), now), "");  // of an older program
  EXPECT_EQ(process_changes(nlohmann::json::array(), now), "");
  auto other = now;
  other["instruction_set"] = "another";
  other["rounding"] = 7;
  EXPECT_EQ(process_changes(other, now),
            "the run was computed otherwise (instruction set another -> " +
                now.at("instruction_set").get<std::string>() +
                ", rounding 7 -> to nearest): its further steps may round differently");
}

}  // namespace
}  // namespace banach
