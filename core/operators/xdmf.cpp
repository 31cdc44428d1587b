// SPDX-License-Identifier: Apache-2.0
#include "core/operators/xdmf.hpp"

#include <fmt/format.h>

#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

std::string joined(const Shape& shape) { return fmt::format("{}", fmt::join(shape, " ")); }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

std::string whole(const std::string& file, const std::string& dataset, const Shape& shape) {
  return fmt::format(
      "<DataItem Dimensions=\"{}\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">{}:/{}"
      "</DataItem>",
      joined(shape), file, dataset);
}

// One sample of a dataset: start, stride and count of a hyperslab.
std::string part(const std::string& file, const std::string& dataset, const Shape& extents,
                 std::int64_t sample, std::int64_t samples) {
  const std::size_t rank = extents.size() + 1;
  Shape start(rank, 0), stride(rank, 1), count{1}, all{samples};
  start[0] = sample;
  count.insert(count.end(), extents.begin(), extents.end());
  all.insert(all.end(), extents.begin(), extents.end());
  return fmt::format(
      "<DataItem ItemType=\"HyperSlab\" Dimensions=\"{}\"><DataItem Dimensions=\"3 {}\" "
      "Format=\"XML\">{} {} {}</DataItem><DataItem Dimensions=\"{}\" NumberType=\"Float\" "
      "Precision=\"8\" Format=\"HDF\">{}:/{}</DataItem></DataItem>",
      joined(extents), rank, joined(start), joined(stride), joined(count), joined(all), file,
      dataset);
}

// Axes from the fastest to the slowest are x, y, z of the viewer.
std::string grid_geometry(const std::string& file, const OperatorData& where) {
  Shape extents = where.extents;
  std::vector<std::string> axes = where.axes;
  while (extents.size() < 2) extents.insert(extents.begin(), 1), axes.insert(axes.begin(), "");
  const bool flat = extents.size() == 2;
  std::string out = fmt::format("<Topology TopologyType=\"{}\" Dimensions=\"{}\"/>\n",
                                flat ? "2DRectMesh" : "3DRectMesh", joined(extents));
  out += fmt::format("<Geometry GeometryType=\"{}\">", flat ? "VXVY" : "VXVYVZ");
  for (std::size_t k = axes.size(); k-- > 0;) {
    const DataAxis* axis = axes[k].empty() ? nullptr : where.info.axis(axes[k]);
    if (axis && !axis->values.empty()) {
      out += whole(file, axes[k], {axis->size});
      continue;
    }
    Shape numbers;
    for (std::int64_t i = 0; i < extents[k]; ++i) numbers.push_back(i);
    out += fmt::format("<DataItem Dimensions=\"{}\" Format=\"XML\">{}</DataItem>", extents[k],
                       joined(numbers));
  }
  return out + "</Geometry>\n";
}

std::string point_geometry(const std::string& file, const OperatorData& where) {
  const std::int64_t size = where.size();
  std::string out = fmt::format(
      "<Topology TopologyType=\"Polyvertex\" NumberOfElements=\"{}\"/>\n<Geometry "
      "GeometryType=\"{}\">",
      size, where.domain.size() > 2 ? "X_Y_Z" : "X_Y");
  for (const auto& axis : where.domain) out += whole(file, "coords/" + axis.name, {size});
  return out + "</Geometry>\n";
}

}  // namespace

std::filesystem::path write_xdmf(const std::filesystem::path& file, const OperatorData& where,
                                 const Unknowns& unknowns, const std::vector<std::string>& kinds,
                                 std::int64_t samples) {
  if (where.domain.size() > 3 || (!where.grid && where.domain.size() < 2)) return {};
  const std::string name = escaped(file.filename().string());
  Shape extents = where.extents;
  if (where.grid && extents.size() == 1) extents.insert(extents.begin(), 1);
  std::string out =
      "<?xml version=\"1.0\"?>\n<Xdmf Version=\"3.0\">\n<Domain>\n<Grid Name=\"samples\" "
      "GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  const std::string geometry =
      where.grid ? grid_geometry(name, where) : point_geometry(name, where);
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    out += fmt::format("<Grid Name=\"sample {}\">\n<Time Value=\"{}\"/>\n{}", sample, sample,
                       geometry);
    for (const auto& unknown : unknowns)
      for (const auto& kind : kinds)
        out += fmt::format(
            "<Attribute Name=\"{}_{}\" Center=\"Node\">{}</Attribute>\n", escaped(unknown), kind,
            part(name, escaped(unknown) + "/" + kind, where.extents, sample, samples));
    out += "</Grid>\n";
  }
  out += "</Grid>\n</Domain>\n</Xdmf>\n";
  std::filesystem::path path = file;
  path.replace_extension(".xdmf");
  write_atomically(path, std::string_view(out));
  return path;
}

}  // namespace banach
