// SPDX-License-Identifier: Apache-2.0
// The [dataset] table: where the numbers of a data set are and what their axes mean.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "banach/parameters.hpp"

namespace banach {

/// Axis labels, slowest first: "sample time x" or ["sample", "time", "x"]. Reserved: sample, time,
/// channel, comp, point, dim, sensor, part and _ (size 1, dropped); others are spatial axes.
struct AxisLabels {
  std::vector<std::string> names;
};

/// An input or output: one array of the files.
struct VariableParameters {
  std::string path;  // "tensor", "/{sample}/data": a name in braces is an axis of its own
  AxisLabels axes;
  Table select;  // axis label -> index (drops the axis), "start:stop:step", or a list of indices
  std::string role = "auto";  // input: "branch" or "trunk" (points of unaligned data)
  std::string transform = "none";
  double scale = 1, offset = 0;   // values times scale plus offset, after the transform
  std::optional<double> missing;  // stands in the file where there is no value
};

/// Coordinates of one axis: a path, or a table.
struct CoordinateParameters {
  std::string path;
  AxisLabels axes;
  Table select;                    // or only the slice of the axis itself, under the key ""
  std::vector<double> linspace;    // [first, last]
  bool endpoint = true;            // of linspace
  std::vector<std::string> stack;  // paths of single coordinates of points, side by side
  std::optional<bool> periodic;    // default: the file's attribute "periodic", else not endpoint
};

/// A number per file or sample: "@Nu", "group@Nu", a path, or a table.
struct ParameterParameters {
  std::string attribute;  // of the file's root or of "group@"
  std::string path;
  AxisLabels axes;
  std::string filename;  // a regular expression with one group
};

struct WindowParameters {
  std::int64_t n_in = 1, n_out = 1, stride = 1;
  std::string target = "state", time_as = "channel";
};

/// A fraction like 0.8 or a slice like "0:1000", as text.
struct SplitShare {
  std::string text;
};

/// Fractions of the trajectories, or slices of them.
struct SplitParameters {
  SplitShare train{"0.8"}, validation{"0.1"}, test{"0.1"};
  std::int64_t seed = 0;
  bool shuffle = true;  // of fractions
};

struct NormalisationParameters {
  std::string inputs = "zscore", outputs = "zscore", per = "channel";
};

/// Another split in files of its own, or a further test set.
struct DataVariantParameters {
  std::string name;
  std::vector<std::string> files;
  std::map<std::string, std::int64_t> subsample;
  std::map<std::string, std::string> rename;  // paths, where they differ
};

struct DatasetParameters {
  std::vector<std::string> files;  // globs and paths, absolute after reading the configuration
  std::string preset = "none", files_axis = "sample", axis_order = "file";
  std::string time_decimal = ".";  // in names of groups that are times: "_" in 0_1
  std::map<std::string, VariableParameters> inputs, outputs;
  std::map<std::string, CoordinateParameters> coords;
  std::optional<CoordinateParameters> weights;  // of points, where they count differently
  std::map<std::string, ParameterParameters> params;
  std::vector<std::string> fields;  // of a preset; empty: all
  std::map<std::string, std::int64_t> subsample;
  std::optional<WindowParameters> window;
  SplitParameters split;
  std::optional<DataVariantParameters> train, validation;
  std::vector<DataVariantParameters> test;
  std::int64_t labelled = 0;  // training samples whose outputs are used; 0: all
  NormalisationParameters normalisation;
  double memory_budget = 0.5;         // GB above 1, else fraction of the free memory
  std::optional<bool> cf_attributes;  // whether attributes of the CF conventions are honoured
  Table generate;  // a generator by its type, and its parameters: writes `files` where it is absent

  // Not in the table.
  bool of_run = false;          // recorded by a run: what earlier versions let pass still passes
  bool no_numbers_yet = false;  // the files have shapes and coordinates alone
  std::vector<std::string> falling;  // axes that a run of older versions learnt falling
};

void describe(Schema<VariableParameters>& s);
void describe(Schema<WindowParameters>& s);
void describe(Schema<SplitParameters>& s);
void describe(Schema<NormalisationParameters>& s);
void describe(Schema<DataVariantParameters>& s);
void describe(Schema<DatasetParameters>& s);

template <>
struct BANACH_API Convert<AxisLabels> {
  static std::string type();
  static std::vector<ParameterInfo> children();
  static bool read(const Value& v, const std::string& path, Diagnostics& d, AxisLabels& out);
  static Value write(const AxisLabels& value);
};
template <>
struct BANACH_API Convert<SplitShare> {
  static std::string type();
  static std::vector<ParameterInfo> children();
  static bool read(const Value& v, const std::string& path, Diagnostics& d, SplitShare& out);
  static Value write(const SplitShare& value);
};
template <>
struct BANACH_API Convert<CoordinateParameters> {
  static std::string type();
  static std::vector<ParameterInfo> children();
  static bool read(const Value& v, const std::string& path, Diagnostics& d,
                   CoordinateParameters& out);
  static Value write(const CoordinateParameters& value);
};
template <>
struct BANACH_API Convert<ParameterParameters> {
  static std::string type();
  static std::vector<ParameterInfo> children();
  static bool read(const Value& v, const std::string& path, Diagnostics& d,
                   ParameterParameters& out);
  static Value write(const ParameterParameters& value);
};

}  // namespace banach
