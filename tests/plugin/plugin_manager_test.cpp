// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugin_manager.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "banach/problem.hpp"
#include "tests/plugin/plugin_test.hpp"

namespace banach {
namespace {

using Plugins = PluginTest;

template <class Error, class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no such error";
}

TEST_F(Plugins, GoodPluginIsLoadedOnceAndBuildsItsProblem) {
  manager_.load(built("good"));
  manager_.load(built("good"));
  EXPECT_STREQ(getenv("BANACH_TEST_GOOD_RAN"), "1");
  ASSERT_EQ(manager_.loaded().size(), 1u);
  EXPECT_EQ(manager_.loaded()[0].plugin, "good");
  EXPECT_EQ(manager_.loaded()[0].version, "1.2.3");
  ASSERT_EQ(registry_.entries().size(), 1u);
  const EntryInfo entry = registry_.entries()[0];
  EXPECT_EQ(entry.kind + " " + entry.name + " " + entry.doc, "problem toy exponential decay");
  EXPECT_EQ(entry.origin.path, built("good").string());
  ASSERT_EQ(entry.parameters.size(), 1u);
  EXPECT_EQ(entry.parameters[0].rule, "> 0");

  Diagnostics diagnostics;
  const auto problem = registry_.problems.find("toy")->create(Table(), diagnostics);
  ASSERT_NE(problem, nullptr);
  EXPECT_EQ(problem->unknowns(), Unknowns{"y"});
}

TEST_F(Plugins, SectionHeadersAreNotNeeded) {
  std::string bytes = read(built("good"));
  for (int i = 40; i < 48; ++i) bytes[i] = 0;  // e_shoff
  for (int i = 60; i < 64; ++i) bytes[i] = 0;  // e_shnum, e_shstrndx
  EXPECT_EQ(reason(write("problem.stripped.so", bytes)), "");
}

TEST_F(Plugins, CreateReportsBadParametersAndBuildsNothing) {
  manager_.load(built("good"));
  Table table;
  table.path = "problem";
  table.set("rate", Value(-1.0));
  Diagnostics diagnostics;
  EXPECT_EQ(registry_.problems.find("toy")->create(table, diagnostics), nullptr);
  ASSERT_EQ(diagnostics.lines().size(), 1u);
  EXPECT_NE(diagnostics.lines()[0].find("problem.rate"), std::string::npos);
}

TEST_F(Plugins, DuplicateNamesNameBothFilesAndEnrolNothing) {
  manager_.load(built("good"));
  EXPECT_EQ(reason(built("duplicate")),
            "problem \"toy\" of plugin duplicate is already provided by plugin good (" +
                built("good").string() + ")");
  EXPECT_EQ(registry_.problems.names(), std::vector<std::string>{"toy"});
}

TEST_F(Plugins, ScanLooksAtPluginNamesOnlyAndKeepsGoing) {
  copy("good", "zeta");
  const Path refused = copy("throws_std", "alpha");
  write("libthrowing.so", read(built("throwing_initialiser")));
  write("gadget.toy.so", read(built("throwing_initialiser")));
  write("problem.toy.txt", "notes");
  manager_.scan({folder_, folder_});
  ASSERT_EQ(manager_.loaded().size(), 1u);
  ASSERT_EQ(manager_.refused().size(), 1u);
  EXPECT_EQ(manager_.refused()[0].path, refused.string());
  EXPECT_EQ(manager_.refused()[0].reason, "its enrolment failed: no licence found");
  EXPECT_EQ(manager_.searched(), std::vector<Path>{folder_});
}

TEST_F(Plugins, SameFileNameFurtherDownTheSearchPathIsHidden) {
  const Path first = copy("good", "toy", "first"), second = copy("good", "toy", "second");
  manager_.scan({first.parent_path(), second.parent_path()});
  ASSERT_EQ(manager_.refused().size(), 1u);
  EXPECT_EQ(manager_.refused()[0].path, second.string());
  EXPECT_EQ(manager_.refused()[0].reason,
            "hidden by " + first.string() + ", which comes first on the search path");
}

TEST_F(Plugins, SymbolicLinksToOneFileAreOnePlugin) {
  const Path real = copy("good", "toy");
  std::filesystem::create_symlink(real, folder_ / "problem.link.so");
  std::filesystem::create_symlink(folder_ / "nowhere", folder_ / "problem.dangling.so");
  manager_.scan({folder_});
  EXPECT_EQ(manager_.loaded().size(), 1u);
  ASSERT_EQ(manager_.refused().size(), 1u);
  EXPECT_EQ(manager_.refused()[0].reason, "No such file or directory");
}

TEST_F(Plugins, UnknownNameSaysWhatIsKnownAndWhereWasSearched) {
  copy("good", "toy");
  manager_.scan({folder_});
  EXPECT_EQ(&manager_.find(registry_.problems, "toy"), registry_.problems.find("toy"));
  const Source source{std::make_shared<std::string>("toy.toml"), 2, 8};
  EXPECT_EQ(error_of<ConfigError>([&] { manager_.find(registry_.problems, "toi", source); }),
            "toy.toml:2:8: unknown problem \"toi\"; did you mean \"toy\"?; known: toy; "
            "plugins searched in: " +
                folder_.string());
  EXPECT_EQ(error_of<ConfigError>([&] { manager_.find(registry_.samplers, "uniform"); }),
            "unknown sampler \"uniform\"; none is known; plugins searched in: " + folder_.string());
}

TEST_F(Plugins, NameThatOnlyARefusedPluginHasIsAPluginError) {
  const Path file = copy("throws_std", "wave");
  manager_.scan({folder_});
  EXPECT_EQ(error_of<PluginError>([&] { manager_.find(registry_.problems, "wave"); }),
            "problem \"wave\": its plugin was refused: " + file.string() +
                ": its enrolment failed: no licence found");
  EXPECT_THROW(manager_.find(registry_.samplers, "wave"), ConfigError);
}

TEST_F(Plugins, WritableByEverybodyIsRefusedUnlessTrusted) {
  const Path file = copy("good", "toy", "inner");
  const auto refusal = [&](const char* what, const Path& path, mode_t mode) {
    chmod(path.c_str(), mode);
    EXPECT_EQ(reason(file), std::string("the ") + what + " " + path.string() +
                                " can be written by everybody; mend that, or pass --trust-plugins");
    chmod(path.c_str(), 0755);
  };
  refusal("file", file, 0666);
  refusal("folder", file.parent_path(), 0777);
  refusal("folder", file.parent_path(), 01777);
  refusal("folder", folder_, 0777);
  chmod(file.c_str(), 0666);
  manager_.trust(true);
  EXPECT_EQ(reason(file), "");
}

TEST_F(Plugins, StickyFolderFurtherUpIsHarmless) {
  const Path file = copy("good", "toy", "inner");
  chmod(folder_.c_str(), 01777);
  EXPECT_EQ(reason(file), "");
}

TEST_F(Plugins, FileOfAnotherUserIsRefusedUnlessTrusted) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const Path file = copy("good", "toy");
  ASSERT_EQ(chown(file.c_str(), 54321, 54321), 0);
  EXPECT_EQ(reason(file), "the file " + file.string() +
                              " belongs to user 54321, who is neither root nor you; mend that, or "
                              "pass --trust-plugins");
  manager_.trust(true);
  EXPECT_EQ(reason(file), "");
}

