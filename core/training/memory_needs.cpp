// SPDX-License-Identifier: Apache-2.0
#include "core/training/memory_needs.hpp"

#include <c10/core/ScalarType.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/expression/trace.hpp"
#include "core/parameters/memory.hpp"
#include "core/training/catalog_choice.hpp"
#include "core/training/grid.hpp"

namespace banach {
namespace {

class MemoryNeeds {
 public:
  MemoryNeeds(const RunPlan& plan, const Table& table, Diagnostics& diagnostics)
      : plan_(plan), table_(table), diagnostics_(diagnostics) {}

  void check() {
    for (std::size_t i = 0; i < plan_.stages.size(); ++i) check_stage(i);
    check_validation();
    if (!plan_.experiment.data) check_grids();
  }

 private:
  const Experiment& experiment() const { return plan_.experiment; }

  // Numbers that one term holds per point at least: its point, and every value at its quadrature
  // nodes.
  double numbers(const RecordedTerm& recorded) const {
    double nodes = 0;
    for (const Node& node : recorded.residual.trace->nodes()) {
      const double count = node.op == Op::nodes  ? static_cast<double>(node.numbers.size())
                           : node.op == Op::data ? static_cast<double>(node.index)
                                                 : 0;
      nodes = std::max(nodes, count * static_cast<double>(experiment().domain.size() +
                                                          experiment().unknowns.size()));
    }
    return static_cast<double>(experiment().domain.size() + experiment().unknowns.size()) + nodes;
  }

  double rows(const RecordedTerm& recorded, std::int64_t points) const {
    const Region& region = recorded.term.region;
    if (region.kind != Region::Kind::points) return static_cast<double>(points);
    const auto listed = static_cast<std::int64_t>(region.points.size());
    return static_cast<double>(recorded.batch > 0 ? std::min(recorded.batch, listed) : listed);
  }

  // Widths of all layers: what a tensor executor keeps of every point for the way back.
  double widths() const {
    double out = 0;
    for (const Slot& slot : experiment().network->layout.slots())
      if (slot.shape.size() == 2) out += static_cast<double>(slot.shape[1]);
    return out;
  }

  void check_stage(std::size_t i) {
    const StagePlan& stage = plan_.stages[i];
    if (!stage.optimizer || stage.sampling.size() != experiment().terms.size()) return;
    const auto bytes = static_cast<double>(c10::elementSize(stage.dtype));
    const double kept = plan_.configuration.executor == "tensor" ? widths() : 0;
    double points = 0, residuals = 0;
    for (std::size_t k = 0; k < experiment().terms.size(); ++k) {
      const RecordedTerm& term = experiment().terms[k];
      const double n = rows(term, stage.sampling[k].points);
      points += n * (numbers(term) + kept) * bytes;
      residuals += n;
    }
    report("sampling", "points", fmt::format("stage.{}: one step on the points of all terms", i),
           points, "lower sampling.points, or the nodes of its quadratures");
    const Needs needs = stage.optimizer->needs();
    const auto parameters = static_cast<double>(experiment().network->layout.parameters());
    if (needs.squares)
      report("sampling", "points",
             fmt::format("stage.{}: the Jacobian of {}, {:.0f} residuals times {:.0f} parameters,",
                         i, plan_.configuration.stages[i].optimizer, residuals, parameters),
             residuals * parameters * bytes, "lower sampling.points or the width of the network");
  }

  void check_validation() {
    double all = 0;
    for (const auto& term : experiment().terms)
      all += rows(term, plan_.configuration.validation.points) * numbers(term) * 4;
    report("validation", "points", "validation.points: the residuals of all terms", all,
           "lower validation.points");
  }

  void check_grids() {
    const auto& c = plan_.configuration;
    const char* of_validation = c.validation.grid.empty() ? "evaluate" : "validation";
    check_grid(of_validation, c.validation.grid.empty() ? c.evaluate.grid : c.validation.grid);
    if (!c.validation.grid.empty()) check_grid("evaluate", c.evaluate.grid);
  }

  // Coordinates twice in float64 and once as the network takes them; prediction, reference and
  // error in float64.
  void check_grid(const char* key, const GridCounts& counts) {
    try {
      const Grid grid = make_grid(experiment().domain, counts);
      const double one = 20.0 * static_cast<double>(experiment().domain.size()) +
                         24.0 * static_cast<double>(experiment().unknowns.size());
      report(key, "grid",
             fmt::format("{}.grid: a grid of {} points", key, fmt::join(grid.counts, " x ")),
             one * static_cast<double>(grid.size()), fmt::format("lower {}.grid", key));
    } catch (const ConfigError& error) {
      diagnostics_.error(source_of(table_at(&table_, key), "grid"), error.what());
    }
  }

  void report(const char* outer, const char* inner, const std::string& what, double bytes,
              const std::string& remedy) {
    const auto text = memory_shortage(bytes, what, remedy);
    if (text.empty()) return;
    const Table* given = table_at(&table_, outer);
    diagnostics_.error(given ? source_of(given, inner) : table_.source, text);
  }

  const RunPlan& plan_;
  const Table& table_;
  Diagnostics& diagnostics_;
};

}  // namespace

void require_memory(const RunPlan& plan, const Table& table) {
  Diagnostics diagnostics;
  MemoryNeeds(plan, table, diagnostics).check();
  diagnostics.throw_if_any();
}

}  // namespace banach
