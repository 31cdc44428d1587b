// SPDX-License-Identifier: Apache-2.0
// FIFOs, folders and devices where files are expected; configurations through pipes.
#include <sys/stat.h>

#include "tests/apps/operator_run.hpp"

namespace banach {
namespace {

using testing::build_folder;
using testing::copy_of;
using testing::Output;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;
using testing::trained;
using testing::trained_operator;

namespace fs = std::filesystem;

constexpr const char* short_heat =
    " stage.0.steps=20 architecture.width=8 --quiet --threads 1 --out ";

class Streams : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::mkfifo((scratch_ / "fifo").c_str(), 0600), 0); }
  /// Ended by SIGTERM after a minute: what hangs ends with 124, or 137 where the signal is
  /// swallowed.
  Output banach(const std::string& words) const {
    return shell("timeout -k 5 60 " + quoted((build_folder() / "bin/banach").string()) + " " +
                 words);
  }
  std::string fifo() const { return (scratch_ / "fifo").string(); }
  std::string example(const std::string& name) const {
    return quoted((build_folder() / "share/banach/examples" / (name + ".toml")).string());
  }
  void refused(const std::string& words, const std::string& file) const {
    const auto said = banach(words);
    EXPECT_TRUE(said.code == 65 || said.code == 66)
        << words << ": " << said.code << " " << said.err;
    EXPECT_NE(said.err.find(file + ": this is a FIFO, which can be read only once"),
              std::string::npos)
        << words << ": " << said.err;
  }
  Scratch scratch_;
};

TEST_F(Streams, NoInputWaitsForAWriter) {
  refused("train " + quoted(fifo()), fifo());
  refused("train " + quoted(fifo()) + " --dry-run", fifo());
  refused("sweep " + quoted(fifo()), fifo());
  refused("generate " + quoted(fifo()), fifo());
  refused("data check " + quoted(fifo()), fifo());
  refused("data inspect " + quoted(fifo()), fifo());
  refused("data suggest " + quoted(fifo()), fifo());
  refused("predict " + quoted(trained("heat").string()) + " --at " + quoted(fifo()) + " -o " +
              quoted((scratch_ / "x.csv").string()),
          fifo());
  std::ofstream(scratch_ / "top.toml") << "extends = \"fifo\"\n";
  refused("train " + quoted((scratch_ / "top.toml").string()), fifo());
  refused("train " + example("heat") + " --score-sizes " + quoted(fifo()) + short_heat +
              quoted((scratch_ / "run").string()),
          fifo());
}

TEST_F(Streams, NoDataWaitsForAWriter) {
  refused("train " + example("heat") + " 'observations.o={file=\"" + fifo() +
              "\", unknown=\"u\"}' --quiet --out " + quoted((scratch_ / "run").string()),
          fifo());
  refused("train " + example("heat") + " 'observations.o={file=\"" + fifo() +
              "\", unknown=\"u\"}' --dry-run",
          fifo());
  const auto run = trained_operator(scratch_);
  refused("predict " + quoted(run.string()) + " --data " + quoted(fifo()), fifo());
  fs::remove(scratch_ / "integral.h5");
  fs::rename(fifo(), scratch_ / "integral.h5");
  refused("evaluate " + quoted(run.string()), (scratch_ / "integral.h5").string());
}

TEST_F(Streams, NoRunWaitsForAWriter) {
  for (const std::string name :
       {"checkpoints/step-000000000060.ck", "result.json", "metrics.csv", "resolved.toml"}) {
    const Scratch scratch;
    const auto run = copy_of(trained("decay"), scratch);
    for (const auto& step : fs::directory_iterator(run / "checkpoints"))
      if (step.path().filename() != "step-000000000060.ck") fs::remove(step.path());
    fs::remove(run / name);
    ASSERT_EQ(::mkfifo((run / name).c_str(), 0600), 0);
    for (const auto* verb : {"evaluate ", "plot --force ", "train --resume "}) {
      const auto said = banach(verb + quoted(run.string()));
      EXPECT_LT(said.code, 80) << name << ", " << verb << ": " << said.code << " " << said.err;
      EXPECT_NE(said.code, 70) << name << ", " << verb << ": " << said.err;
    }
  }
}

TEST_F(Streams, AConfigurationMayComeThroughAPipe) {
  const auto given = text_of(build_folder() / "share/banach/examples/heat.toml");
  const auto bin = quoted((build_folder() / "bin/banach").string());
  const auto run = scratch_ / "run", other = scratch_ / "other";
  auto said = shell("cat " + example("heat") + " | " + bin + " train /dev/stdin" + short_heat +
                    quoted(run.string()));
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(text_of(run / "config.toml").substr(0, given.size()), given);
  said = shell("bash -c " + quoted(bin + " train <(cat " + example("heat") + ")" + short_heat +
                                   quoted(other.string())));
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(text_of(other / "config.toml").substr(0, given.size()), given);
  said = shell("echo 'x = [' | " + bin + " train /dev/stdin");
  EXPECT_EQ(said.code, 78);
  EXPECT_EQ(said.err.rfind("input:1:", 0), 0u) << said.err;
}

}  // namespace
}  // namespace banach
