// SPDX-License-Identifier: Apache-2.0
// Where the pieces of one array lie: datasets of files, joined along axes.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "datasets/conventions.hpp"
#include "datasets/data_files.hpp"
#include "datasets/mapping.hpp"

namespace banach {

/// Files of a data set in groups: those of one group hold the same samples and join along an axis.
struct FileGroups {
  std::vector<DataFile> files;
  std::vector<std::vector<std::size_t>> groups;  // numbers of files
  std::string join;                              // "sample" or the axis along which a group joins
};
/// ConfigError or DataError where files and `files_axis` do not go together.
BANACH_API FileGroups group_files(std::vector<DataFile> files, const std::string& files_axis);

/// One axis of an array beside the samples, before anything is selected.
struct LayoutAxis {
  std::string label;
  std::int64_t size = 0;
  std::vector<std::string> names;  // of groups or files that make the axis
  std::string key(std::size_t i) const { return i < names.size() ? names[i] : std::to_string(i); }
};

/// One dataset, and where its first element lies along each axis of the array.
struct Piece {
  std::size_t file = 0;
  std::string path;
  Shape shape;
  std::vector<std::int64_t> origin;
  bool gaps = false;                         // some of its numbers are not in the file
  std::shared_ptr<Conventions> stated = {};  // null: numbers are what they are
};

/// Pieces that together hold trajectories first ... first + count - 1.
struct PieceBlock {
  std::int64_t first = 0, count = 0, time = 0;  // time: size of the time axis here
  std::vector<Piece> pieces;
  std::string sample;  // the name of the group or file where that is the sample, else ""
};

/// An array of a data set: [trajectory, axes...] spread over pieces.
struct ArrayLayout {
  static constexpr const char* complex_axis = "re/im";
  std::string name;               // "outputs.u", for messages
  std::vector<std::string> dims;  // labels of a dataset's dimensions, slowest first; complex
                                  // numbers add one at the end
  std::vector<LayoutAxis> axes;   // neither sample nor _
  std::vector<PieceBlock> blocks;
  Hdf5DatasetInfo first;  // the first dataset, for plans and messages
  std::string units;      // that all datasets agree on
  bool gaps() const;
  std::int64_t trajectories = 0;
  int sample_dim = -1;  // in dims
  int axis(const std::string& label) const;
  const PieceBlock& block(std::int64_t trajectory) const;
};

struct LayoutRequest {
  std::string name, path;  // of the variable, of its datasets
  std::vector<std::string> labels;
  bool reversed = false;
  bool ragged_time = false;  // trajectories may differ in length
  std::string time_decimal = ".";
  bool honour = true;  // what attributes state
};
/// Looks at shapes, reads no numbers. ConfigError where the labels do not fit the datasets,
/// DataError where datasets are missing, no numbers, or of different shapes.
BANACH_API ArrayLayout lay_out(const LayoutRequest& request, const FileGroups& files,
                               FileCache& cache);

/// The number that the name of a time group stands for; DataError naming `where`.
BANACH_API double time_of_name(const std::string& name, const std::string& decimal,
                               const std::string& where);

}  // namespace banach
