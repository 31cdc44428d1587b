// SPDX-License-Identifier: Apache-2.0
#include "core/study/study_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"

namespace banach {

void describe(Schema<StudyOutput>& s) {
  s.field("dir", &StudyOutput::dir, "folder of the study's folder");
}

namespace {

namespace fs = std::filesystem;

template <class P>
void describe_study(Schema<P>& s) {
  s.field("base", &P::base, "the configuration that every trial changes").required();
  s.field("fixed", &P::fixed, "overrides of every trial");
  s.field("jobs", &P::jobs, "trials at a time; 0: as many as there are cores")
      .at_least(0)
      .at_most(4096);
  s.field("seed", &P::seed, "first seed; that of the base where absent").at_least(0);
  s.field("timeout", &P::timeout, "seconds after which a trial counts as failed").positive();
  s.field("seconds", &P::seconds, "time of one call; what runs then is saved").positive();
}

template <class P>
struct Document {
  std::string name;
  StudyOutput output;
  std::optional<P> study;
};

bool folder_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of(std::string("/\0", 2)) == std::string::npos;
}

template <class P>
void describe_document(Schema<Document<P>>& s, const char* key, const char* doc) {
  using D = Document<P>;
  s.field("name", &D::name, "name of the study's folder").where("a plain folder name", folder_name);
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

Source place_of(const Table& table, const char* key) {
  const Value* value = table.find(key);
  if (!value) return table.source;
  return value->key.file ? value->key : value->source;
}

const Source& place_of(const Value& value) { return value.key.file ? value.key : value.source; }

// Name, folder and base: read alike for both kinds.
template <class P>
void read_common(const Table& table, const char* key, StudyFile<P>& file,
                 Diagnostics& diagnostics) {
  const char* other = std::string(key) == "sweep" ? "tune" : "sweep";
  if (!table.find(key) && table.find(other))
    throw ConfigError(fmt::format("{}: this is a file for banach {}: it has [{}] and no [{}]",
                                  to_text(place_of(table, other)), other, other, key));
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
  file.study.base = fs::absolute(resolve_path(*given.find("base"))).lexically_normal().string();
  if (const Table* output = table_at(table, "output"); output && output->find("dir"))
    file.output.dir = resolve_path(*output->find("dir"));
  file.output.dir = fs::absolute(file.output.dir).lexically_normal().string();
  file.fixed = read_overrides(file.study.fixed, fmt::format("{}.fixed", key), diagnostics);
}

void flatten(const Value& value, const std::string& key, std::vector<Override>& out,
             bool whole_lists) {
  const Table* table = value.get<Table>();
  if (!table || whole_lists) {
    out.push_back({key, to_text(value), place_of(value)});
    return;
  }
  for (const auto& [name, inner] : table->entries) flatten(inner, key + "." + name, out, false);
}

// Keys that a study sets by itself.
void check_key(const Override& o, const std::string& path, Diagnostics& diagnostics) {
  if (o.key == "seed")
    diagnostics.error(o.source, path + ": seeds come from seed and repeats of the study");
  if (o.key == "name" || o.key == "output.dir" || o.key == "output")
    diagnostics.error(o.source, path + ": the study names the folders of its trials itself");
}

void check_twice(const std::vector<Override>& all, const std::string& path,
                 Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i].key == all[j].key)
        diagnostics.error(all[i].source, fmt::format("{}: {} is set twice, here and at {}", path,
                                                     all[i].key, to_text(all[j].source)));
}

struct Axis {
  std::string key;
  Value::List values;
  Source source;
};

void read_axes(const Table& grid, const std::string& key, std::vector<Axis>& out,
               Diagnostics& diagnostics) {
  for (const auto& [name, value] : grid.entries) {
    const std::string whole = key.empty() ? name : key + "." + name;
    if (const Table* inner = value.get<Table>()) {
      read_axes(*inner, whole, out, diagnostics);
      continue;
    }
    const auto* list = value.get<Value::List>();
    if (!list)
      diagnostics.error(value.source, fmt::format("sweep.grid: {}: expected a list of values, got "
                                                  "{}; what does not vary belongs into fixed",
                                                  whole, type_name(value)));
    else if (list->empty())
      diagnostics.error(place_of(value), fmt::format("sweep.grid: {}: the list is empty", whole));
    else
      out.push_back({whole, *list, place_of(value)});
  }
}

constexpr std::size_t most_points = 100000;

std::string words_of(const std::vector<Override>& overrides) {
  std::vector<std::string> words;
  words.reserve(overrides.size());
  for (const auto& o : overrides) words.push_back(o.word());
  return words.empty() ? "the base" : join(words);
}

