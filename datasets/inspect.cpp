// SPDX-License-Identifier: Apache-2.0
#include "datasets/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"

namespace banach {
namespace {

/// What the library and its users keep for themselves.
bool internal_attribute(const std::string& name) {
  static const std::vector<std::string> names = {
      "DIMENSION_LIST", "REFERENCE_LIST", "DIMENSION_LABELS",   "CLASS",
      "NAME",           "_Netcdf4Dimid",  "_Netcdf4Coordinates"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Listing {
 public:
  explicit Listing(const FileTree& tree) : tree_(tree) {}
  std::string run() {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(tree_.file(), error);
    out_ = fmt::format("{}: {}\n", one_line(tree_.file().string()),
                       size_text(error ? 0 : static_cast<std::int64_t>(bytes)));
    attributes(*tree_.find(""), 1);
    group("", 1);
    return std::move(out_);
  }

 private:
  void line(int depth, const std::string& text) {
    out_ += std::string(2 * static_cast<std::size_t>(depth), ' ') + one_line(text) + "\n";
  }
  void attributes(const Hdf5Object& object, int depth) {
    for (const auto& one : object.attributes)
      if (!internal_attribute(one.name))
        line(depth, fmt::format("@{} = {}", one.name, shortened(one.text(), 70)));
  }
  void group(const std::string& path, int depth) {
    const auto& members = tree_.members(path);
    for (std::size_t i = 0; i < members.size(); ++i) {
      object(*members[i], depth);
      std::size_t last = i;
      while (last + 1 < members.size() && alike(*members[i], *members[last + 1])) ++last;
      if (last < i + 3) continue;
      line(depth, fmt::format("... and {} more like {}, the last is {}", last - i,
                              last_name(members[i]->path), last_name(members[last]->path)));
      i = last;
    }
  }
  bool alike(const Hdf5Object& a, const Hdf5Object& b) const {
    return numbered(last_name(a.path)) == numbered(last_name(b.path)) &&
           last_name(a.path) != numbered(last_name(a.path)) &&
           structure(tree_, a) == structure(tree_, b);
  }
  void object(const Hdf5Object& object, int depth) {
    const auto name = last_name(object.path);
    if (!object.refused.empty()) {
      line(depth, fmt::format("{}  {}, not followed", name, object.refused));
    } else if (object.group) {
      line(depth, name + "/");
      attributes(object, depth + 1);
      group(object.path, depth + 1);
    } else {
      dataset(object, name, depth);
    }
  }
  void dataset(const Hdf5Object& object, const std::string& name, int depth) {
    const auto& info = object.dataset;
    line(depth, fmt::format("{}  {} {}{}, {}, {}", name, shape_text(info.shape), info.type,
                            info.byte_order.empty() ? "" : " " + info.byte_order, info.layout(),
                            size_text(info.stored_bytes)));
    for (const auto& filter : info.filters)
      if (!filter.available)
        line(depth + 1, fmt::format("needs the filter {} ({}){}", filter.name, filter.id,
                                    filter.package.empty()
                                        ? ""
                                        : " of the Debian package " + filter.package +
                                              " to be repacked: h5repack -f GZIP=4 OLD NEW"));
    scales(object.path, depth + 1);
    attributes(object, depth + 1);
  }
  void scales(const std::string& path, int depth) {
    std::vector<std::string> axes;
    bool any = false;
    for (const auto& axis : tree_.dimensions(path)) {
      std::string text = axis.label;
      for (const auto& scale : axis.scales) text += (text.empty() ? "" : " = ") + scale;
      any = any || !text.empty();
      axes.push_back(text.empty() ? "-" : text);
    }
    if (any) line(depth, fmt::format("axes: {}", fmt::join(axes, ", ")));
  }

  const FileTree& tree_;
  std::string out_;
};

}  // namespace

std::string inspect_text(const FileTree& tree) { return Listing(tree).run(); }

std::string structure(const FileTree& tree, const Hdf5Object& object) {
  if (!object.group)
    return fmt::format("{}{}", object.dataset.type, shape_text(object.dataset.shape));
  std::string text = "{";
  for (const auto* member : tree.members(object.path))
    text += last_name(member->path) + ":" + structure(tree, *member) + ";";
  return text + "}";
}

std::string numbered(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit) out += c;
    if (digit && (out.empty() || out.back() != '#')) out += '#';
  }
  return out;
}

std::string size_text(std::int64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  while (size >= 999.5 && unit + 1 < std::size(units)) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, size < 99.95 ? 1 : 0, units[unit]);
}

std::string shape_text(const Shape& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

}  // namespace banach
