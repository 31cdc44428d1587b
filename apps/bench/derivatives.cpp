// SPDX-License-Identifier: Apache-2.0
// Exact derivatives against central differences in the residual: singular values of the residuals'
// Jacobian before and after training, and loss and error on the way, for each configuration with
// exact derivatives and with differences of several steps. Writes summary.csv and for every run
// NAME.DERIVATIVES.{start,end,curve}.csv.
// Sample run: bench_derivatives build/derivatives plugins/problems/studies/derivatives/*.toml
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apps/bench/bench_run.hpp"
#include "core/parameters/toml.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr double cut = 1e-10;  // of the largest singular value: those below do not count

/// Name in files, and what the configuration says.
struct Variant {
  std::string name;
  std::vector<std::string> overrides;
};

std::vector<Variant> variants() {
  std::vector<Variant> out = {{"exact", {}}};
  for (const char* step : {"1e-2", "1e-3", "1e-4"})
    out.push_back({fmt::format("h={}", step),
                   {"derivatives=\"finite_difference\"", fmt::format("difference_step={}", step)}});
  return out;
}

/// Singular values in falling order.
std::vector<double> spectrum(ResidualObjective& objective) {
  const at::Tensor s = at::linalg_svdvals(objective.jacobian().to(at::kDouble)).contiguous();
  return {s.data_ptr<double>(), s.data_ptr<double>() + s.numel()};
}

struct Spread {
  int counted = 0;     // singular values above the cut
  double entropy = 0;  // of their shares in their sum, divided by that of equal ones
};

Spread spread(const std::vector<double>& s) {
  Spread out;
  double sum = 0;
  for (const double value : s)
    if (value > cut * s[0]) ++out.counted, sum += value;
  for (int k = 0; k < out.counted; ++k) {
    const double share = s[static_cast<std::size_t>(k)] / sum;
    out.entropy -= share * std::log(share);
  }
  if (out.counted > 1) out.entropy /= std::log(out.counted);
  return out;
}

void write(const fs::path& file, const std::vector<double>& s) {
  std::ofstream out(file);
  for (std::size_t i = 0; i < s.size(); ++i) out << fmt::format("{},{:.6e}\n", i + 1, s[i]);
}

/// Trains the first stage; rows: step, loss, relative error in L2, largest error.
Measurement train(BenchRun& run, std::ostream& curve) {
  StagePlan& stage = run.plan.stages[0];
  const std::int64_t steps = stage.parameters.steps;
  Measurement found;
  const auto row = [&](std::int64_t step) {
    const double loss = run.objective.value().item<double>();
    found = run.measure();
    curve << fmt::format("{},{:.6e},{:.6e},{:.6e}\n", step, loss, found.error(),
                         found.unknowns[0].max_error);
  };
  row(0);
  for (std::int64_t step = 1; step <= steps; ++step) {
    run.step();
    const bool over = !stage.optimizer->finished().empty() || step == steps;
    if (over || step % run.plan.configuration.validation.every == 0) row(step);
    if (over) break;
  }
  return found;
}

std::string columns(const std::vector<double>& s) {
  std::string out;
  for (const std::size_t k : {1, 20, 40, 80})
    out += k <= s.size() ? fmt::format(",{:.4e}", s[k - 1]) : ",";
  const Spread found = spread(s);
  return out + fmt::format(",{},{:.4f}", found.counted, found.entropy);
}

int run(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: bench_derivatives FOLDER CONFIG.toml...\n");
    return 64;
  }
  at::set_num_threads(1);
  const BenchCatalog catalog;
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  std::ofstream summary(folder / "summary.csv");
  summary << "name,derivatives,loss,relative_l2,max_error,start.1,start.20,start.40,start.80,"
             "start.counted,start.entropy,end.1,end.20,end.40,end.80,end.counted,end.entropy\n";
  for (int i = 2; i < argc; ++i)
    for (const auto& variant : variants()) {
      BenchRun run(load_configuration(argv[i], variant.overrides), catalog);
      const std::string& name = run.plan.configuration.name;
      const std::string stem = name + "." + variant.name;
      const auto start = spectrum(run.objective);
      write(folder / (stem + ".start.csv"), start);
      std::ofstream curve(folder / (stem + ".curve.csv"));
      const Measurement found = train(run, curve);
      const double loss = run.objective.value().item<double>();
      const auto end = spectrum(run.objective);
      write(folder / (stem + ".end.csv"), end);
      const std::string line = fmt::format("{},{},{:.4e},{:.4e},{:.4e}", name, variant.name, loss,
                                           found.error(), found.unknowns[0].max_error) +
                               columns(start) + columns(end);
      summary << line << std::endl;
      fmt::print("{}\n", line);
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