std::vector<SweepPoint> read_list(const SweepParameters& p, Diagnostics& diagnostics) {
  std::vector<SweepPoint> out;
  for (std::size_t i = 0; i < p.list.size(); ++i) {
    const std::string path = fmt::format("sweep.list.{}", i);
    SweepPoint point;
    Table table = p.list[i];
    if (const Value* name = table.find("name")) {
      if (name->get<std::string>())
        point.label = *name->get<std::string>();
      else
        detail::wrong_type(*name, path + ".name", "text", diagnostics);
      table.erase("name");
    }
    point.overrides = read_overrides(table, path, diagnostics);
    for (const auto& other : out)
      if (!point.label.empty() && other.label == point.label)
        diagnostics.error(p.list[i].source, fmt::format("{}: the name {} stands there twice", path,
                                                        in_quotes(point.label)));
    if (point.label.empty()) point.label = words_of(point.overrides);
    out.push_back(std::move(point));
  }
  if (out.empty()) out.emplace_back();
  return out;
}

std::vector<SweepPoint> multiplied(const std::vector<SweepPoint>& points, const Axis& axis) {
  std::vector<SweepPoint> out;
  for (const SweepPoint& point : points)
    for (const Value& value : axis.values) {
      const Override o{axis.key, to_text(value), value.source};
      out.push_back(point);
      out.back().label += (point.label.empty() ? "" : ", ") + o.word();
      out.back().overrides.push_back(o);
    }
  return out;
}

std::vector<SweepPoint> read_points(const Table& given, const SweepFile& file,
                                    Diagnostics& diagnostics) {
  std::vector<Axis> axes;
  read_axes(file.study.grid, "", axes, diagnostics);
  if (axes.empty() && file.study.list.empty() && diagnostics.empty())
    diagnostics.error(place_of(given, "grid"),
                      "sweep: nothing varies; give grid.\"stage.0.lr\" = [1e-3, 1e-4] or a list");
  std::vector<SweepPoint> points = read_list(file.study, diagnostics);
  std::size_t count = points.size();
  for (const Axis& axis : axes)
    if ((count *= axis.values.size()) > most_points) {
      diagnostics.error(axis.source, fmt::format("sweep.grid: more than {} points", most_points));
      return {};
    }
  for (const Axis& axis : axes) points = multiplied(points, axis);
  if (points.empty()) return points;
  for (const SweepPoint& point : points) {
    if (!diagnostics.empty()) break;  // the next points would say the same
    std::vector<Override> all = file.fixed;
    all.insert(all.end(), point.overrides.begin(), point.overrides.end());
    for (const auto& o : point.overrides) check_key(o, "sweep", diagnostics);
    check_twice(all, "sweep", diagnostics);
  }
  return points;
}

}  // namespace

void describe(Schema<SweepParameters>& s) {
  using P = SweepParameters;
  describe_study(s);
  s.field("grid", &P::grid, "keys with lists of values: every combination");
  s.field("list", &P::list, "sets of overrides, one after the other; name names one");
  s.field("repeats", &P::repeats, "trainings of every point, with seeds one apart").at_least(1);
}

void describe(Schema<TuneParameters>& s) {
  using P = TuneParameters;
  describe_study(s);
  s.field("space", &P::space, "hyperparameters by name: what each may be").required();
  s.field("sampler", &P::sampler, "how points are chosen").one_of({"tpe", "random", "sobol"});
  s.field("pruner", &P::pruner, "which trials end early");
  s.field("metric", &P::metric, "what is to be small: validation_loss, or a metric by name");
  s.field("trials", &P::trials, "how many").at_least(1);
}

std::vector<Override> read_overrides(const Table& table, const std::string& path,
                                     Diagnostics& diagnostics) {
  std::vector<Override> out;
  for (const auto& [key, value] : table.entries)
    flatten(value, key, out, key.find('.') != std::string::npos);
  for (const auto& o : out) check_key(o, path, diagnostics);
  check_twice(out, path, diagnostics);
  return out;
}

SweepFile read_sweep(const Table& table) {
  Diagnostics diagnostics;
  SweepFile file;
  read_common(table, "sweep", file, diagnostics);
  file.points = read_points(*table_at(table, "sweep"), file, diagnostics);
  diagnostics.throw_if_any();
  return file;
}

TuneFile read_tune(const Table& table) {
  Diagnostics diagnostics;
  TuneFile file;
  read_common(table, "tune", file, diagnostics);
  const Table& given = *table_at(table, "tune");
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
