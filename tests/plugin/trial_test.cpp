// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/trial.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "core/plugin/floating_point.hpp"
#include "core/plugin/plugin_files.hpp"
#include "tests/apps/command.hpp"
#include "tests/plugin/plugin_test.hpp"

namespace banach {
namespace {

class Trials : public PluginTest {
 protected:
  std::vector<Path> all(const std::vector<std::string>& names) const {
    std::vector<Path> out;
    for (const auto& name : names) out.push_back(built(name));
    return out;
  }
  /// One unused good plugin among these does not stop a search.
  void scan_beside(const std::string& bad) {
    copy(bad, "a_bad");
    copy("good", "toy");
    manager_.scan({folder_});
  }
};

TEST_F(Trials, EveryFileIsTriedWhateverBecomesOfTheOthers) {
  const auto found = try_plugins(all({"good", "segfaults", "duplicate", "exits",
                                      "throwing_initialiser", "undefined_symbol", "hangs", "good"}),
                                 std::chrono::milliseconds(300));
  ASSERT_EQ(found.size(), 8u);
  for (const std::size_t good : {0, 2, 7}) {
    EXPECT_EQ(found[good].problem, "");
    EXPECT_TRUE(found[good].lasting);
  }
  EXPECT_NE(found[0].report.find("plugin good 1.2.3, built with "), std::string::npos);
  EXPECT_NE(found[0].report.find("enrols problem toy: exponential decay"), std::string::npos);
  EXPECT_EQ(found[1].problem, "it crashes when it is loaded: SIGSEGV");
  EXPECT_EQ(found[3].problem, "it ends the process with exit code 0 when it is loaded");
  EXPECT_EQ(found[4].problem, "a static initialiser threw: thrown by a static initialiser");
  EXPECT_NE(found[5].problem.find("undefined symbol"), std::string::npos);
  EXPECT_FALSE(found[5].lasting) << "another library may bring it";
  EXPECT_EQ(found[6].problem, "loading it takes longer than 0.3 seconds");
}

TEST_F(Trials, UnusedBadPluginIsRefusedByNameAndTheOthersLoad) {
  scan_beside("segfaults");
  ASSERT_EQ(manager_.loaded().size(), 1u);
  ASSERT_EQ(manager_.refused().size(), 1u);
  EXPECT_EQ(manager_.refused()[0].path, (folder_ / "problem.a_bad.so").string());
  EXPECT_EQ(manager_.refused()[0].reason.rfind("it crashes when it is loaded: SIGSEGV", 0), 0u);
}

TEST_F(Trials, NoExitHandlerOfThisProcessRunsInTheChild) {
  static Path trace;
  trace = folder_ / "trace";
  std::atexit([] { std::ofstream(trace) << "ran"; });
  try_plugins({built("exits")});
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(Trials, VerdictsAreKeptUntilTheFileChanges) {
  const Path file = copy("segfaults", "toy"), cache = folder_ / "cache/banach/plugins.json";
  EXPECT_NE(reason(file), "");
  struct stat info {};
  ASSERT_EQ(stat(cache.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(cache.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_NE(read(cache).find("it crashes when it is loaded: SIGSEGV"), std::string::npos);
  copy("good", "toy");
  EXPECT_EQ(reason(file), "");
}

TEST_F(Trials, CacheThatIsNoneCostsATrialOnly) {
  const Path cache = folder_ / "cache/banach/plugins.json";
  std::filesystem::create_directories(cache.parent_path());
  chmod(cache.parent_path().c_str(), 0700);
  int number = 0;
  for (const char* text : {"", "[]", "{\"a\"", "{\"x\": 1}"}) {
    std::ofstream(cache) << text;
    Registry registry;
    PluginManager manager(registry);
    manager.load(copy("good", "toy" + std::to_string(++number)));
    EXPECT_EQ(manager.loaded().size(), 1u) << text;
  }
  std::filesystem::remove(cache);
  std::filesystem::create_directories(cache);
  EXPECT_EQ(reason(copy("good", "toy")), "");
}

std::vector<std::filesystem::path> flip_bits(const std::string& whole,
                                             const std::filesystem::path& folder,
                                             std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<std::filesystem::path> mutants;
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes = whole;
    for (std::size_t bits = 1 + random() % 8; bits > 0; --bits)
      bytes[random() % bytes.size()] ^= static_cast<char>(1u << random() % 8);
    const auto mutant = folder / std::to_string(i) / "problem.heat.so";
    std::filesystem::create_directory(mutant.parent_path());
    std::ofstream(mutant, std::ios::binary) << bytes;
    mutants.push_back(mutant);
  }
  return mutants;
}

/// Whether a process that loads the file lives on to its usual end.
bool survives(const std::filesystem::path& file) {
  const pid_t child = fork();
  if (child == 0) {
    {
      Registry registry;
      PluginManager manager(registry);
      manager.scan({file.parent_path()});
      registry.entries();
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(Trials, FlippedBitsOfAShippedPluginNeverEndTheProcess) {
  const char* asked = getenv("BANACH_TEST_MUTANTS");
  const std::size_t count = asked ? std::stoul(asked) : 300;
  const Path shipped = testing::build_folder() / "lib/banach/plugins/problem.heat.so";
  const auto mutants = flip_bits(read(shipped), folder_, count);
  auto& files = PluginFiles::instance();
  files.patience(std::chrono::seconds(1));
  files.try_all(mutants);
  files.patience(std::chrono::seconds(10));
  std::size_t fatal = 0, refused = 0;
  for (const auto& mutant : mutants) {
    const PluginFile file = files.look_at(mutant);
    refused += !file.problem.empty();
    fatal += file.tried && !file.problem.empty();
  }
  EXPECT_GT(fatal, count / 100) << "nothing that would have ended this process";
  EXPECT_LT(refused, count);
  std::size_t deaths = 0;
  for (const auto& mutant : mutants) deaths += !survives(mutant);
  EXPECT_LE(deaths, count / 100) << "damage may depend on what lies where";
  std::printf(
      "%zu mutants, %zu refused, %zu of them end a process; %zu do so although they passed\n",
      count, refused, fatal, deaths);
}

class FloatingPointControl : public PluginTest {};

TEST_F(FloatingPointControl, IsAsBeforeAfterPluginsThatChangeIt) {
  const auto before = floating_point();
  for (const char* name : {"rounds_to_zero", "rounds_enrolling"}) {
    Registry registry;
    PluginManager manager(registry);
    const Path file = copy(name);
    manager.load(file);
    EXPECT_EQ(floating_point(), before) << name;
    ASSERT_EQ(manager.notices().size(), 1u) << name;
    EXPECT_EQ(manager.notices()[0].rfind(file.string() + ": loading this plugin changed", 0), 0u);
  }
}

TEST_F(FloatingPointControl, TinyNumbersStayBesideAPluginLinkedWithFastMath) {
  manager_.load(copy("fast_math"));
  volatile double tiny = 1e-308;
  EXPECT_GT(tiny / 16, 0.0);
  EXPECT_LE(manager_.notices().size(), 1u);  // newer compilers leave the start-up code out
}

TEST_F(FloatingPointControl, GuardRestoresAndTells) {
  const auto before = floating_point();
  {
    FloatingPointGuard guard;
    auto other = before;
    other.vector ^= 1u << 15;  // flush to zero on x86, and a bit of FPCR
    set_floating_point(other);
    EXPECT_NE(floating_point(), before);
    EXPECT_TRUE(guard.restore());
    EXPECT_FALSE(guard.restore());
  }
  EXPECT_EQ(floating_point(), before);
}

}  // namespace
}  // namespace banach
