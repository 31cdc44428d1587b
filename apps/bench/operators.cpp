// SPDX-License-Identifier: Apache-2.0
// One training step of an operator against the same step in eager PyTorch (operator_step.py), one
// thread each, alternating within one run: an FNO on 16 functions of N x N points (width 32, 4
// layers; --grid=64 --modes=12,12), or a DeepONet on 64 functions x 1000 points (branch
// 100-128-128, trunk 2-128-128-128), float32. The peer gets the settings of malloc that are ours,
// with --malloc=default none. Prints medians of thread CPU time and their ratio. Sample run:
// bench_operators fno --grid=16 --modes=6,7 /usr/bin/python3 apps/bench/operator_step.py fno
#include <torch/csrc/autograd/autograd.h>

#include <cstdlib>

#include "apps/bench/peer.hpp"
#include "banach/tensor_architecture.hpp"
#include "core/executor/evaluator.hpp"
#include "core/optimizers/enroll.hpp"
#include "core/optimizers/optimizer.hpp"
#include "core/parameters/toml.hpp"
#include "core/plugin/plugin_manager.hpp"
#include "core/training/environment.hpp"
#include "core/training/experiment.hpp"

namespace banach {
namespace {

using at::Tensor;

/// The mean square of f(parameters) - target.
class Fit final : public Objective {
 public:
  Fit(Tensor parameters, Tensor target, std::function<Tensor(const Tensor&)> f)
      : parameters_(std::move(parameters)), target_(std::move(target)), f_(std::move(f)) {}
  Tensor& parameters() override { return parameters_; }
  Tensor value() override { return at::mse_loss(f_(parameters_), target_); }
  Evaluation gradient() override {
    const Tensor leaf = parameters_.detach().requires_grad_(true);
    const Tensor loss = at::mse_loss(f_(leaf), target_);
    return {loss.detach(), torch::autograd::grad({loss}, {leaf})[0]};
  }

 private:
  Tensor parameters_, target_;
  std::function<Tensor(const Tensor&)> f_;
};

std::shared_ptr<Network> build(const Registry& registry, const std::string& toml,
                               const Signature& signature) {
  Table table = parse_toml(toml, "bench");
  table.path = "architecture";
  Diagnostics diagnostics;
  auto out = std::make_shared<Network>();
  const auto unknown = [](const Table&, const std::string& type) {
    throw ConfigError("there is no architecture " + type);
  };
  LayoutBuilder builder(out->layout, registry, unknown, diagnostics);
  out->architecture = builder.build(table, signature);
  out->signature = signature;
  return out;
}

Tensor start(const Network& network) {
  std::vector<double> parameters, buffers;
  initialise(network.layout, 0, parameters, buffers);
  return at::tensor(parameters, at::kDouble).to(at::kFloat);
}

struct Options {
  std::int64_t grid = 64;
  std::string modes = "12,12", malloc = "ours";
};

/// Takes what begins with -- from the words.
Options options(std::vector<std::string>& words) {
  Options out;
  for (; !words.empty() && words[0].rfind("--", 0) == 0 && !serves(words);
       words.erase(words.begin())) {
    const auto equals = words[0].find('=');
    const std::string name = words[0].substr(2, equals - 2), value = words[0].substr(equals + 1);
    if (name == "grid")
      out.grid = std::stol(value);
    else if (name == "modes")
      out.modes = value;
    else if (name == "malloc")
      out.malloc = value;
    else
      throw std::runtime_error("there is no option --" + name);
  }
  return out;
}

std::unique_ptr<Fit> fno(const Registry& registry, const Options& options) {
  const std::int64_t n = options.grid;
  Signature signature{{{"x"}, {"y"}}, {}, 1, 1, {n, n}};
  const auto network =
      build(registry, "type = \"fno\"\nmodes = [" + options.modes + "]", signature);
  const auto grid = std::dynamic_pointer_cast<const GridArchitecture>(network->architecture);
  const GridInputs inputs{at::randn({16, 1, n, n}), {at::linspace(0, 1, n), at::linspace(0, 1, n)}};
  return std::make_unique<Fit>(start(*network), at::randn({16, 1, n, n}), [=](const Tensor& p) {
    std::vector<std::int64_t> sizes;
    for (const auto& slot : network->layout.slots()) sizes.push_back(slot.size);
    auto weights = p.split_with_sizes(sizes);
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] = weights[i].view(network->layout.slots()[i].shape);
    return grid->evaluate(inputs, weights);
  });
}

std::unique_ptr<Fit> deeponet(const Registry& registry) {
  const Signature signature{{{"x"}, {"y"}}, {{"f", 100, {"x"}}}, 1};
  const auto network = build(registry, R"(
      type = "deeponet"
      latent = 128
      trunk_activation = "tanh"
      branch = { type = "mlp", width = 128, depth = 1 }
      trunk = { type = "mlp", width = 128, depth = 2 })",
                             signature);
  record(*network);
  const Domain domain = signature.coordinates;
  auto trace = std::make_shared<Trace>(std::vector<std::string>{"x", "y"});
  int root = -1;
  {
    Trace::Scope scope(*trace);
    const auto at = [&](const Point& p) { return call_network(0, 1, p, signature.functions); };
    root = trace->node_of(make_field(*trace, domain, {"u"}, signature.functions, at)());
  }
  const auto evaluator = std::make_shared<Evaluator>(network);
  evaluator->add(trace, root);
  const PointSet set{at::rand({1000, 2}), {}, {{"f", at::randn({64, 100})}}};
  return std::make_unique<Fit>(start(*network), at::randn({64, 1000, 1}), [=](const Tensor& p) {
    return evaluator->evaluate({{p, at::zeros({0})}}, {set})[0];
  });
}

// What prepare_process() sets here.
void share_malloc_settings() {
  setenv("MALLOC_MMAP_THRESHOLD_", "1073741824", 1);
  setenv("MALLOC_TRIM_THRESHOLD_", "1073741824", 1);
  setenv("MALLOC_TOP_PAD_", "67108864", 1);
}

int run(const std::string& what, std::vector<std::string> words) {
  if (what != "fno" && what != "deeponet") {
    fmt::print(stderr, "usage: bench_operators fno|deeponet [OPTIONS] [PEER COMMAND...]\n");
    return 64;
  }
  const Options wanted = options(words);
  if (wanted.malloc != "default") share_malloc_settings();
  if (what == "fno" && !words.empty() && !serves(words))
    words.insert(words.end(), {"--grid=" + std::to_string(wanted.grid), "--modes=" + wanted.modes});
  prepare_process(1);
  Registry registry;
  enroll_optimizers(registry);
  PluginManager plugins(registry, true);
  plugins.discover({});
  at::manual_seed(0);
  const auto objective = what == "fno" ? fno(registry, wanted) : deeponet(registry);
  Diagnostics diagnostics;
  const auto adam = registry.optimizers.find("adam")->create({}, diagnostics);
  const int steps = what != "fno" ? 100 : wanted.grid < 64 ? 20 : wanted.grid < 128 ? 3 : 1;
  compare([&] { adam->step(*objective, 1e-4); }, words, 11, steps);
  return 0;
}

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) setenv(name, "1", 1);
  try {
    return banach::run(argc > 1 ? argv[1] : "", {argv + std::min(argc, 2), argv + argc});
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 70;
  }
}
