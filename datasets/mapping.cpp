// SPDX-License-Identifier: Apache-2.0
#include "datasets/mapping.hpp"

#include <algorithm>
#include <limits>

namespace banach {
namespace {

// Coordinates and parameters are a text or a table; these are the tables.
struct CoordinateTable : CoordinateParameters {};
struct ParameterTable : ParameterParameters {};

void describe(Schema<CoordinateTable>& s) {
  using P = CoordinateTable;
  s.field("path", &P::path, "dataset with the values");
  s.field("axes", &P::axes, "labels of its axes; the axis itself where absent");
  s.field("select", &P::select, "parts of axes, as for variables");
  s.field("linspace", &P::linspace, "instead of a path: [first, last]");
  s.field("endpoint", &P::endpoint, "whether linspace reaches its last value");
  s.field("stack", &P::stack, "instead of a path: one dataset per dimension of the points");
  s.field("periodic", &P::periodic, "whether the axis closes on itself");
}
void describe(Schema<ParameterTable>& s) {
  using P = ParameterTable;
  s.field("attribute", &P::attribute, "attribute of the file, or group@attribute");
  s.field("path", &P::path, "dataset with the values");
  s.field("axes", &P::axes, "labels of its axes");
  s.field("filename", &P::filename, "regular expression whose group 1 is the number");
}

bool every_step(const std::map<std::string, std::int64_t>& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const auto& axis) { return axis.second >= 1; });
}

// Keys at their defaults would say no more.
template <class P>
Value brief(const P& object) {
  const Table all = Schema<P>().write(object), plain = Schema<P>().write(P());
  Table out;
  for (const auto& [key, value] : all.entries)
    if (const Value* usual = plain.find(key); !usual || to_text(*usual) != to_text(value))
      out.set(key, value);
  return Value(std::move(out));
}

template <class Entries, class P>
bool read_table(const Value& v, const std::string& path, Diagnostics& d, P& out) {
  Entries table;
  if (!detail::read_struct(v, path, d, Schema<Entries>(), &table)) return false;
  out = table;
  return true;
}
template <class Entries, class P>
Value write_table(const P& value) {
  Entries table;
  static_cast<P&>(table) = value;
  return brief(table);
}

}  // namespace

std::string Convert<AxisLabels>::type() { return "text or list of text"; }
std::vector<ParameterInfo> Convert<AxisLabels>::children() { return {}; }
bool Convert<AxisLabels>::read(const Value& v, const std::string& path, Diagnostics& d,
                               AxisLabels& out) {
  out.names.clear();
  if (const auto* text = v.get<std::string>()) {
    std::string word;
    for (const char c : *text + " ") {
      if (c != ' ' && c != ',') {
        word += c;
      } else if (!word.empty()) {
        out.names.push_back(word);
        word.clear();
      }
    }
    return true;
  }
  return Convert<std::vector<std::string>>::read(v, path, d, out.names);
}
Value Convert<AxisLabels>::write(const AxisLabels& value) { return Value(join(value.names, " ")); }

std::string Convert<SplitShare>::type() { return "number or text"; }
std::vector<ParameterInfo> Convert<SplitShare>::children() { return {}; }
bool Convert<SplitShare>::read(const Value& v, const std::string& path, Diagnostics& d,
                               SplitShare& out) {
  if (v.get<double>() || v.get<std::int64_t>()) {
    out.text = to_text(v);
    return true;
  }
  return Convert<std::string>::read(v, path, d, out.text);
}
Value Convert<SplitShare>::write(const SplitShare& value) { return Value(value.text); }

std::string Convert<CoordinateParameters>::type() { return "text or table"; }
std::vector<ParameterInfo> Convert<CoordinateParameters>::children() {
  return Schema<CoordinateTable>().info();
}
bool Convert<CoordinateParameters>::read(const Value& v, const std::string& path, Diagnostics& d,
                                         CoordinateParameters& out) {
  if (const auto* text = v.get<std::string>()) {
    out.path = *text;
    return true;
  }
  Value whole = v;
  if (auto* entries = std::get_if<Table>(&whole.data))
    if (Value* select = entries->find("select"); select && !select->get<Table>()) {
      Table only;
      only.source = select->source;
      only.set("", *select);
      select->data = std::move(only);
    }
  const std::size_t before = d.lines().size();
  if (!read_table<CoordinateTable>(whole, path, d, out)) return false;
  const int given = int(!out.path.empty()) + int(!out.linspace.empty()) + int(!out.stack.empty());
  const bool of_preset = given == 0 && out.periodic && out.select.entries.empty();
  if (given != 1 && !of_preset && d.lines().size() == before)
    d.error(v.source, path + ": give one of path, linspace and stack");
  return true;
}
Value Convert<CoordinateParameters>::write(const CoordinateParameters& value) {
  Value out = write_table<CoordinateTable>(value);
  if (const Value* only = value.select.find("")) std::get<Table>(out.data).set("select", *only);
  return out;
}

