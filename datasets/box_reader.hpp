// SPDX-License-Identifier: Apache-2.0
// Reads boxes of datasets to where they belong in canonical arrays.
#pragma once
#include <memory>

#include "datasets/axis_run.hpp"

namespace banach {

/// Of one variable. DataError naming file, dataset and index for numbers that are not there, stand
/// for missing values, or are NaN or infinite.
template <class T>
class BoxReader {
 public:
  BoxReader(const SourceVariable& variable, const FileGroups& files, FileCache& cache)
      : v_(variable), files_(files), cache_(cache) {}
  /// `runs`: one per dimension of the dataset. Entries that are not wanted may be read, too.
  void read(const Piece& piece, const std::vector<Run>& runs, T* to);
  /// The same without reading.
  void require_stored(const Piece& piece, const std::vector<Run>& runs);

 private:
  bool pairs() const { return v_.layout.first.components == 2; }
  Hdf5Slab slab_of(const std::vector<Run>& runs) const;
  void read_box(const Piece& piece, const std::vector<Run>& runs, T* to);
  void unpack(const Piece& piece, const std::vector<Run>& runs, const Hdf5Slab& slab, T* to);
  [[noreturn]] void refuse_missing(const Piece& piece, const std::vector<Run>& runs) const;
  [[noreturn]] void refuse(const Piece& piece, const std::vector<Run>& runs,
                           const std::vector<std::int64_t>& at, const T* from) const;

  const SourceVariable& v_;
  const FileGroups& files_;
  FileCache& cache_;
  std::unique_ptr<T[]> buffer_;  // never cleared: every number is read into it
  std::int64_t capacity_ = 0;
  std::vector<double> raw_;
};

}  // namespace banach
