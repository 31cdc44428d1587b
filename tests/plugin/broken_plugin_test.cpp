// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include "core/plugin/plugin_files.hpp"
#include "core/plugin/stamp.hpp"
#include "tests/plugin/plugin_test.hpp"

namespace banach {
namespace {

const std::string rebuild = "; rebuild the plugin against this installation";

class BrokenPlugin : public PluginTest {
 protected:
  ~BrokenPlugin() override { EXPECT_TRUE(registry_.entries().empty()); }
};

TEST_F(BrokenPlugin, MissingFile) {
  EXPECT_EQ(reason(folder_ / "problem.missing.so"), "No such file or directory");
}

TEST_F(BrokenPlugin, Directory) {
  std::filesystem::create_directory(folder_ / "problem.folder.so");
  EXPECT_EQ(reason(folder_ / "problem.folder.so"), "not a regular file");
}

TEST_F(BrokenPlugin, PipeIsNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder_ / "problem.pipe.so").c_str(), 0600), 0);
  EXPECT_EQ(reason(folder_ / "problem.pipe.so"), "not a regular file");
}

TEST_F(BrokenPlugin, TextEmptyAndTinyFiles) {
  EXPECT_EQ(reason(write("problem.text.so", "This is not a plugin.\n")), "not a shared library");
  EXPECT_EQ(reason(write("problem.empty.so", "")), "not a shared library");
  const std::string start = read(built("good")).substr(0, 10);
  EXPECT_EQ(reason(write("problem.tiny.so", start)), "truncated: 10 of at least 64 bytes");
}

TEST_F(BrokenPlugin, TruncationAtFourHundredLengthsIsRefused) {
  const std::string whole = read(built("good"));
  for (std::size_t i = 0; i < 400; ++i) {
    const std::string why =
        reason(write("problem.cut.so", whole.substr(0, whole.size() * i / 400)));
    EXPECT_TRUE(why.rfind("truncated: ", 0) == 0 || why == "not a shared library") << i << why;
  }
  const std::string last = whole.substr(0, whole.size() - 1);
  EXPECT_EQ(reason(write("problem.cut.so", last)), "truncated: " + std::to_string(last.size()) +
                                                       " of at least " +
                                                       std::to_string(whole.size()) + " bytes");
}

TEST_F(BrokenPlugin, OtherMachineAndProgram) {
  std::string bytes = read(built("good"));
  bytes[18] = static_cast<char>(bytes[18] ^ 0x55);
  EXPECT_EQ(reason(write("problem.machine.so", bytes)), "built for another machine");
  bytes = read(built("good"));
  bytes[16] = 1;  // ET_REL, an object file
  EXPECT_EQ(reason(write("problem.object.so", bytes)), "not a shared library");
}

TEST_F(BrokenPlugin, OffsetsThatOverflowAreTruncation) {
  std::string bytes = read(built("good"));
  for (int i = 40; i < 48; ++i) bytes[i] = '\xff';  // e_shoff
  EXPECT_EQ(reason(write("problem.overflow.so", bytes)).rfind("truncated: ", 0), 0u);
}

TEST_F(BrokenPlugin, OtherSharedLibraryIsNeverOpened) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const auto name = line.find('/');
    if (line.find("/libm.so") == std::string::npos) continue;
    EXPECT_EQ(reason(std::filesystem::canonical(line.substr(name))),
              "a shared library, but not a banach plugin");
    return;
  }
  FAIL() << "libm is not loaded";
}

TEST_F(BrokenPlugin, OtherApiIsRefusedBeforeItsCodeRuns) {
  EXPECT_EQ(reason(built("other_api")),
            "incompatible build: it has api=99, this installation has api=3" + rebuild);
  EXPECT_EQ(getenv("BANACH_TEST_OTHER_API_RAN"), nullptr);
}

TEST_F(BrokenPlugin, OtherLibTorchIsRefusedBeforeItsCodeRuns) {
  EXPECT_EQ(reason(built("other_torch")),
            "incompatible build: it has torch=0.4.1, this installation has torch=" +
                std::string(engine_torch_version()) + rebuild);
  EXPECT_EQ(getenv("BANACH_TEST_OTHER_TORCH_RAN"), nullptr);
}

TEST_F(BrokenPlugin, DescriptorsThatDoNotFit) {
  EXPECT_EQ(reason(built("wrong_size")), "its descriptor has 8 bytes instead of 48" + rebuild);
  EXPECT_EQ(reason(built("incomplete")),
            "its descriptor is incomplete; export it with BANACH_PLUGIN");
  EXPECT_EQ(reason(built("no_symbol")),
            "it exports no banach_plugin; end it with BANACH_PLUGIN(...)");
}

TEST_F(BrokenPlugin, UndefinedSymbolIsNamed) {
  EXPECT_EQ(reason(built("undefined_symbol")),
            "the dynamic loader refuses it: undefined symbol: _Z28function_that_exists_nowherev");
}

TEST_F(BrokenPlugin, FailingEnrolmentLeavesNothingBehind) {
  EXPECT_EQ(reason(built("throws_std")), "its enrolment failed: no licence found");
  EXPECT_EQ(reason(built("throws_int")),
            "its enrolment failed with an exception of an unknown type");
  EXPECT_EQ(reason(built("nothing")), "it enrols nothing");
  EXPECT_EQ(reason(built("twice")),
            "problem \"same\" of plugin twice is already provided by plugin "
            "twice (" +
                built("twice").string() + ")");
  EXPECT_TRUE(manager_.loaded().empty());
}

TEST_F(BrokenPlugin, LibraryWithoutDescriptorIsRefusedBeforeItsCodeRuns) {
  EXPECT_EQ(reason(built("no_symbol_runs")),
            "it exports no banach_plugin; end it with BANACH_PLUGIN(...)");
  EXPECT_EQ(getenv("BANACH_TEST_NO_SYMBOL_RAN"), nullptr);
}

TEST_F(BrokenPlugin, WhatWouldEndTheProcessEndsAChild) {
  PluginFiles::instance().patience(std::chrono::milliseconds(300));
  const auto expect = [&](const char* plugin, const std::string& why) {
    const Path file = copy(plugin);
    EXPECT_EQ(reason(file), why + "; to try it again: banach plugins check " + file.string());
  };
  expect("throwing_initialiser", "a static initialiser threw: thrown by a static initialiser");
  expect("segfaults", "it crashes when it is loaded: SIGSEGV");
  expect("aborts_enrolling", "it crashes when it is loaded: SIGABRT");
  expect("exits", "it ends the process with exit code 0 when it is loaded");
  expect("hangs", "loading it takes longer than 0.3 seconds");
  PluginFiles::instance().patience(std::chrono::seconds(10));
}

TEST_F(BrokenPlugin, ParametersOfOneNameAreRefused) {
  const Path file = copy("two_parameters");
  EXPECT_EQ(reason(file), "problem \"twice\" of plugin two_parameters (" + file.string() +
                              ") has two parameters that are called \"rate\"");
}

}  // namespace
}  // namespace banach
