// SPDX-License-Identifier: Apache-2.0
#include "core/training/run_plan.hpp"

#include <algorithm>
#include <thread>

#include "core/operators/plan_data.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml_guard.hpp"
#include "core/parameters/write_toml.hpp"
#include "core/training/catalog_choice.hpp"
#include "core/training/grid.hpp"
#include "core/training/guilty_key.hpp"
#include "core/training/run_plan_checks.hpp"
#include "core/training/stage_needs.hpp"
#include "core/training/table_keys.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

at::ScalarType scalar_type(const std::string& name) {
  return name == "float64" ? at::kDouble : at::kFloat;
}

template <class P>
std::vector<ParameterInfo> parameters_of() {
  return Schema<P>().info();
}

class Planner {
 public:
  Planner(const Table& table, const Registry& registry, const PluginManager& plugins,
          const DatasetInfo* known, const PlanNotice& notice, PlanPurpose purpose,
          const DatasetInfo* before)
      : table_(table),
        registry_(registry),
        plugins_(plugins),
        known_(known),
        before_(known ? known : before),
        notice_(notice),
        purpose_(purpose) {}

  RunPlan make() {
    plan_.configuration = read_configuration(table_, diagnostics_);
    plan_.docs = parameters_of<RunConfiguration>();
    RunConfiguration& c = plan_.configuration;
    for (std::size_t i = 0; i < c.stages.size(); ++i) build_stage(i);
    layer(c.sampling, &table_, "sampling");
    build_experiment();
    if (plan_.experiment.problem) {
      check_run_plan(plan_, table_, diagnostics_);
      choose_samplers();
    }
    settle_optimizers(plan_, table_, diagnostics_);
    try {
      plan_.device = find_device(c.device);
    } catch (const ConfigError& error) {
      diagnostics_.error(source_of(&table_, "device"), error.what());
    }
    diagnostics_.throw_if_any();
    finish();
    return std::move(plan_);
  }

 private:
  void build_stage(std::size_t i) {
    StageParameters& p = plan_.configuration.stages[i];
    const Table* given = stage_table(table_, i);
    StagePlan stage;
    stage.optimizer =
        build_entry(registry_.optimizers, plugins_, p.optimizer, source_of(given, "optimizer"),
                    p.rest, parameters_of<StageParameters>(), diagnostics_);
    const Table* schedule = table_at(given, "schedule");
    stage.schedule = build_entry(registry_.schedules, plugins_, p.schedule.type,
                                 source_of(schedule ? schedule : given, "type"), p.schedule.rest,
                                 parameters_of<ScheduleParameters>(), diagnostics_);
    stage.dtype = scalar_type(p.dtype.value_or(plan_.configuration.dtype));
    if (p.sampling) layer(*p.sampling, given, "sampling");
    plan_.stages.push_back(std::move(stage));
  }

  // Checks the method of every table of a layer; parameters of an inherited method are checked
  // where the layers come together.
  void layer(SamplingLayer& layer, const Table* outer, const char* key) {
    const Table* given = table_at(outer, key);
    if (layer.method) method(layer, given);
    for (auto& [name, term] : layer.terms)
      if (term.method) method(term, table_at(given, name));
  }

  void method(TermSampling& sampling, const Table* given) {
    build_entry(registry_.samplers, plugins_, *sampling.method, source_of(given, "method"),
                sampling.rest, parameters_of<TermSampling>(), diagnostics_);
  }

  void build_experiment() {
    RunConfiguration& c = plan_.configuration;
    const bool data_alone = c.dataset && !table_.find("problem");
    const bool problem = data_alone || typed(registry_.problems, c.problem);
    if (!typed(registry_.architectures, c.architecture) || !problem) return;
    const UnknownType unknown = [this](const std::string& kind, const std::string& type,
                                       const Source& source) {
      plugins_.unknown(kind, type, source);
    };
    try {
      ExperimentExtras extras{c.observations, c.windows, static_cast<std::uint64_t>(c.seed)};
      extras.notice = notice_;
      extras.normalisation = c.normalisation;
      if (c.dataset && diagnostics_.empty()) add_data(c, extras);
      if (c.dataset && !extras.dataset) return;
      plan_.experiment = make_experiment(registry_, c.problem, c.architecture, unknown, extras);
      if (c.dataset)
        count_steps(
            c, known_ ? nullptr : plan_.opened.get(),
            table_at(&table_, "validation") && table_at(&table_, "validation")->find("every"));
    } catch (const ConfigError& error) {
      diagnostics_.error({}, with_guilty_key(table_, error.what()));
      plan_.experiment = {};
    }
  }

  void add_data(RunConfiguration& c, ExperimentExtras& extras) {
    if (before_) c.dataset->falling = falling_axes(*before_);
    extras.info = data_info(plan_, registry_, plugins_, known_, notice_, purpose_);
    extras.dataset = c.dataset;
  }

  // Whether a table is there, names a type that is known, and gives it what it takes. Both tables
  // are looked at before either is built, so that the errors of both are reported.
  template <class C>
  bool typed(const C& catalog, const Table& table) {
    const std::string& key = catalog.kind();
    if (!table_at(&table_, key)) return false;  // reported as missing or of a wrong type already
    const Value* type = table.find("type");
    if (!type)
      diagnostics_.error(table.source,
                         key + ": \"type\" is required; known: " + join(catalog.names()));
    else if (!type->get<std::string>())
      detail::wrong_type(*type, key + ".type", "text", diagnostics_);
    else if (const auto* item = find_entry(catalog, plugins_, *type->get<std::string>(),
                                           type->source, diagnostics_))
      return takes(item->resolve, table);
    return false;
  }