std::string Convert<ParameterParameters>::type() { return "text or table"; }
std::vector<ParameterInfo> Convert<ParameterParameters>::children() {
  return Schema<ParameterTable>().info();
}
bool Convert<ParameterParameters>::read(const Value& v, const std::string& path, Diagnostics& d,
                                        ParameterParameters& out) {
  if (const auto* text = v.get<std::string>()) {
    const auto at = text->find('@');
    (at == std::string::npos ? out.path : out.attribute) = at == 0 ? text->substr(1) : *text;
    return true;
  }
  const std::size_t before = d.lines().size();
  if (!read_table<ParameterTable>(v, path, d, out)) return false;
  if (int(!out.path.empty()) + int(!out.attribute.empty()) + int(!out.filename.empty()) != 1 &&
      d.lines().size() == before)
    d.error(v.source, path + ": give one of attribute, path and filename");
  return true;
}
Value Convert<ParameterParameters>::write(const ParameterParameters& value) {
  return write_table<ParameterTable>(value);
}

void describe(Schema<VariableParameters>& s) {
  using P = VariableParameters;
  s.field("path", &P::path, "dataset in the file; {name} makes an axis of groups");
  s.field("axes", &P::axes, "one label per dimension of the dataset, slowest first");
  s.field("select", &P::select, "by axis: an index, \"start:stop:step\", or a list of indices");
  s.field("role", &P::role, "of an input: values (branch) or points of the outputs (trunk)")
      .one_of({"auto", "branch", "trunk"});
  s.field("transform", &P::transform, "of the values as they are read")
      .one_of({"none", "log", "sqrt", "square", "exp"});
  s.field("scale", &P::scale, "factor after the transform");
  s.field("offset", &P::offset, "added after the factor");
  s.field("missing", &P::missing, "number that stands for no value: an error where it is read");
}
void describe(Schema<WindowParameters>& s) {
  using P = WindowParameters;
  s.field("n_in", &P::n_in, "time steps that are given").at_least(1);
  s.field("n_out", &P::n_out, "time steps that follow").at_least(1);
  s.field("stride", &P::stride, "steps of the file between two of a window").at_least(1);
  s.field("target", &P::target, "the later state, or its difference to the last given one")
      .one_of({"state", "delta"});
  s.field("time_as", &P::time_as, "what the steps of a window become").one_of({"channel", "axis"});
}
void describe(Schema<SplitParameters>& s) {
  using P = SplitParameters;
  s.field("train", &P::train, "fraction, or slice \"start:stop\", of the trajectories");
  s.field("validation", &P::validation, "the same for validation");
  s.field("test", &P::test, "the same for the final test");
  s.field("seed", &P::seed, "of the order in which fractions are taken")
      .at_least(0)
      .at_most(std::numeric_limits<std::int64_t>::max());
  s.field("shuffle", &P::shuffle, "whether fractions are taken in a random order");
}
void describe(Schema<NormalisationParameters>& s) {
  using P = NormalisationParameters;
  const std::vector<std::string> kinds = {"zscore", "minmax", "rms", "none"};
  s.field("inputs", &P::inputs, "fitted on the training split").one_of(kinds);
  s.field("outputs", &P::outputs, "fitted on the training split; undone in every result")
      .one_of(kinds);
  s.field("per", &P::per, "what has numbers of its own").one_of({"channel", "point"});
}
void describe(Schema<DataVariantParameters>& s) {
  using P = DataVariantParameters;
  s.field("name", &P::name, "of a further test set");
  s.field("files", &P::files, "files of its own");
  s.field("subsample", &P::subsample, "a step of its own per axis")
      .where("at least 1 on every axis", every_step);
  s.field("rename", &P::rename, "paths that have other names there");
}
void describe(Schema<DatasetParameters>& s) {
  using P = DatasetParameters;
  s.field("files", &P::files, "paths, globs (*, ?) and {sample} patterns, relative to the TOML");
  s.field("preset", &P::preset, "a layout that the files describe themselves")
      .one_of({"none", "pdebench", "the_well", "dedalus", "vtkhdf", "netcdf"});
  s.field("files_axis", &P::files_axis, "the axis along which several files join");
  s.field("axis_order", &P::axis_order, "reversed: axes as MATLAB, Julia and Fortran write them")
      .one_of({"file", "reversed"});
  s.field("time_decimal", &P::time_decimal, "the decimal point in names of time groups");
  s.field("inputs", &P::inputs, "what the operator is given, by name");
  s.field("outputs", &P::outputs, "what it must find, by name; later inputs where absent");
  s.field("coords", &P::coords, "coordinates of the axes");
  s.field("weights", &P::weights, "of points in losses and errors, such as volumes of cells");
  s.field("params", &P::params, "numbers that come with a file or a sample");
  s.field("fields", &P::fields, "fields of a preset; all where absent");
  s.field("subsample", &P::subsample, "step along an axis, for every variable")
      .where("at least 1 on every axis", every_step);
  s.field("window", &P::window, "turns trajectories into samples");
  s.field("split", &P::split, "training, validation and test, by trajectory");
  s.field("train", &P::train, "files of the training split, where they are separate");
  s.field("validation", &P::validation, "files of the validation split, where they are separate");
  s.field("test", &P::test, "further test sets");
  s.field("labelled", &P::labelled,
          "training samples whose outputs are used, the others are inputs alone; 0: all")
      .at_least(0);
  s.field("normalisation", &P::normalisation, "of inputs and outputs");
  s.field("cf_attributes", &P::cf_attributes,
          "honour scale_factor, add_offset, _Unsigned, missing values and valid ranges that the "
          "files state; false: numbers as stored");
  s.field("memory_budget", &P::memory_budget, "gigabytes above 1, else part of the free memory")
      .positive();
  s.field("generate", &P::generate, "a generator that writes the file where there is none");
}

}  // namespace banach
