// SPDX-License-Identifier: Apache-2.0
#include "core/training/configuration.hpp"

#include "tests/training/training_test.hpp"

namespace banach {
namespace {

std::string refusal(const std::string& text) {
  const World world;
  return thrown<ConfigError>([&] { world.plan(text); });
}

void expect_line(const std::string& text, const std::string& line) {
  const std::string got = refusal(text);
  EXPECT_NE(got.find(line), std::string::npos) << "wanted: " << line << "\ngot:    " << got;
}

TEST(Configuration, WrongEntriesAreRefusedWithPlaceAndRemedy) {
  struct Case {
    std::string text, line;
  };
  const std::string good = "steps = 4";
  const std::vector<Case> cases = {
      {toy("toy_decay", "steps = 4\nlrr = 0.1"),
       "case.toml:8:1: stage.0 has no parameter \"lrr\"; did you mean \"lr\"?"},
      {toy("toy_decay", "steps = 4\nmomentum = 0.1"),
       "case.toml:8:1: stage.0 has no parameter \"momentum\"; known with optimizer adam:"},
      {toy("toy_decay", "steps = 4\noptimizer = \"addam\""),
       "case.toml:8:13: unknown optimizer \"addam\"; did you mean \"adam\"?"},
      {toy("toy_decay", "steps = 4\nbeta1 = 1.5"),
       "case.toml:8:9: stage.0.beta1 = 1.5: must be in [0, 1)"},
      {toy("toy_decay", "steps = -4"), "stage.0.steps = -4: must be >= 0"},
      {toy("toy_decay", "lr = 0.1"), "stage.0: \"steps\" is required"},
      {toy("toy_decay", "steps = 4\nlr = \"fast\""), "stage.0.lr: expected number, got text"},
      {toy("toy_decay", "steps = 4\nepochs = 3"),
       "stage.0.epochs: there is no [dataset] to walk through; give steps"},
      {toy("toy_decay", "steps = 4\nschedule = { type = \"cosin\" }"),
       "unknown schedule \"cosin\"; did you mean \"cosine\"?"},
      {toy("toy_decay", "steps = 4\nschedule = { type = \"cosine\", warmpu = 3 }"),
       "stage.0.schedule has no parameter \"warmpu\"; did you mean \"warmup\"?"},
      {toy("toy_decay", "steps = 4\nclip = { nrm = 1.0 }"),
       "stage.0.clip has no parameter \"nrm\"; did you mean \"norm\"?"},
      {toy("toy_decay", "steps = 4\nstop = { seconds = -1.0 }"),
       "stage.0.stop.seconds = -1.0: must be > 0"},
      {toy("toy_heat", "steps = 4\nstop = { error = 0.1 }"),
       "stage.0.stop.error: the problem has no exact solution to compare with"},
      {toy("toy_decay", "steps = 4\noptimizer = \"sgd\"\nnesterov = true"),
       "sgd: nesterov needs momentum > 0"},
      {toy("toy_decay", "steps = 4\ndtype = \"float16\""),
       "stage.0.dtype = \"float16\": must be one of"},
      {toy("toy_decay", good, "dtype = \"float46\""), "did you mean \"float64\"?"},
      {toy("toy_decay", good, "executor = \"fast\""),
       "executor = \"fast\": must be one of \"auto\", \"fused\", \"tensor\""},
      {toy("toy_decay", good, "device = \"gpu\""),
       "device = \"gpu\": must be one of \"auto\", \"cpu\""},
      {toy("toy_decay", good, "device = \"cuda:99\""), "device = \"cuda:99\""},
      {toy("toy_decay", good, "derivatives = \"autograd\""),
       "derivatives = \"autograd\": must be one of"},
      {toy("toy_decay", good, "sed = 1"), "unknown parameter \"sed\"; did you mean \"seed\"?"},
      {toy("toy_decay", good, "seed = -1"), "seed = -1: must be >= 0"},
      {toy("toy_decay", good, "name = \"a/b\""), "name = \"a/b\": must be a plain folder name"},
      {toy("toy_decay", good, "init_from = \"x\""), "unknown parameter \"init_from\""},
      {toy("toy_decay", good, "", "[dataset]\nfile = \"x\""),
       "dataset has no parameter \"file\"; did you mean \"files\"?"},
      {toy("toy_decay", good, "", "[windowing]\naxis = \"t\""), "unknown parameter \"windowing\""},
      {toy("toy_decay", good, "", "[sweep]\nbase = \"x\""), "unknown parameter \"sweep\""},
      {toy("toy_decay", good, "", "[loss]\ntype = \"x\""),
       "loss.type = \"x\": must be one of \"relative_l2\", \"h1\""},
      {toy("toy_decay", good, "", "[weights]\nstrat = 2.0"),
       "case.toml:9:1: weights.strat: there is no term \"strat\"; did you mean \"start\"?"},
      {toy("toy_decay", good, "", "[weights]\nstart = -2.0"), "weights"},
      {toy("toy_decay", good, "", "[sampling.strat]\npoints = 2"),
       "sampling.strat: there is no term \"strat\"; did you mean \"start\"?"},
      {toy("toy_decay", good, "", "[sampling]\nmethod = \"soboll\""),
       "unknown sampler \"soboll\"; did you mean \"sobol\"?"},
      {toy("toy_decay", good, "", "[sampling]\nendpoints = true"),
       "sampling has no parameter \"endpoints\""},
      {toy("toy_decay", good, "", "[sampling]\npoints = 0"), "sampling.points = 0: must be >= 1"},
      {toy("toy_decay", good, "", "[sampling.ode]\npiont = 3"),
       "sampling.ode has no parameter \"piont\""},
      {toy("toy_decay", good, "", "[evaluate]\ngrid = { x = 3 }"),
       "evaluate.grid.x: there is no axis \"x\"; known: t"},
      {toy("toy_decay", good, "", "[validation]\ngrid = { t = 0 }"), "at least 1 on every axis"},
      {toy("toy_decay", good, "", "[checkpoint]\nkeep = 1"), "checkpoint.keep = 1: must be >= 2"},
      {toy("toy_decay", good, "", "[checkpoint]\non_error = \"shrug\""),
       "checkpoint.on_error = \"shrug\": must be one of \"stop\", \"continue\""},
      {toy("toy_decay", good, "", "[output]\nlog = 5"), "output has no parameter \"log\""},
      {toy("toy_deca"), "unknown problem \"toy_deca\"; did you mean \"toy_decay\"?"},
      {"[architecture]\ntype = \"toy_net\"\n[[stage]]\nsteps = 1\n",
       "a [problem], a [dataset] or both are needed"},
      {"[problem]\n[architecture]\ntype = \"toy_net\"\n[[stage]]\nsteps = 1\n",
       "problem: \"type\" is required; known: toy_decay, toy_heat, toy_logistic, toy_ritz"},
      {"[problem]\ntype = \"toy_decay\"\n[architecture]\ntype = \"toy_net\"\n",
       "\"stage\" is required"},
      {"problem = 3\n[architecture]\ntype = \"toy_net\"\n[[stage]]\nsteps = 1\n",
       "problem: expected table, got integer 3"},
  };
  for (const auto& c : cases) expect_line(c.text, c.line);
}

TEST(Configuration, AllErrorsAreReportedAtOnce) {
  const std::string text = refusal(
      "sed = 1\n[problem]\ntype = \"toy_decay\"\nrte = 2.0\n[architecture]\ntype = \"toy_net\"\n"
      "width = -1\n[[stage]]\nsteps = 4\nlrr = 1.0\n[sampling]\nmethod = \"soboll\"\n");
  for (const char* line :
       {"case.toml:1:1: unknown parameter \"sed\"",
        "case.toml:4:1: problem has no parameter \"rte\"", "case.toml:7:9: architecture.width = -1",
        "case.toml:10:1: stage.0 has no parameter \"lrr\"",
        "case.toml:12:10: unknown sampler \"soboll\""})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin: " << text;
}

TEST(Configuration, ResolvedTextReadsBackToItself) {
  const World world;
  const RunPlan plan = world.plan(
      toy("toy_decay",
          "steps = 4\noptimizer = \"sgd\"\nmomentum = 0.5\nclip = { norm = 1.0 }\n"
          "schedule = { type = \"cosine\", warmup = 1 }\nstop = { loss = 1e-9 }",
          "name = \"a\"\nseed = 3",
          "[sampling]\nmethod = \"grid\"\nendpoints = false\n[sampling.start]\npoints = 3\n"
          "[weights]\nstart = 10.0\n"));
  const std::string text = resolved_text(plan);
  const RunPlan again = make_plan(parse_toml(text, "resolved.toml"), world.registry, world.plugins);
  EXPECT_EQ(resolved_text(again), text);
  EXPECT_TRUE(differences(plan.resolved, again.resolved).empty())
      << to_text(differences(plan.resolved, again.resolved));
  for (const char* line : {"momentum = 0.5", "dampening = 0.0", "endpoints = false", "width = 5",
                           "rate = 1.0", "every = 500", "warmup = 1", "log_every = 100"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin: " << text;
}

TEST(Configuration, TermsTakeTheirOwnSamplerOverTheDefault) {
  const World world;
  const RunPlan plan = world.plan(toy(
      "toy_heat", "steps = 4\nsampling = { points = 7, initial = { points = 9 } }", "",
      "[[stage]]\nsteps = 1\n[sampling]\nmethod = \"sobol\"\npoints = 5\n[sampling.left]\nmethod = "
      "\"grid\"\npoints = 3\nrefresh = 0\n"));
  std::vector<std::int64_t> first, second;
  for (const auto& c : plan.stages[0].sampling) first.push_back(c.points);
  for (const auto& c : plan.stages[1].sampling) second.push_back(c.points);
  EXPECT_EQ(first, (std::vector<std::int64_t>{7, 9, 7, 7}));
  EXPECT_EQ(second, (std::vector<std::int64_t>{5, 5, 3, 5}));
  EXPECT_FALSE(plan.stages[1].sampling[2].sampler->random());
  EXPECT_TRUE(plan.stages[1].sampling[1].sampler->random());
  EXPECT_EQ(plan.stages[1].sampling[2].refresh, 0);
}

TEST(Configuration, DifferencesNameTheKeyAndBothValues) {
  const Table a = parse_toml("x = 1\n[[stage]]\nlr = 0.5\n[b]\nc = \"s\"\n", "a");
  const Table b = parse_toml("x = 1\n[[stage]]\nlr = 0.25\n[b]\nd = [1, 2]\n", "b");
  EXPECT_EQ(to_text(differences(a, b)),
            "  stage.0.lr: 0.5 -> 0.25\n  b.c: \"s\" -> absent\n  b.d: absent -> [1, 2]");
}

}  // namespace
}  // namespace banach
