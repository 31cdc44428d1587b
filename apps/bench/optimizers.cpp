// SPDX-License-Identifier: Apache-2.0
// Error against CPU seconds of training: the first stage of every configuration with several seeds.
// Measuring does not count. Writes times.csv, and NAME.SEED.csv with step, seconds, loss and mean
// absolute error.
// Sample run: bench_optimizers build/optimizers 3 plugins/problems/studies/optimizers/*.toml
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "apps/bench/bench_run.hpp"
#include "core/parameters/toml.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

const std::vector<double> targets = {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Times {
  std::vector<double> reached = std::vector<double>(targets.size(), -1);  // -1: never
  double seconds = 0, error = 0;
  std::int64_t steps = 0;
  std::string why = "all steps done";
};

Times train(BenchRun& run, std::ostream& curve) {
  Times out;
  const std::int64_t steps = run.plan.stages[0].parameters.steps;
  const std::int64_t every = run.plan.configuration.validation.every;
  double since = cpu_seconds();
  for (bool over = false; !over;) {
    run.step(out.steps++);
    const std::string why = run.plan.stages[0].optimizer->finished();
    if (!why.empty()) out.why = why;
    over = !why.empty() || out.steps == steps;
    if (!over && out.steps % every != 0) continue;
    out.seconds += cpu_seconds() - since;
    out.error = run.measure().unknowns[0].mae;
    curve << fmt::format("{},{:.4f},{:.6e},{:.6e}\n", out.steps, out.seconds,
                         run.objective.value().item<double>(), out.error);
    for (std::size_t i = 0; i < targets.size(); ++i)
      if (out.error <= targets[i] && out.reached[i] < 0) out.reached[i] = out.seconds;
    since = cpu_seconds();
  }
  return out;
}

int run(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: bench_optimizers FOLDER SEEDS CONFIG.toml...\n");
    return 64;
  }
  at::set_num_threads(1);
  const BenchCatalog catalog;
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  std::ofstream table(folder / "times.csv");
  table << "name,seed";
  for (const double target : targets) table << fmt::format(",{:.0e}", target);
  table << ",error,seconds,steps,stop\n";
  for (int i = 3; i < argc; ++i)
    for (int seed = 0; seed < std::atoi(argv[2]); ++seed) {
      BenchRun run(load_configuration(argv[i], {fmt::format("seed={}", seed)}), catalog);
      const std::string& name = run.plan.configuration.name;
      std::ofstream curve(folder / fmt::format("{}.{}.csv", name, seed));
      const Times found = train(run, curve);
      std::string line = fmt::format("{},{}", name, seed);
      for (const double t : found.reached) line += t < 0 ? "," : fmt::format(",{:.3f}", t);
      line +=
          fmt::format(",{:.2e},{:.2f},{},{}", found.error, found.seconds, found.steps, found.why);
      table << line << std::endl;
      fmt::print("{}\n", line);
      std::fflush(stdout);
    }
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  setenv("OMP_NUM_THREADS", "1", 1);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  try {
    return banach::run(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
