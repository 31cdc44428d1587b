// SPDX-License-Identifier: Apache-2.0
#include "datasets/conventions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "banach/config.hpp"
#include "banach/error.hpp"

namespace banach {
namespace {

using Attributes = std::map<std::string, Hdf5Attribute>;

/// What the netCDF library fills variables with that have no _FillValue; bytes have none.
double default_fill(const std::string& type) {
  static const std::map<std::string, double> fills = {
      {"int16", -32767},
      {"uint16", 65535},
      {"int32", -2147483647.0},
      {"uint32", 4294967295.0},
      {"int64", -9223372036854775806.0},
      {"uint64", 18446744073709551614.0},
      {"float32", static_cast<double>(9.969209968386869e36f)},
      {"float64", 9.969209968386869e36}};
  const auto found = fills.find(type);
  return found == fills.end() ? std::nan("") : found->second;
}

/// Reads the attributes of one dataset.
class Statement {
 public:
  Statement(const Hdf5Reader& file, const std::string& dataset) : file_(file), dataset_(dataset) {
    for (auto& one : file.attributes(dataset)) attributes_.emplace(one.name, std::move(one));
  }

  std::string units() const {
    const auto* found = find("units");
    return found && found->texts.size() == 1 ? found->texts.front() : "";
  }
  bool says_anything() const {
    for (const auto* name : {"_Unsigned", "scale_factor", "add_offset", "_FillValue",
                             "missing_value", "valid_min", "valid_max", "valid_range"})
      if (find(name)) return true;
    return is_netcdf();
  }
  void read(Conventions& out) const {
    const auto info = file_.describe(dataset_);
    if (!info.numeric || info.components != 1) return;
    signs(info, out);
    out.scale = single("scale_factor", 1);
    out.offset = single("add_offset", 0);
    if (out.scale == 0 || !std::isfinite(out.scale) || !std::isfinite(out.offset))
      fail("scale_factor", "is no factor");
    for (const auto* name : {"_FillValue", "missing_value"})
      for (const double raw : numbers(name)) out.add_missing(out.resign(raw), info.type);
    if (is_netcdf() && !find("_FillValue") && !find("missing_value"))
      if (const double fill = default_fill(info.type); std::isfinite(fill))
        out.add_missing(fill, info.type);
    range(info, out);
  }

 private:
  [[noreturn]] void fail(const std::string& name, const std::string& what) const {
    throw DataError(fmt::format(
        "{}: attribute \"{}\" of dataset \"{}\" {}: {}; dataset.cf_attributes = false reads the "
        "numbers as they are stored",
        file_.path().string(), name, dataset_, what, find(name) ? find(name)->text() : ""));
  }
  const Hdf5Attribute* find(const std::string& name) const {
    const auto found = attributes_.find(name);
    return found == attributes_.end() ? nullptr : &found->second;
  }
  bool is_netcdf() const {
    return find("_Netcdf4Dimid") || find("_Netcdf4Coordinates") ||
           file_.has_attribute("/", "_NCProperties");
  }
  /// Numbers of an attribute, those that are written as text too.
  std::vector<double> numbers(const std::string& name) const {
    const auto* found = find(name);
    if (!found) return {};
    if (!found->numbers.empty()) return found->numbers;
    std::vector<double> out;
    for (const auto& text : found->texts) {
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size()) fail(name, "is not a number");
      out.push_back(value);
    }
    if (out.empty()) fail(name, "is not a number");
    return out;
  }
  double single(const std::string& name, double otherwise) const {
    const auto all = numbers(name);
    if (all.size() > 1) fail(name, "must be a single number");
    return all.empty() ? otherwise : all.front();
  }
  void signs(const Hdf5DatasetInfo& info, Conventions& out) const {
    const auto* found = find("_Unsigned");
    if (!found) return;
    auto text = found->texts.size() == 1 ? found->texts.front() : found->text();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool wanted = text == "true" || text == "1";
    if (!wanted && text != "false" && text != "0") fail("_Unsigned", "is neither true nor false");
    const double all = std::ldexp(1.0, static_cast<int>(8 * info.item_bytes));
    out.half = all / 2;
    if (wanted && info.type.rfind("int", 0) == 0) out.below = all;
    if (!wanted && info.type.rfind("uint", 0) == 0) out.above = -all;
  }
  void range(const Hdf5DatasetInfo& info, Conventions& out) const {
    const auto both = numbers("valid_range");
    if (!both.empty() && both.size() != 2) fail("valid_range", "must be two numbers");
    const auto* kind = find("valid_range");
    if (both.size() == 2) out.low = both[0], out.high = both[1];
    for (const auto* name : {"valid_min", "valid_max"})
      if (find(name)) {
        kind = find(name);
        (name == std::string("valid_min") ? out.low : out.high) = single(name, 0);
      }
    if (!kind) return;
    // Of another kind than the packed integers, it is a range of values.
    const bool integers = info.type.find("int") != std::string::npos;
    out.range_of_values = integers && kind->type.find("float") != std::string::npos;
    if (!out.range_of_values) {
      out.low = out.resign(out.low), out.high = out.resign(out.high);
      if (info.type == "float32")
        out.low = static_cast<float>(out.low), out.high = static_cast<float>(out.high);
    } else {
      out.low -= 0.5 * std::abs(out.scale), out.high += 0.5 * std::abs(out.scale);
    }
    if (out.low > out.high) fail(kind->name, "is an empty range");
  }

