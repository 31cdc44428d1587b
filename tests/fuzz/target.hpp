// SPDX-License-Identifier: Apache-2.0
// A fuzz target is one function of bytes, which libFuzzer or mutants.cpp calls. What it finds wrong
// ends the process; everything that a user could have caused is an Error of the project.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Says what is wrong and aborts.
[[noreturn]] void defect(const std::string& what);

/// A file that holds nothing but the bytes of the last call; lives in memory where it can.
std::string file_with(const std::string& bytes);
