// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "banach/error.hpp"
#include "core/parameters/names.hpp"
#include "datasets/dataset_names.hpp"

namespace banach {
namespace {

constexpr const char* roles[] = {"input", "output", "parameter", "points"};

DataVariable::Role role_of(const std::string& text, const std::string& origin) {
  for (std::size_t i = 0; i < 4; ++i)
    if (text == roles[i]) return static_cast<DataVariable::Role>(i);
  throw DataError(fmt::format("{}: \"{}\" is no role of a variable", origin, text));
}

DataVariable variable_of(const nlohmann::json& json, const std::string& origin) {
  DataVariable variable{json.at("name").get<std::string>(),
                        role_of(json.at("role").get<std::string>(), origin),
                        json.at("channels").get<std::vector<std::string>>(),
                        json.at("axes").get<std::vector<std::string>>(), json.value("units", "")};
  if (variable.channels.empty())
    throw DataError(fmt::format("{}: variable \"{}\" has no channels", origin, variable.name));
  return variable;
}

void require_consistent(const DatasetInfo& info, const std::string& origin) {
  const auto fail = [&](const std::string& what) {
    throw DataError(fmt::format("{}: {}", origin, what));
  };
  for (const auto& axis : info.axes)
    if (axis.size < 1 ||
        (!axis.values.empty() && axis.size != static_cast<std::int64_t>(axis.values.size())))
      fail(fmt::format("axis \"{}\" of size {} has {} coordinates", axis.name, axis.size,
                       axis.values.size()));
  for (const auto& variable : info.variables)
    for (const auto& name : variable.axes)
      if (!info.axis(name))
        fail(fmt::format("variable \"{}\" has the unknown axis \"{}\"", variable.name, name));
}

}  // namespace

const DataAxis* DatasetInfo::axis(const std::string& name) const {
  const auto found = std::find_if(axes.begin(), axes.end(),
                                  [&](const DataAxis& axis) { return axis.name == name; });
  return found == axes.end() ? nullptr : &*found;
}

std::int64_t DatasetInfo::numbers(const DataVariable& variable) const {
  auto count = static_cast<std::int64_t>(variable.channels.size());
  for (const auto& name : variable.axes) count *= axis(name)->size;
  return count;
}

std::string other_units(const DatasetInfo& trained, const DatasetInfo& now) {
  const auto text = [](const std::string& name, const std::string& was, const std::string& is) {
    if (was.empty() || is.empty() || was == is) return std::string();
    return fmt::format("{} is in \"{}\", but in \"{}\" in the training data", name, is, was);
  };
  for (const auto& variable : now.variables)
    for (const auto& before : trained.variables)
      if (before.name == variable.name && before.role == variable.role)
        if (auto said = text(variable.name, before.units, variable.units); !said.empty())
          return said;
  for (const auto& axis : now.axes)
    if (const auto* before = trained.axis(axis.name))
      if (auto said = text("axis " + axis.name, before->units, axis.units); !said.empty())
        return said;
  return "";
}

nlohmann::json to_json(const DatasetInfo& info) {
  nlohmann::json axes = nlohmann::json::array(), variables = nlohmann::json::array();
  for (const auto& axis : info.axes)
    axes.push_back({{"name", axis.name},
                    {"size", axis.size},
                    {"values", axis.values},
                    {"periodic", axis.periodic}});
  for (const auto& variable : info.variables)
    variables.push_back({{"name", variable.name},
                         {"role", roles[static_cast<std::size_t>(variable.role)]},
                         {"channels", variable.channels},
                         {"axes", variable.axes}});
  for (std::size_t i = 0; i < info.axes.size(); ++i)
    if (!info.axes[i].units.empty()) axes[i]["units"] = info.axes[i].units;
  for (std::size_t i = 0; i < info.variables.size(); ++i)
    if (!info.variables[i].units.empty()) variables[i]["units"] = info.variables[i].units;
  return {{"axes", axes},
          {"variables", variables},
          {"dimensions", info.dimensions},
          {"points", info.points},
          {"weights", info.weights},
          {"time_values", info.time_values},
          {"lower", info.lower},
          {"upper", info.upper},
          {"time_step", info.time_step},
          {"shortest_step", info.shortest_step},
          {"longest_step", info.longest_step},
          {"origin", info.origin.value_or(std::vector<double>())}};
}

void check_names(DatasetInfo& info, const std::string& origin) {
  const auto check = [&](const char* what, const std::string& name) {
    require_name<DataError>(origin + ": " + what, name);
  };
  for (auto& axis : info.axes) {
    check("an axis", axis.name);
    axis.units = one_line(axis.units);
  }
  for (auto& variable : info.variables) {
    check("a variable", variable.name);
    for (const auto& channel : variable.channels) check("a channel", channel);
    for (const auto& axis : variable.axes) check("an axis", axis);
    variable.units = one_line(variable.units);
  }
  for (const auto& name : info.dimensions) check("a dimension", name);
  for (const auto& name : info.time_values) check("a time", name);
}

DatasetInfo dataset_info(const nlohmann::json& json, const std::string& origin) {
  DatasetInfo info;
  try {
    for (const auto& axis : json.at("axes"))
      info.axes.push_back({axis.at("name").get<std::string>(), axis.at("size").get<std::int64_t>(),
                           axis.at("values").get<std::vector<double>>(),
                           axis.at("periodic").get<bool>(), axis.value("units", "")});
    for (const auto& variable : json.at("variables"))
      info.variables.push_back(variable_of(variable, origin));
    info.dimensions = json.at("dimensions").get<std::vector<std::string>>();
    info.points = json.at("points").get<std::vector<double>>();
    info.weights = json.value("weights", std::vector<double>());
    info.lower = json.value("lower", std::vector<double>());
    info.upper = json.value("upper", std::vector<double>());
    info.origin = json.value("origin", std::vector<double>());  // absent in older checkpoints
    info.time_values = json.at("time_values").get<std::vector<std::string>>();
    info.time_step = json.value("time_step", 0.0);  // absent in older runs, as are the next two
    info.shortest_step = json.value("shortest_step", 0.0);
    info.longest_step = json.value("longest_step", 0.0);
  } catch (const nlohmann::json::exception& e) {
    throw DataError(
        fmt::format("{}: the description of the data set is damaged: {}", origin, e.what()));
  }
  check_names(info, origin);
  require_consistent(info, origin);
  return info;
}

}  // namespace banach
