// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <atomic>
#include <cmath>
#include <fstream>

#include "datasets/hdf5_file.hpp"
#include "tests/generators/generators.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::Numbers;
using testing::Scratch;
using testing::text_of;

/// Samples that say which they are, computed out of order by several threads.
class Toy : public Generator {
 public:
  explicit Toy(std::int64_t bad = -1) : bad_(bad) {}
  std::vector<GeneratedAxis> axes() const override {
    return {{"t", {0, 1, 2}, false}, {"x", {0, 0.25, 0.5, 0.75}, true}};
  }
  std::vector<GeneratedVariable> variables() const override {
    return {
        {"a", {}, true, "a number"}, {"f", {"x"}, true, ""}, {"u", {"t", "x"}, false, "u(t, x)"}};
  }
  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    ++calls;
    const double a = stream.uniform(0);
    *out[0] = a;
    for (int i = 0; i < 4; ++i) out[1][i] = a + i;
    for (int i = 0; i < 12; ++i) out[2][i] = a * i;
    if (bad_ >= 0 && a == Stream(0, "toy", static_cast<std::uint64_t>(bad_)).uniform(0))
      out[2][5] = std::nan("");
  }
  mutable std::atomic<int> calls{0};

 private:
  std::int64_t bad_;
};

GenerateOptions options(std::int64_t count, int threads = 1) {
  return {"toy", "rate = 2.0\n", count, 0, NumberType::float64, threads};
}

