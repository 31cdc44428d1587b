// SPDX-License-Identifier: Apache-2.0
#include "core/study/study_file.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "core/parameters/input_file.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"
#include "core/study/file_kind.hpp"
#include "core/study/sweep_points.hpp"

namespace banach {

void describe(Schema<StudyOutput>& s) {
  s.field("dir", &StudyOutput::dir, "folder of the study's folder");
}

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_trials = 1'000'000;

template <class P>
void describe_study(Schema<P>& s) {
  s.field("base", &P::base, "the configuration that every trial changes").required();
  s.field("fixed", &P::fixed, "overrides of every trial");
  s.field("jobs", &P::jobs, "trials at a time; 0: as many as there are cores")
      .at_least(0)
      .at_most(4096);
  s.field("seed", &P::seed, "first seed; that of the base where absent")
      .at_least(0)
      .at_most(std::int64_t{1} << 62);
  s.field("timeout", &P::timeout, "seconds after which a trial counts as failed").positive();
  s.field("seconds", &P::seconds, "time of one call; what runs then is saved").positive();
}

template <class P>
struct Document {
  std::string name;
  StudyOutput output;
  std::optional<P> study;
};

template <class P>
void describe_document(Schema<Document<P>>& s, const char* key, const char* doc) {
  using D = Document<P>;
  s.field("name", &D::name, "name of the study's folder")
      .where("a plain folder name", is_folder_name);
  s.field("output", &D::output, "what the study leaves");
  s.field(key, &D::study, doc).required();
}
void describe(Schema<Document<SweepParameters>>& s) {
  describe_document(s, "sweep", "what is varied");
}
void describe(Schema<Document<TuneParameters>>& s) {
  describe_document(s, "tune", "what is searched");
}

const Table* table_at(const Table& table, const char* key) {
  const Value* value = table.find(key);
  return value ? value->get<Table>() : nullptr;
}

// Name, folder and base: read alike for both kinds.
template <class P>
void read_common(const Table& table, const char* key, StudyFile<P>& file,
                 Diagnostics& diagnostics) {
  require_file_of(key, table);
  auto document = Schema<Document<P>>().read(table, diagnostics);
  diagnostics.throw_if_any();
  file.study = std::move(*document.study);
  file.output = document.output;
  file.name = document.name.empty() && table.source.file
                  ? fs::path(*table.source.file).stem().string()
                  : document.name;
  const Table& given = *table_at(table, key);
  file.base_source = place_of(given, "base");
  file.metric_source = place_of(given, "metric");
  if (is_inherited(resolve_path(*given.find("base"))))
    throw ConfigError(to_text(file.base_source) +
                      ": base: every trial reads it again, so that it must be a file");
  file.study.base = fs::absolute(resolve_path(*given.find("base"))).lexically_normal().string();
  if (const Table* output = table_at(table, "output"); output && output->find("dir"))
    file.output.dir = resolve_path(*output->find("dir"));
  file.output.dir = fs::absolute(file.output.dir).lexically_normal().string();
  file.fixed = read_overrides(file.study.fixed, fmt::format("{}.fixed", key), diagnostics);
}

}  // namespace

void describe(Schema<SweepParameters>& s) {
  using P = SweepParameters;
  describe_study(s);
  s.field("grid", &P::grid, "keys with lists of values: every combination");
  s.field("list", &P::list, "sets of overrides, one after the other; name names one");
  s.field("repeats", &P::repeats, "trainings of every point, with seeds one apart")
      .at_least(1)
      .at_most(most_trials);
}

void describe(Schema<TuneParameters>& s) {
  using P = TuneParameters;
  describe_study(s);
  s.field("space", &P::space, "hyperparameters by name: what each may be").required();
  s.field("sampler", &P::sampler, "how points are chosen").one_of({"tpe", "random", "sobol"});
  s.field("pruner", &P::pruner, "which trials end early");
  s.field("metric", &P::metric, "what is to be small: score, validation_loss, or a metric by name");
  s.field("trials", &P::trials, "how many").at_least(1).at_most(most_trials);
}

std::vector<ParameterInfo> sweep_file_parameters() {
  return Schema<Document<SweepParameters>>().info();
}

std::vector<ParameterInfo> tune_file_parameters() {
  auto out = Schema<Document<TuneParameters>>().info();
  for (auto& info : out)
    for (auto& inner : info.children)
      if (inner.name == "space") {
        inner.type = "table of table";
        inner.children = dimension_parameters();
      }
  return out;
}

SweepFile read_sweep(const Table& table) {
  Diagnostics diagnostics;
  SweepFile file;
  read_common(table, "sweep", file, diagnostics);
  file.points = sweep_points(*table_at(table, "sweep"), file, diagnostics);
  diagnostics.throw_if_any();
  return file;
}

TuneFile read_tune(const Table& table) {
  Diagnostics diagnostics;
  TuneFile file;
  read_common(table, "tune", file, diagnostics);
  const Table& given = *table_at(table, "tune");
  file.metric_given = given.find("metric") != nullptr;
  file.space = read_space(file.study.space, place_of(given, "space"), diagnostics);
  for (const auto& d : file.space) {
    check_key({d.key, "", d.source}, "tune.space." + key_text(d.name), diagnostics);
    for (const auto& o : file.fixed)
      if (o.key == d.key)
        diagnostics.error(o.source,
                          fmt::format("tune.fixed: {} is searched as tune.space.{} already", o.key,
                                      key_text(d.name)));
  }
  diagnostics.throw_if_any();
  return file;
}

}  // namespace banach