  const Hdf5Reader& file_;
  const std::string& dataset_;
  Attributes attributes_;
};

}  // namespace

std::string Conventions::why_absent(double raw) const {
  raw = resign(raw);
  if (std::find(missing.begin(), missing.end(), raw) != missing.end())
    return fmt::format("holds {:.9g}, which stands for a missing value,", raw);
  return fmt::format("holds {:.9g}, outside the valid range [{:g}, {:g}] that the file states,",
                     range_of_values ? scale * raw + offset : raw, low, high);
}

std::string Conventions::packing() const {
  std::vector<std::string> parts;
  if (scale != 1) parts.push_back(fmt::format("scale_factor = {}", scale));
  if (offset != 0) parts.push_back(fmt::format("add_offset = {}", offset));
  if (below != 0 || above != 0) parts.push_back(fmt::format("_Unsigned = {}", below != 0));
  return join(parts);
}

void Conventions::add_missing(double raw, const std::string& type) {
  missing.push_back(raw);
  const double rounded = static_cast<double>(static_cast<float>(raw));
  if (type == "float32" && rounded != raw) missing.push_back(rounded);
}

Conventions conventions_of(const Hdf5Reader& file, const std::string& dataset, bool honour) {
  Conventions out;
  const Statement statement(file, dataset);
  out.units = statement.units();
  if (honour && statement.says_anything()) statement.read(out);
  return out;
}

std::vector<double> read_values(const Hdf5Reader& file, const std::string& dataset, bool honour,
                                std::int64_t limit) {
  const auto refuse = [&](const std::string& what) {
    throw DataError(fmt::format("{}: dataset \"{}\" {}", file.path().string(), dataset, what));
  };
  if (file.describe(dataset).components != 1)
    refuse("holds complex numbers where real ones are needed");
  auto values = file.read(dataset, limit);
  if (!file.exact(dataset))
    refuse("holds integers beyond 2^53 that double does not hold; store them less a common offset");
  const auto stated = conventions_of(file, dataset, honour);
  if (stated.plain()) return values;
  const auto none = [&](double raw) { return stated.absent(raw); };
  const auto first = std::find_if(values.begin(), values.end(), none);
  if (first != values.end())
    refuse(fmt::format("{} at entry {} ({} of {} are missing)", stated.why_absent(*first),
                       first - values.begin(), std::count_if(values.begin(), values.end(), none),
                       values.size()));
  for (double& value : values) value = stated.value(value);
  return values;
}

bool is_bare_dimension(const Hdf5Reader& file, const std::string& dataset) {
  if (!file.has_attribute(dataset, "NAME")) return false;
  const auto name = file.attribute(dataset, "NAME");
  return !name.texts.empty() &&
         name.texts.front().rfind("This is a netCDF dimension but not", 0) == 0;
}

std::string unit_alone(const std::string& units) { return units.substr(0, units.find(" since ")); }

}  // namespace banach