class SearchPath : public PluginTest {
 protected:
  ~SearchPath() override { unsetenv("BANACH_PLUGIN_PATH"); }
};

TEST_F(SearchPath, ExplicitFoldersThenEnvironmentThenTheInstallation) {
  for (const char* name : {"explicit", "one", "two"})
    std::filesystem::create_directory(folder_ / name);
  const std::string base = folder_.string();
  setenv("BANACH_PLUGIN_PATH", (base + "/two::" + base + "/gone:" + base + "/one").c_str(), 1);
  const auto path = PluginManager::search_path({folder_ / "explicit", folder_ / "two"});
  ASSERT_GE(path.size(), 3u);
  EXPECT_EQ(path[0], folder_ / "explicit");
  EXPECT_EQ(path[1], folder_ / "two");
  EXPECT_EQ(path[2], folder_ / "one");
  const Path program = std::filesystem::read_symlink("/proc/self/exe");
  const Path installed = program.parent_path().parent_path() / "lib/banach/plugins";
  if (std::filesystem::exists(installed)) {
    ASSERT_EQ(path.size(), 4u);
    EXPECT_EQ(path[3], installed);
  }
}

TEST_F(SearchPath, NeverTheWorkingDirectory) {
  copy("good", "toy");
  const Path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  setenv("BANACH_PLUGIN_PATH", ":", 1);
  for (const auto& directory : PluginManager::search_path()) EXPECT_NE(directory, folder_);
  setenv("BANACH_PLUGIN_PATH", ".", 1);
  EXPECT_EQ(error_of<ConfigError>([] { PluginManager::search_path(); }),
            "BANACH_PLUGIN_PATH: \".\" is relative; only absolute folders are searched");
  std::filesystem::current_path(before);
}

TEST_F(SearchPath, MissingExplicitFolderIsAnError) {
  EXPECT_EQ(error_of<ConfigError>([] { PluginManager::search_path({"/nowhere/at/all"}); }),
            "plugin folder /nowhere/at/all does not exist");
}

TEST_F(SearchPath, ExplicitFileMustLoadWhereAFolderMayHoldRefusedOnes) {
  const Path bad = copy("throws_std", "bad");
  manager_.discover({folder_});
  EXPECT_EQ(manager_.refused()[0].path, bad.string());
  EXPECT_EQ(error_of<PluginError>([&] { manager_.discover({bad}); }),
            bad.string() + ": its enrolment failed: no licence found");
}

}  // namespace
}  // namespace banach
