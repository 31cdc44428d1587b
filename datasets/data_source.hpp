// SPDX-License-Identifier: Apache-2.0
// The trajectories of one set of files under one mapping, in canonical order.
#pragma once
#include <optional>

#include "datasets/array_layout.hpp"
#include "datasets/dataset.hpp"
#include "datasets/selection.hpp"

namespace banach {

/// An array of the files and what becomes of it: [trajectory, time if windows are cut, channel,
/// axes...]. Times count what is selected.
struct SourceVariable {
  DataVariable info;  // of one window, as the data set shows it
  ArrayLayout layout;
  struct Dimension {
    std::string label;        // of layout.axes
    Selection selection;      // of the file's entries
    Indices picks;            // for a time axis of windows: of the longest trajectory
    std::int64_t stride = 0;  // between two entries in the canonical array
    Indices place;            // where entry i goes, where that is not i
    Indices rank;             // of a time axis of windows: place of entry i in time
  };
  std::vector<Dimension> dims;    // one for each axis of the layout, in its order
  bool windowed = false;          // has a time axis that windows cut
  std::int64_t step_numbers = 1;  // numbers of one trajectory, or of one of its times
  std::vector<double> values;     // of a parameter: one per trajectory
  int same = -1;                  // the variable whose numbers these are too, at other times
  std::string transform = "none";
  double scale = 1, offset = 0;
};

/// Opened files; one call at a time.
class DataSource {
 public:
  /// `own`: files, subsampling and renamed paths that differ from the parameters'.
  /// `training`: outputs are not read, but placed (Dataset::open_inputs).
  DataSource(const DatasetParameters& parameters, const DataVariantParameters& own,
             const DatasetInfo* training = nullptr);

  const DatasetInfo& info() const { return info_; }
  std::int64_t trajectories() const { return trajectories_; }
  /// Selected times of a trajectory; 1 without windows.
  std::int64_t times(std::int64_t trajectory) const;
  const std::vector<SourceVariable>& variables() const { return variables_; }
  const std::vector<std::string>& notes() const { return notes_; }
  /// Where a trajectory comes from: "advection.hdf5: sample 7".
  std::string origin(std::int64_t trajectory) const;
  /// Trajectories [first, first + count) of a variable, times [time, time + times) of each (0 and 1
  /// where it has none): [count, times, step_numbers] numbers. DataError for NaN and infinity.
  template <class T>
  void fetch(std::size_t variable, std::int64_t first, std::int64_t count, std::int64_t time,
             std::int64_t times, T* out) const;
  /// DataError where numbers of these trajectories are not in the files; reads none.
  void require_stored(const Indices& trajectories) const;
  /// Trajectories that are read together at least: a row of chunks, or what makes runs long.
  std::int64_t row(std::size_t variable) const;
  /// Sets the library's cache of chunks to one row.
  void keep_rows() const;

 private:
  friend class SourceBuilder;
  DatasetInfo info_;
  FileGroups files_;
  std::shared_ptr<FileCache> cache_ = std::make_shared<FileCache>();
  std::vector<SourceVariable> variables_;
  std::vector<std::string> notes_;
  std::int64_t trajectories_ = 0;
  std::size_t reference_ = 0;  // the variable whose layout names trajectories and times
};

}  // namespace banach
