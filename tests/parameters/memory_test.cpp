// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/memory.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "banach/error.hpp"

namespace banach {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Memory, BytesAreWrittenForPeople) {
  EXPECT_EQ(bytes_text(12), "12 bytes");
  EXPECT_EQ(bytes_text(1.5e6), "1.5 MB");
  EXPECT_EQ(bytes_text(17.2e9), "17.2 GB");
  EXPECT_EQ(bytes_text(3e24), "3.0e+09 PB");
}

TEST(Memory, WhatDoesNotFitIsRefusedWithItsSizeAndARemedy) {
  ASSERT_GT(available_memory(), 0);
  EXPECT_NO_THROW(require_memory(1e6, "a grid", "lower it"));
  const std::string text = memory_shortage(1e18, "a grid of 10 x 10 points", "lower evaluate.grid");
  EXPECT_TRUE(has(text, "a grid of 10 x 10 points needs 1e+03 PB of memory, ")) << text;
  EXPECT_TRUE(has(text, " are free: lower evaluate.grid")) << text;
  EXPECT_THROW(require_memory(1e18, "a grid", "lower it"), ConfigError);
}

TEST(Memory, FailedAllocationsSayHowMuchWasAskedFor) {
  const std::runtime_error cpu(
      "[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried "
      "to allocate 17179869184 bytes. Error code 12");
  const std::runtime_error gpu("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; ...)");
  EXPECT_TRUE(has(*memory_failure(cpu), "out of memory: 17.2 GB were asked for at once, "));
  EXPECT_TRUE(has(*memory_failure(gpu), "; lower the points of [sampling]"));
  EXPECT_TRUE(memory_failure(std::bad_alloc()));
  EXPECT_TRUE(
      memory_failure(std::length_error("cannot create std::vector larger than max_size()")));
  EXPECT_FALSE(memory_failure(std::runtime_error("another thing")));
}

}  // namespace
}  // namespace banach
