// SPDX-License-Identifier: Apache-2.0
#include "core/operators/xdmf.hpp"

#include <fmt/format.h>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

Shape sizes(const std::vector<PredictionLayout::Axis>& axes) {
  Shape out;
  for (const auto& axis : axes) out.push_back(axis.size);
  return out;
}

std::string joined(const Shape& shape) { return fmt::format("{}", fmt::join(shape, " ")); }

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
std::string grid_geometry(const std::string& file, const PredictionLayout& layout) {
  std::vector<PredictionLayout::Axis> axes = layout.axes;
  while (axes.size() < 2) axes.insert(axes.begin(), {"", 1, {}, false});
  const bool flat = axes.size() == 2;
  std::string out = fmt::format("<Topology TopologyType=\"{}\" Dimensions=\"{}\"/>\n",
                                flat ? "2DRectMesh" : "3DRectMesh", joined(sizes(axes)));
  out += fmt::format("<Geometry GeometryType=\"{}\">", flat ? "VXVY" : "VXVYVZ");
  for (std::size_t k = axes.size(); k-- > 0;) {
    const auto& axis = axes[k];
    if (!axis.values.empty()) {
      out += whole(file, xml_text(axis.path), {axis.size});
      continue;
    }
    Shape numbers;
    for (std::int64_t i = 0; i < axis.size; ++i) numbers.push_back(i);
    out += fmt::format("<DataItem Dimensions=\"{}\" Format=\"XML\">{}</DataItem>", axis.size,
                       joined(numbers));
  }
  return out + "</Geometry>\n";
}

std::string point_geometry(const std::string& file, const PredictionLayout& layout) {
  const auto size = static_cast<std::int64_t>(layout.columns.front().values.size());
  std::string out = fmt::format(
      "<Topology TopologyType=\"Polyvertex\" NumberOfElements=\"{}\"/>\n<Geometry "
      "GeometryType=\"{}\">",
      size, layout.columns.size() > 2 ? "X_Y_Z" : "X_Y");
  for (const auto& column : layout.columns) out += whole(file, xml_text(column.path), {size});
  return out + "</Geometry>\n";
}

}  // namespace

bool has_xdmf(const PredictionLayout& layout) {
  const std::size_t coordinates = layout.columns.size();
  if (coordinates == 0) return !layout.axes.empty() && layout.axes.size() <= 3;
  return !layout.own_points && layout.axes.size() == 1 && (coordinates == 2 || coordinates == 3);
}

std::filesystem::path xdmf_path(const std::filesystem::path& file) {
  std::filesystem::path path = file;
  return path.replace_extension(".xdmf");
}

std::string xdmf_text(const std::filesystem::path& file, const PredictionLayout& layout,
                      std::int64_t samples) {
  const std::string name = xml_text(file.filename().string());
  std::string out =
      "<?xml version=\"1.0\"?>\n<Xdmf Version=\"3.0\">\n<Domain>\n<Grid Name=\"samples\" "
      "GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  const std::string geometry =
      layout.columns.empty() ? grid_geometry(name, layout) : point_geometry(name, layout);
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    out += fmt::format("<Grid Name=\"sample {}\">\n<Time Value=\"{}\"/>\n{}", sample, sample,
                       geometry);
    for (const auto& field : layout.fields)
      out += fmt::format("<Attribute Name=\"{}_{}\" Center=\"Node\">{}</Attribute>\n",
                         xml_text(field.unknown), field.kind,
                         part(name, xml_text(field.path), sizes(layout.axes), sample, samples));
    out += "</Grid>\n";
  }
  return out + "</Grid>\n</Domain>\n</Xdmf>\n";
}

}  // namespace banach
