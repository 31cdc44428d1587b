// SPDX-License-Identifier: Apache-2.0
// Coordinates of axes and points, read from files at opening.
#pragma once
#include <optional>

#include "datasets/array_layout.hpp"
#include "datasets/selection.hpp"

namespace banach {

/// What coordinates are needed for.
struct AxisRequest {
  std::string label;
  std::int64_t size = 0;  // of the axis in the files
  Indices picks;          // entries that are used
  bool relative = false;  // only differences matter (a time axis of windows)
};

struct AxisValues {
  std::vector<double> values;  // of the picks
  bool periodic = false;
  std::string units = {};
};

struct PointSet {
  std::int64_t points = 0, dimensions = 0;
  std::vector<double> values;  // [points, dimensions]
};

/// A tensor grid that points make up.
struct TensorGrid {
  std::vector<std::vector<double>> axes;  // ascending
  Indices place;                          // of each point, row major
};

/// Reads coordinates; errors begin with "dataset.coords.x: ".
class CoordinateReader {
 public:
  CoordinateReader(const FileGroups& files, FileCache& cache, const DatasetParameters& parameters)
      : files_(files), cache_(cache), parameters_(parameters) {}
  /// ConfigError or DataError where there are none, too many or too few, or files disagree.
  AxisValues axis(const AxisRequest& request, const CoordinateParameters& from) const;
  /// `name`: the key of [dataset] that errors begin with.
  PointSet points(const CoordinateParameters& from, const char* name = "coords.points") const;

 private:
  AxisValues path_values(const AxisRequest& request, const CoordinateParameters& from) const;
  AxisValues group_values(const std::vector<std::size_t>& group, const AxisRequest& request,
                          const CoordinateParameters& from) const;
  AxisValues one(const Hdf5Reader& file, const std::string& path, const AxisRequest& request,
                 const CoordinateParameters& from) const;
  bool honours() const { return parameters_.cf_attributes.value_or(true); }
  PointSet points_of(const std::shared_ptr<const Hdf5Reader>& file,
                     const CoordinateParameters& from, const char* name) const;
  PointSet point_table(const std::shared_ptr<const Hdf5Reader>& file,
                       const CoordinateParameters& from, const char* name) const;
  const FileGroups& files_;
  FileCache& cache_;
  const DatasetParameters& parameters_;
};

/// Drops dimensions in which all points agree. Empty where the points form no tensor grid.
BANACH_API PointSet without_flat_dimensions(const PointSet& points);
BANACH_API std::optional<TensorGrid> tensor_grid(const PointSet& points);

}  // namespace banach
