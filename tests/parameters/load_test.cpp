// SPDX-License-Identifier: Apache-2.0
// Files that extend files, and overrides.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/parameters/toml.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

class Load : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "banach-load-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static std::string text(const std::string& path, const std::vector<std::string>& overrides = {}) {
    return to_text(Value(load_configuration(path, overrides)));
  }
  template <class E>
  static std::string error(const std::string& path, Exit code) {
    try {
      load_configuration(path);
    } catch (const E& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_;
};

TEST_F(Load, DataAreNoConfiguration) {
  const auto hdf5 = write("u.h5", "\x89HDF\r\n\x1a\n and more");
  EXPECT_EQ(
      error<ConfigError>(hdf5, Exit::config),
      hdf5 + ":1:1: an HDF5 file, not a configuration; banach data suggest writes one for it");
  const auto csv = write("u.csv", "x,u\n0,1\n");
  const auto said = error<ConfigError>(csv, Exit::config);
  EXPECT_NE(said.find("; a configuration is a file of TOML (name.toml), data are named in it"),
            std::string::npos)
      << said;
  const auto toml = write("u.toml", "x,u\n0,1\n");
  EXPECT_EQ(error<ConfigError>(toml, Exit::config).find("data are named"), std::string::npos);
}

TEST_F(Load, TheExtendingFileWinsKeyByKey) {
  write("base/heat.toml",
        "name = \"base\"\nseed = 1\n[problem]\ntype = \"heat\"\na = { x = 1, y = 2 }\n"
        "[[stage]]\nlr = 1\n[[stage]]\nlr = 2\n");
  const auto top = write("top.toml",
                         "extends = \"base/heat.toml\"\nname = \"top\"\nnew = true\n"
                         "[problem]\na.x = 3\nb = 4\n[[stage]]\nlr = 5\n");
  EXPECT_EQ(
      text(top),
      "{ name = \"top\", seed = 1, problem = { type = \"heat\", a = { x = 3, y = 2 }, b = 4 }, "
      "stage = [{ lr = 5 }], new = true }");
  const Table table = load_configuration(top);
  EXPECT_EQ(to_text(table.find("seed")->source), path("base/heat.toml") + ":2:8");
  EXPECT_EQ(to_text(table.find("name")->source), top + ":2:8");
  EXPECT_EQ(to_text(table.find("problem")->get<Table>()->source), top + ":4:1");
}

TEST_F(Load, ChainsAreFollowedFromFileToFile) {
  write("a/one.toml", "x = 1\ny = 1\nz = 1\n");
  write("a/b/two.toml", "extends = \"../one.toml\"\ny = 2\nz = 2\n");
  EXPECT_EQ(text(write("three.toml", "z = 3\nextends = \"a/b/two.toml\"\n")),
            "{ x = 1, y = 2, z = 3 }");
}

TEST_F(Load, ATableAndAValueReplaceEachOther) {
  write("base.toml", "a = 1\n[b]\nc = 1\n");
  EXPECT_EQ(text(write("top.toml", "extends = \"base.toml\"\nb = 2\n[a]\nd = 1\n")),
            "{ a = { d = 1 }, b = 2 }");
}

TEST_F(Load, CirclesAreRefusedWithTheWholeWay) {
  write("one.toml", "extends = \"two.toml\"\n");
  write("two.toml", "x = 1\nextends = \"./three.toml\"\n");
  write("three.toml", "extends = \"../" + folder_.filename().string() + "/one.toml\"\n");
  EXPECT_EQ(error<ConfigError>(path("one.toml"), Exit::config),
            path("three.toml") + ":1:11: extends \"../" + folder_.filename().string() +
                "/one.toml\" closes a circle: one.toml -> two.toml -> three.toml -> one.toml");
  const auto self = write("self.toml", "extends = \"self.toml\"");
  EXPECT_EQ(error<ConfigError>(self, Exit::config),
            self + ":1:11: extends \"self.toml\" closes a circle: self.toml -> self.toml");
}

TEST_F(Load, ExtendsMustBeText) {
  const auto top = write("top.toml", "extends = [\"a.toml\"]\n");
  EXPECT_EQ(error<ConfigError>(top, Exit::config), top + ":1:11: extends: expected text, got list");
}

TEST_F(Load, MissingFilesAreNamed) {
  EXPECT_EQ(error<DataError>(path("none.toml"), Exit::no_input),
            path("none.toml") + ": cannot be read (No such file or directory)");
  EXPECT_EQ(error<DataError>(folder_.string(), Exit::no_input),
            folder_.string() + ": this is a directory, not a file");
  const auto top = write("top.toml", "x = 1\nextends = \"none.toml\"\n");
  EXPECT_EQ(error<DataError>(top, Exit::no_input),
            top + ":2:11: extends: " + path("none.toml") +
                ": cannot be read (No such file or directory)");
}

TEST_F(Load, EndlessDevicesAreRefused) {
  EXPECT_EQ(error<DataError>("/dev/zero", Exit::no_input),
            "/dev/zero: this is a device, not a file");
}

TEST_F(Load, ErrorsOfABaseFileNameTheBaseFile) {
  write("base.toml", "a = 1\na = 2\n");
  const auto top = write("top.toml", "extends = \"base.toml\"\n");
  EXPECT_EQ(error<ConfigError>(top, Exit::config),
            path("base.toml") + ":2:5: in key-value pair: cannot redefine existing integer 'a'");
}

TEST_F(Load, PathsAreRelativeToTheFileThatSaysThem) {
  write("base/base.toml", "data = \"x.h5\"\nout = \"/abs\"\n");
  const auto top = write("top.toml", "extends = \"base/base.toml\"\nmine = \"../y.h5\"\n");
  const Table table = load_configuration(top, {"given=z.h5"});
  EXPECT_EQ(resolve_path(*table.find("data")), path("base/x.h5"));
  EXPECT_EQ(resolve_path(*table.find("out")), "/abs");
  EXPECT_EQ(resolve_path(*table.find("mine")), (folder_.parent_path() / "y.h5").string());
  EXPECT_EQ(resolve_path(*table.find("given")), "z.h5");
}

TEST_F(Load, OverridesApplyInOrderAboveTheFile) {
  const auto file = write("heat.toml", "seed = 1\n[problem]\ntype = \"x\"\n");
  EXPECT_EQ(text(file, {"seed=2", "problem.type=heat", "seed=3", "problem.hard=true"}),
            "{ seed = 3, problem = { type = \"heat\", hard = true } }");
}

}  // namespace
}  // namespace banach