  bool takes(const std::function<Table(const Table&, Diagnostics&)>& resolve, const Table& given) {
    Table own = given;
    own.erase("type");
    if (&given == &plan_.configuration.problem) own.erase("hard");
    for (const auto& [key, value] : given.entries)  // parts of an architecture are not its own
      if (const auto* part = value.get<Table>(); part && part->find("type")) own.erase(key);
    const std::size_t before = diagnostics_.lines().size();
    resolve(own, diagnostics_);
    return diagnostics_.lines().size() == before;
  }

  void choose_samplers() {
    const RunConfiguration& c = plan_.configuration;
    for (const auto& term : plan_.experiment.terms) {
      const auto weight = c.weights.find(term.term.name);
      plan_.weights.push_back(weight == c.weights.end() ? 1.0 : weight->second);
      for (std::size_t i = 0; i < c.stages.size(); ++i)
        plan_.stages[i].sampling.push_back(sampling_of(term.term.name, c.stages[i]));
    }
  }

  SamplingChoice sampling_of(const std::string& term, const StageParameters& stage) {
    TermSampling merged = merged_sampling(plan_.configuration.sampling, stage.sampling, term);
    SamplingChoice out;
    out.points = merged.points.value_or(64), out.refresh = merged.refresh.value_or(1);
    const auto* item = registry_.samplers.find(merged.method.value_or("uniform"));
    if (!item) return out;  // reported already
    merged.rest.path = merged.rest.path.empty() ? "sampling" : merged.rest.path;
    const Table own =
        own_parameters(merged.rest, *item, parameters_of<TermSampling>(), own_diagnostics());
    out.sampler = item->create(own, own_diagnostics());
    out.text = merged.method.value_or("uniform") + "\n" + write_toml(own);
    return out;
  }

  // The same parameters meet once per term and stage: only the first complaint counts.
  Diagnostics& own_diagnostics() { return diagnostics_.empty() ? diagnostics_ : repeated_; }

  static Table with_type(const Table& resolved, const Table& given) {
    Table out;
    out.path = given.path, out.source = given.source;
    out.set("type", given.text("type"));
    for (const auto& [key, value] : resolved.entries) out.set(key, value);
    return out;
  }

  void finish() {
    RunConfiguration& c = plan_.configuration;
    if (c.problem.find("type")) c.problem = with_type(plan_.experiment.problem_table, c.problem);
    c.architecture = with_type(plan_.experiment.architecture_table, c.architecture);
    for (std::size_t k = 0; k < plan_.experiment.scales.size(); ++k)
      if (const UnknownScale& s = plan_.experiment.scales[k]; s.shift != 0 || s.scale != 1)
        c.normalisation.unknowns[plan_.experiment.unknowns[k]] = s;
    plan_.notices = coordinate_notices(plan_);
    if (c.threads == 0) c.threads = threads_of(plan_);
    if (c.threads == 0) c.threads = std::max(1u, std::thread::hardware_concurrency());
    if (!c.dataset) {
      const Grid grid = make_grid(plan_.experiment.domain, c.evaluate.grid);
      for (std::size_t k = 0; k < grid.axes.size(); ++k)
        c.evaluate.grid[grid.axes[k].name] = grid.counts[k];
    }
    for (std::size_t i = 0; i < c.stages.size(); ++i) plan_.stages[i].parameters = c.stages[i];
    plan_.seed = static_cast<std::uint64_t>(c.seed);
    plan_.derivatives = {c.derivatives == "nested"              ? Derivatives::nested
                         : c.derivatives == "finite_difference" ? Derivatives::finite_difference
                                                                : Derivatives::exact,
                         c.difference_step};
    plan_.resolved = Schema<RunConfiguration>().write(c);
    if (!c.problem.find("type")) plan_.resolved.erase("problem");
    for (auto& info : plan_.docs) {
      if (info.name == "problem" && c.problem.find("type"))
        info.children = with_keys("problem", registry_.problems.find(c.problem.text("type")));
      if (info.name == "architecture")
        info.children =
            with_keys("architecture", registry_.architectures.find(c.architecture.text("type")));
    }
  }

  static std::vector<ParameterInfo> with_keys(const std::string& table, const EntryInfo* entry) {
    auto out = table_keys(table);
    out.insert(out.end(), entry->parameters.begin(), entry->parameters.end());
    return out;
  }

  const Table& table_;
  const Registry& registry_;
  const PluginManager& plugins_;
  const DatasetInfo *known_, *before_;
  const PlanNotice& notice_;
  PlanPurpose purpose_;
  Diagnostics diagnostics_, repeated_;
  RunPlan plan_;
};

}  // namespace

std::vector<ParameterInfo> table_keys(const std::string& table) {
  std::vector<ParameterInfo> out{{"type", "text", "", "", "which one, by name", true, {}}};
  if (table == "problem")
    out.push_back({"hard",
                   "true, false or list of text",
                   "false",
                   "",
                   "conditions built into the network: all, or these terms",
                   false,
                   {}});
  return out;
}

RunPlan make_plan(const Table& table, const Registry& registry, const PluginManager& plugins,
                  const DatasetInfo* known, const PlanNotice& notice, PlanPurpose purpose,
                  const DatasetInfo* before) {
  return Planner(table, registry, plugins, known, notice, purpose, before).make();
}

std::string resolved_text(const RunPlan& plan) {
  std::string text = write_toml(plan.resolved, plan.docs);
  const auto bad = invalid_utf8(text);
  if (bad == std::string::npos) return text;
  const auto begin = text.rfind('\n', bad) + 1;
  throw ConfigError("a path is not UTF-8, and a configuration cannot hold it: " +
                    one_line(text.substr(begin, text.find('\n', bad) - begin)) +
                    "; rename the file or folder");
}

}  // namespace banach
