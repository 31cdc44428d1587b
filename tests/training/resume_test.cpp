// SPDX-License-Identifier: Apache-2.0
#include "tests/training/toy_run.hpp"

namespace banach {
namespace {

TEST(Resume, IsBitExactForEveryOptimizerScheduleSamplerAndType) {
  const char* optimizers[] = {"optimizer = \"sgd\"\nmomentum = 0.9\nnesterov = true",
                              "optimizer = \"adam\"", "optimizer = \"adamw\"\namsgrad = true"};
  const char* schedules[] = {
      "constant\", warmup = 3", "step\", every = 2", "multi_step\", at = [3, 5]", "exponential",
      "cosine\", warmup = 2",   "one_cycle",         "plateau\", patience = 1"};
  const char* samplers[] = {"uniform", "grid", "latin_hypercube", "sobol", "halton"};
  const char* types[] = {"float32", "float64"};
  for (const char* optimizer : optimizers)
    for (std::string schedule : schedules)
      for (const char* sampler : samplers)
        for (const char* type : types) {
          if (schedule.find('"') == std::string::npos) schedule += '"';
          expect_exact_resume(
              toy("toy_decay",
                  std::string("steps = 8\nlr = 0.05\nclip = { norm = 1.0 }\n") + optimizer +
                      "\nschedule = { type = \"" + schedule + " }",
                  std::string("dtype = \"") + type + "\"",
                  std::string("[sampling]\npoints = 6\nrefresh = 3\nmethod = \"") + sampler +
                      "\"\n[output]\nlog_every = 2\n[validation]\nevery = 3\npoints = 8\ngrid = { "
                      "t = "
                      "9 }\n[checkpoint]\nevery = 5\nkeep = 9\n"),
              {5});
        }
}

TEST(Resume, IsBitExactFromEveryStepAndAcrossStagesAndTypes) {
  expect_exact_resume(
      toy("toy_decay", "steps = 5\nlr = 0.02\noptimizer = \"adam\"", "dtype = \"float32\"",
          "[[stage]]\nsteps = 6\noptimizer = \"sgd\"\nmomentum = 0.9\ndtype = \"float64\"\nlr = "
          "0.01\n"
          "sampling = { points = 5, method = \"sobol\" }\nschedule = { type = \"plateau\" }\n"
          "[output]\nlog_every = 3\n[validation]\nevery = 2\npoints = 8\n[checkpoint]\nevery = "
          "1\nkeep "
          "= 99\n"),
      {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST(Resume, ShorterRunThenLongerOneEqualsTheLongOne) {
  const std::string tables =
      "[output]\nlog_every = 4\n[validation]\nevery = 6\n[checkpoint]\nevery = 50\n";
  ToyRun whole(toy("toy_heat", "steps = 13", "", tables));
  ASSERT_TRUE(whole.fresh().finished());
  ToyRun part(toy("toy_heat", "steps = 7", "", tables));
  ASSERT_TRUE(part.fresh().finished());
  ToyRun rest(toy("toy_heat", "steps = 13", "", tables));
  copy_logs(part, rest);
  ASSERT_TRUE(rest.go_on(Checkpoints(part.folder / "checkpoints").path_of(7)).finished());
  EXPECT_EQ(essence(rest.trainer->capture()), essence(whole.trainer->capture()));
  EXPECT_EQ(rest.logs(), whole.logs());
}

TEST(Resume, AnotherSeedWouldBeSeen) {
  ToyRun a(toy("toy_heat", "steps = 3", "seed = 1")), b(toy("toy_heat", "steps = 3", "seed = 2"));
  a.fresh(), b.fresh();
  EXPECT_NE(essence(a.trainer->capture()), essence(b.trainer->capture()));
}

TEST(Resume, ACheckpointOfAnotherNetworkIsRefused) {
  ToyRun small(toy("toy_decay", "steps = 2"));
  small.fresh();
  ToyRun large(toy("toy_heat", "steps = 2"));
  const std::string text =
      thrown<DataError>([&] { large.go_on(Checkpoints(small.folder / "checkpoints").path_of(2)); });
  EXPECT_EQ(
      text.substr(0, text.find(":\n")),
      "the checkpoint has 16 parameters and 0 fixed numbers, the configuration asks for 21 and "
      "0: the plugin of the architecture or problem has changed since");
}

}  // namespace
}  // namespace banach
