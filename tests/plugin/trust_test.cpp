// SPDX-License-Identifier: Apache-2.0
// docs/security.md, sentence by sentence.
#include "core/plugin/trust.hpp"

#include <sys/stat.h>

#include <thread>

#include "core/plugin/user_file.hpp"
#include "core/run/bytes.hpp"
#include "tests/plugin/plugin_test.hpp"

namespace banach {
namespace {

using By = PluginPlace::By;

class TrustTest : public PluginTest {
 protected:
  std::string hash(const Path& file) const { return sha256_hex(std::string_view(read(file))); }
  Path record() const { return folder_ / "state/banach/plugins.json"; }
};

TEST_F(TrustTest, WhatARunBringsIsRefusedUntilThisAccountHasUsedIt) {
  const Path file = copy("good", "toy", "plugins");
  const PluginPlace place(file.parent_path(), By::run, "/runs/x");
  manager_.discover({place});
  ASSERT_FALSE(manager_.refused().empty());
  EXPECT_TRUE(manager_.loaded().empty() || manager_.loaded()[0].path != file);
  EXPECT_EQ(manager_.refused()[0].reason,
            "the run /runs/x brings this plugin along, and this account has never used it; its "
            "code could do whatever you can: if you trust it, pass --plugin-dir " +
                file.parent_path().string() + " or --trust-plugins, once");
  EXPECT_THROW(manager_.find(registry_.problems, "toy"), PluginError);
  EXPECT_THROW(manager_.find(registry_.problems, "any_other"), PluginError);

  ASSERT_TRUE(Consents::add({{file.string(), hash(file), false}}));
  Registry registry;
  PluginManager now(registry);
  now.discover({place});
  EXPECT_EQ(now.loaded()[0].path, file.string());
}

TEST_F(TrustTest, FileThatARunNamesIsRefusedOnlyWhereItIsNeeded) {
  const Path file = copy("good", "toy");
  manager_.discover({PluginPlace(file, By::run, "/runs/x")});
  ASSERT_FALSE(manager_.refused().empty());
  EXPECT_EQ(manager_.refused()[0].path, file.string());
  EXPECT_THROW(manager_.find(registry_.problems, "toy"), PluginError);
}

TEST_F(TrustTest, RefusedFileHidesAnotherOfItsName) {
  const Path brought = copy("good", "toy", "brought"), own = copy("good", "toy", "own");
  setenv("BANACH_PLUGIN_PATH", own.parent_path().c_str(), 1);
  manager_.discover({PluginPlace(brought.parent_path(), By::run, "/runs/x")});
  unsetenv("BANACH_PLUGIN_PATH");
  EXPECT_THROW(manager_.find(registry_.problems, "toy"), PluginError);
}

TEST_F(TrustTest, FolderThatTheUserNamesTooNeedsNoConsent) {
  const Path file = copy("good", "toy", "plugins");
  manager_.discover({PluginPlace(file.parent_path(), By::run, "/runs/x"), file.parent_path()});
  EXPECT_EQ(manager_.loaded()[0].path, file.string());
}

TEST_F(TrustTest, OwnPlaceMayBeRebuiltAndContentMayMove) {
  const Path file = copy("good", "toy");
  ASSERT_TRUE(Consents::add({{"/own.so", "1", true}, {"/theirs.so", hash(file), false}}));
  Consents consents;
  EXPECT_TRUE(consents.has("/own.so", "2"));
  EXPECT_FALSE(consents.has("/theirs.so", "2"));
  EXPECT_TRUE(consents.has("/elsewhere.so", hash(file)));
  EXPECT_FALSE(consents.has("/elsewhere.so", "3"));
}

TEST_F(TrustTest, OnlyWhatIsUsedAndNamedByTheUserIsRemembered) {
  const Path used = copy("good", "toy", "a");
  copy("duplicate", "another", "b");
  const auto use = [&](By by, bool trust) {
    Registry registry;
    PluginManager manager(registry, trust);
    manager.discover({PluginPlace(used.parent_path(), by, (folder_ / "x.toml").string())});
    Diagnostics diagnostics;
    if (const auto* toy = registry.problems.find("toy")) toy->create(Table(), diagnostics);
    manager.remember_used();
    const auto out = read_user_file(record());
    std::filesystem::remove(record());
    return out;
  };
  write("x.toml", "");
  EXPECT_TRUE(use(By::environment, false).is_null());
  EXPECT_TRUE(use(By::run, false).is_null());
  const auto own = use(By::configuration, false);
  EXPECT_EQ(own.size(), 1u);
  EXPECT_EQ(own.at(used.string()).at("own"), true);
  EXPECT_EQ(own.at(used.string()).at("sha256"), nlohmann::json({hash(used)}));
  EXPECT_EQ(use(By::user, false).at(used.string()).at("own"), false);
  EXPECT_EQ(use(By::run, true).at(used.string()).at("own"), false);
}

TEST_F(TrustTest, ConfigurationThatOthersCanWriteNamesNoPlugins) {
  const Path file = copy("good", "toy"), toml = write("x.toml", "");
  const PluginPlace place(folder_, By::configuration, toml.string());
  EXPECT_EQ(Trust().owner_problem(file, place), "");
  chmod(toml.c_str(), 0666);
  EXPECT_EQ(Trust().owner_problem(file, place),
            "its place is named by a configuration that is not safe: the file " + toml.string() +
                " can be written by everybody; mend that, or pass --trust-plugins");
  EXPECT_EQ(Trust(true).owner_problem(file, place), "");
}

TEST_F(TrustTest, RecordThatOthersCouldHaveWrittenIsNone) {
  ASSERT_TRUE(Consents::add({{"/a.so", "1", true}}));
  EXPECT_TRUE(Consents().has("/a.so", "1"));
  chmod(record().c_str(), 0666);
  EXPECT_FALSE(Consents().has("/a.so", "1"));
  chmod(record().c_str(), 0600);
  chmod(record().parent_path().c_str(), 0777);
  EXPECT_FALSE(Consents().has("/a.so", "1"));
  EXPECT_FALSE(Consents::add({{"/b.so", "1", true}}));
  chmod(record().parent_path().c_str(), 0700);
  EXPECT_TRUE(Consents().has("/a.so", "1"));
  const Path real = folder_ / "real.json";
  std::filesystem::rename(record(), real);
  std::filesystem::create_symlink(real, record());
  EXPECT_FALSE(Consents().has("/a.so", "1"));
}

TEST_F(TrustTest, RecordThatCannotBeKeptIsNoError) {
  setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
  EXPECT_FALSE(Consents::add({{"/a.so", "1", true}}));
  EXPECT_FALSE(Consents().has("/a.so", "1"));
}

TEST_F(TrustTest, WritersAtTheSameTimeLoseNothing) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i)
    writers.emplace_back([i] {
      for (int k = 0; k < 10; ++k)
        while (!Consents::add({{"/" + std::to_string(i * 10 + k), "1", true}})) continue;
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(read_user_file(record()).size(), 80u);
}

TEST_F(TrustTest, PlaceOfUserFilesFollowsTheEnvironment) {
  EXPECT_EQ(user_folder("XDG_STATE_HOME", ".local/state"), folder_ / "state/banach");
  setenv("XDG_STATE_HOME", "relative", 1);
  const std::string home = getenv("HOME") ? getenv("HOME") : "";
  setenv("HOME", folder_.c_str(), 1);
  EXPECT_EQ(user_folder("XDG_STATE_HOME", ".local/state"), folder_ / ".local/state/banach");
  unsetenv("HOME");
  EXPECT_EQ(user_folder("XDG_STATE_HOME", ".cache").filename(), "banach");  // the user database
  setenv("HOME", home.c_str(), 1);
}

using PluginsLock = TrustTest;

TEST_F(PluginsLock, RefusesWhatDiffersAndWhatItDoesNotList) {
  const Path file = copy("good", "toy"), lock = folder_ / "plugins.lock";
  write("plugins.lock", hash(file) + "  problem.toy.so\n");
  EXPECT_EQ(reason(file), "");
  const std::string cure =
      "; if this is intended, recreate the lock: sha256sum *.so > plugins.lock";
  EXPECT_EQ(reason(copy("good", "other")), "it is not listed in " + lock.string() + cure);
  const std::string zeros(64, '0');
  write("plugins.lock", zeros + " *./problem.other.so\n");
  EXPECT_EQ(Trust(true).content_problem(folder_ / "problem.other.so", "12", folder_),
            "its SHA-256 is 12, and " + lock.string() + " says " + zeros + cure);
}

TEST_F(PluginsLock, LineThatDoesNotHoldRefusesTheFolder) {
  const Path file = copy("good", "toy");
  for (const std::string line :
       {std::string("nonsense"), hash(file) + " problem.toy.so", hash(file) + "  a/problem.toy.so",
        "\\" + hash(file) + "  problem.toy.so"}) {
    write("plugins.lock", "# a comment\n" + line + "\n");
    EXPECT_NE(Trust().content_problem(file, hash(file), folder_).find("plugins.lock:2: expected"),
              std::string::npos)
        << line;
  }
  std::filesystem::remove(folder_ / "plugins.lock");
  std::filesystem::create_symlink("/nowhere", folder_ / "plugins.lock");
  EXPECT_NE(Trust().content_problem(file, hash(file), folder_), "");
}

}  // namespace
}  // namespace banach