TEST(GenerateFile, HoldsEverySampleAndSaysWhatItIs) {
  const Scratch scratch;
  EXPECT_EQ(generate_file(Toy(), options(50), scratch / "a.h5"), 50);
  const Hdf5Reader file(scratch / "a.h5");
  EXPECT_EQ(file.members(), (std::vector<std::string>{"a", "f", "t", "u", "x"}));
  EXPECT_EQ(file.shape("a"), Shape{50});
  EXPECT_EQ(file.shape("u"), (Shape{50, 3, 4}));
  const auto a = file.read("a"), u = file.read("u");
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(a[i], Stream(0, "toy", i).uniform(0));
    EXPECT_EQ(u[12 * i + 11], 11 * a[i]);
  }
  EXPECT_EQ(file.read("x"), (Numbers{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(file.number("x", "periodic"), 1);
  EXPECT_FALSE(file.has_attribute("t", "periodic"));
  EXPECT_TRUE(file.has_attribute("u", "DIMENSION_LIST"));
  EXPECT_EQ(file.text("f", "role"), "input");
  EXPECT_EQ(file.text("u", "role"), "output");
  EXPECT_EQ(file.text("u", "doc"), "u(t, x)");
  EXPECT_EQ(file.text("/", "generator"), "toy");
  EXPECT_EQ(file.text("/", "parameters"), "rate = 2.0\n");
  EXPECT_EQ(file.number("/", "samples"), 50);
  EXPECT_EQ(file.number("/", "seed"), 0);
  EXPECT_FALSE(file.has_attribute("/", "done"));
}

TEST(GenerateFile, SameBytesWithAnyNumberOfThreads) {
  const Scratch scratch;
  for (const int threads : {1, 2, 7})
    generate_file(Toy(), options(10000, threads), scratch / std::to_string(threads));
  EXPECT_EQ(text_of(scratch / "1"), text_of(scratch / "2"));
  EXPECT_EQ(text_of(scratch / "1"), text_of(scratch / "7"));
}

TEST(GenerateFile, GoesOnWithWhatWasStopped) {
  const Scratch scratch;
  generate_file(Toy(), options(9000, 2), scratch / "whole");
  const auto stop = [](std::int64_t) { return false; };
  const Toy second;
  const auto first = generate_file(Toy(), options(9000, 2), scratch / "parts", stop);
  EXPECT_GT(first, 0);
  EXPECT_LT(first, 9000);
  EXPECT_FALSE(fs::exists(scratch / "parts"));
  EXPECT_TRUE(fs::exists(scratch / "parts.partial"));
  EXPECT_EQ(generate_file(second, options(9000, 2), scratch / "parts"), 9000);
  EXPECT_EQ(second.calls, 9000 - first);
  EXPECT_EQ(text_of(scratch / "parts"), text_of(scratch / "whole"));
  EXPECT_FALSE(fs::exists(scratch / "parts.partial"));
}

TEST(GenerateFile, BeginsAnewWhereThePartialFileIsAnotherOnlyWhenAsked) {
  const Scratch scratch;
  const auto stop = [](std::int64_t) { return false; };
  auto other = options(9000);
  other.seed = 1;
  generate_file(Toy(), other, scratch / "a", stop);
  const Toy toy;
  auto wanted = options(9000);
  EXPECT_EQ(error_of([&] { generate_file(toy, wanted, scratch / "a"); }),
            std::pair(73, (scratch / "a.partial").string() +
                              ": another file is there: seed: 1 there, 0 wanted; remove it (banach "
                              "generate: --force), or choose another name"));
  std::ofstream(scratch / "b.partial") << "no HDF5";
  EXPECT_EQ(error_of([&] { generate_file(toy, wanted, scratch / "b"); }).first, 73);
  EXPECT_EQ(text_of(scratch / "b.partial"), "no HDF5");
  wanted.replace = true;
  generate_file(toy, wanted, scratch / "a");
  EXPECT_EQ(toy.calls, 9000);
  generate_file(Toy(), wanted, scratch / "b");
  EXPECT_EQ(text_of(scratch / "a"), text_of(scratch / "b"));
}

TEST(GenerateFile, KeepsTheOldFileUntilTheNewOneIsComplete) {
  const Scratch scratch;
  std::ofstream(scratch / "a") << "old";
  auto wanted = options(9000);
  wanted.replace = true;
  generate_file(Toy(), wanted, scratch / "a", [](std::int64_t) { return false; });
  EXPECT_EQ(text_of(scratch / "a"), "old");
  EXPECT_EQ(generate_file(Toy(), wanted, scratch / "a"), 9000);
  EXPECT_NE(text_of(scratch / "a"), "old");
}

TEST(GenerateFile, LeavesTheSameFileAloneAndRefusesAnother) {
  const Scratch scratch;
  const auto path = scratch / "a.h5";
  generate_file(Toy(), options(5), path);
  const Toy toy;
  EXPECT_EQ(generate_file(toy, options(5), path), 5);
  EXPECT_EQ(toy.calls, 0);
  auto other = options(5);
  other.seed = 3;
  EXPECT_EQ(error_of([&] { generate_file(toy, other, path); }),
            std::pair(73, path.string() +
                              ": another file is there: seed: 0 there, 3 wanted; "
                              "remove it (banach generate: --force), or choose another name"));
  std::ofstream(scratch / "b.h5") << "no HDF5";
  EXPECT_EQ(error_of([&] { generate_file(toy, other, scratch / "b.h5"); }).second,
            (scratch / "b.h5").string() +
                ": another file is there: not a file of a generator; "
                "remove it (banach generate: --force), or choose another name");
}

TEST(GenerateFile, LeavesToAnotherProcessWhatThatIsWriting) {
  const Scratch scratch;
  generate_file(Toy(), options(9000), scratch / "a", [](std::int64_t) { return false; });
  const auto partial = scratch / "a.partial";
  const Descriptor other = open_file(partial, O_RDWR);
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  for (const std::int64_t count : {9000, 5000}) {
    auto wanted = options(count);
    wanted.replace = true;
    EXPECT_EQ(error_of([&] { generate_file(Toy(), wanted, scratch / "a"); }),
              std::pair(73, partial.string() + ": another process is writing it"));
  }
  ::flock(other.get(), LOCK_UN);
  EXPECT_EQ(generate_file(Toy(), options(9000), scratch / "a"), 9000);
}

TEST(GenerateFile, NamesTheSampleThatIsNotFiniteAndKeepsThoseBefore) {
  const Scratch scratch;
  const std::string text =
      "generator \"toy\", seed 0, sample 70: u is not finite at position 5 of its 12 numbers";
  EXPECT_EQ(error_of([&] { generate_file(Toy(70), options(100, 3), scratch / "a"); }),
            std::pair(65, text));
  const Toy toy;
  generate_file(toy, options(100), scratch / "a");
  EXPECT_EQ(toy.calls, 30);
}

TEST(GenerateFile, RefusesAFolderThatIsNotThere) {
  const Scratch scratch;
  const auto [code, text] =
      error_of([&] { generate_file(Toy(), options(5), scratch / "no" / "a.h5"); });
  EXPECT_EQ(code, 73);
  EXPECT_EQ(text, "cannot create " + (scratch / "no/a.h5").string() + ": directory " +
                      (scratch / "no").string() + " does not exist; create it first");
}

class Wrong final : public Toy {
 public:
  std::vector<GeneratedVariable> variables() const override { return {{"x", {}, true, ""}}; }
};
class Astray final : public Toy {
 public:
  std::vector<GeneratedVariable> variables() const override { return {{"v", {"y"}, true, ""}}; }
};

TEST(GenerateFile, RefusesAxesAndVariablesThatDoNotFit) {
  const Scratch scratch;
  EXPECT_EQ(
      error_of([&] { generate_file(Wrong(), options(5), scratch / "a"); }),
      std::pair(69, std::string("generator \"toy\": two axes or variables are called \"x\"")));
  EXPECT_EQ(error_of([&] { generate_file(Astray(), options(5), scratch / "a"); }).second,
            "generator \"toy\": variable \"v\" names an axis \"y\" that there is not");
}

TEST(PrepareGenerator, ReadsTheTableAndWritesOutTheDefaults) {
  const auto job =
      testing::prepared("type = \"burgers\"\nsamples = 7\ndtype = \"float64\"\ntime = 2");
  EXPECT_EQ(job.options.count, 7);
  EXPECT_EQ(job.options.type, NumberType::float64);
  EXPECT_EQ(job.file, "burgers.h5");
  EXPECT_NE(job.options.parameters.find("time = 2.0\n"), std::string::npos);
  EXPECT_NE(job.options.parameters.find("viscosity = 0.1\n"), std::string::npos);
}

TEST(PrepareGenerator, RefusesWhatItDoesNotKnow) {
  const auto refused = [](const std::string& text) {
    return error_of([&] { testing::prepared(text); });
  };
  EXPECT_EQ(refused("type = \"burgers\"\nviscositi = 1").second,
            "test.toml:2:1: unknown parameter \"viscositi\"; did you mean \"viscosity\"?");
  EXPECT_EQ(refused("samples = 3").second,
            "test.toml:1:1: generator: \"type\" is required (a generator by its name)");
  EXPECT_EQ(refused("type = \"burger\"").second, "there is no generator \"burger\"");
}

}  // namespace
}  // namespace banach
