// SPDX-License-Identifier: Apache-2.0
// The shipped problems, loaded as plugins, with a known function in place of the network.
#pragma once
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/parameters/toml.hpp"
#include "core/plugin/plugin_manager.hpp"
#include "core/training/experiment.hpp"

namespace banach::testing {

inline const Registry& shipped() {
  static const auto registry = [] {
    auto out = std::make_unique<Registry>();
    PluginManager manager(*out);
    manager.discover();
    return out;
  }();
  return *registry;
}

/// Table [problem] from text such as `type = "heat"`, on a small network.
inline Experiment experiment_of(const Table& problem) {
  Table architecture;
  architecture.path = "architecture";
  architecture.set("type", "mlp");
  architecture.set("width", 4);
  const auto unknown = [](const std::string& kind, const std::string& type, const Source&) {
    throw ConfigError("there is no " + kind + " \"" + type + "\"");
  };
  return make_experiment(shipped(), problem, architecture, unknown);
}
inline Table problem_table(const std::string& text) {
  Table table = parse_toml(text, "test");
  table.path = "problem";
  return table;
}

inline std::filesystem::path examples() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
         "share/banach/examples";
}

/// A function in place of the network: the exact solution, plus `size` times a smooth one.
inline Solution exact_plus(const Experiment& e, double size) {
  return [exact = *e.problem->exact(), size, unknowns = e.unknowns.size(),
          domain = e.domain](const Point& p) {
    if (size == 0) return exact(p);
    std::vector<Expression> parts;
    for (std::size_t i = 0; i < unknowns; ++i) {
      Expression phase = 0.3 + double(i);
      for (std::size_t a = 0; a < domain.size(); ++a)
        phase = phase + (1 + 0.7 * double(a)) * p[domain[a].name] / domain[a].upper;
      parts.push_back(size * cos(phase));
    }
    return exact(p) + concat(parts);
  };
}

/// Random points of a term's region, [n, axes].
inline at::Tensor points_of(const Experiment& e, const Region& region, std::int64_t n) {
  at::manual_seed(5);
  std::vector<at::Tensor> axes;
  for (const auto& axis : e.domain) {
    at::Tensor unit = at::rand({n, 1}, at::kDouble);
    if (region.kind == Region::Kind::face && region.axis == axis.name)
      unit.fill_(region.side == Side::lower ? 0.0 : 1.0);
    axes.push_back(axis.lower + (axis.upper - axis.lower) * unit);
  }
  return at::cat(axes, 1);
}

/// Values of a term with this function in place of the network.
inline at::Tensor values_of(const Experiment& e, const Term& term, const Solution& solution,
                            const at::Tensor& points) {
  const Recorded recorded = record_term(e, term, solution);
  Evaluator evaluator(e.network);
  evaluator.add(recorded.trace, recorded.root);
  const Bank bank{at::zeros({e.network->layout.parameters()}, at::kDouble),
                  at::zeros({e.network->layout.buffers()}, at::kDouble)};
  at::NoGradGuard no_grad;
  return evaluator.evaluate({bank}, {{points, {}, {}}})[0];
}

/// The largest difference, by the largest number of `b`.
inline double distance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace banach::testing
