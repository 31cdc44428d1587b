// SPDX-License-Identifier: Apache-2.0
// Files of predictions: one HDF5 file with the points as the user's file has them, and XDMF beside
// it for viewers.
#pragma once
#include <optional>

#include "core/operators/operator_data.hpp"
#include "datasets/pending_file.hpp"

namespace banach {

/// What stands where in a file of predictions, the points in the order of the file that was given.
struct PredictionLayout {
  struct Axis {
    std::string path;  // of its dimension scale
    std::int64_t size = 0;
    std::vector<double> values;  // empty: none are known
    bool periodic = false;
    std::string units;
  };
  struct Column {
    std::string path;
    std::vector<double> values;  // of listed points; empty: every sample has its own
  };
  struct Field {
    std::string unknown, kind, path;
  };
  std::string sample;           // path of the dimension
  std::vector<Axis> axes;       // beside the samples
  std::vector<Column> columns;  // coordinates of points
  std::vector<Field> fields;    // kinds of the first unknown, of the second one, ...
  bool own_points = false;      // columns of every sample
  at::Tensor order;             // [points] place of each among those of `where`; undefined: its own
};

/// `kinds`: "prediction", and with targets "target" and "error". Names of axes that are names of
/// unknowns too end in _axis.
BANACH_API PredictionLayout prediction_layout(const OperatorData& where, const Unknowns& unknowns,
                                              const std::vector<std::string>& kinds);

/// Written as a whole by commit(), or not at all.
class BANACH_API PredictionFile {
 public:
  PredictionFile(const std::filesystem::path& out, const OperatorData& where,
                 const Unknowns& unknowns, std::int64_t samples, bool targets);
  /// Outputs [B, unknowns, extents...] of samples `first`, ...; `points`: coordinates of their own,
  /// [B, dimensions, points].
  void write(const at::Tensor& outputs, const OperatorBatch& batch, std::int64_t first,
             const at::Tensor& points);
  /// Units of the outputs, as the training data stated them.
  void state_units(const OperatorData& trained);
  /// Returns the path of the XDMF file, empty where there is none.
  std::filesystem::path commit(const std::string& run);

 private:
  void create(const std::string& path);
  void put(const std::string& path, const at::Tensor& values, std::int64_t first);

  std::filesystem::path out_;
  PredictionLayout layout_;
  std::int64_t samples_;
  bool targets_;
  std::optional<PendingFile> viewers_;  // ahead of the other, so that one failure leaves nothing
  Hdf5Writer file_;
};

}  // namespace banach
