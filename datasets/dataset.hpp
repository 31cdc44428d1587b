// SPDX-License-Identifier: Apache-2.0
// A data set in canonical form, whatever the files look like: samples of named variables on named
// axes. No torch here.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "banach/export.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/mapping.hpp"

namespace banach {

/// One axis of the canonical arrays.
struct DataAxis {
  std::string name;  // "x", "time", "point"
  std::int64_t size = 0;
  std::vector<double> values;  // coordinates [size]; empty: none are known (point, sensor)
  bool periodic = false;       // values[0] follows the last one at a distance of one step
  std::string units = {};      // as the files state them; "" where they do not
  std::vector<std::int64_t> places = {};  // of the file's entries among the values; empty: in order
};

/// One variable: an array [sample, channel, axes...].
struct DataVariable {
  enum class Role { input, output, parameter, points };
  std::string name;
  Role role = Role::input;            // parameter: one number per channel and sample, no axes;
                                      // points: [sample, dimension, point], where outputs are known
  std::vector<std::string> channels;  // names, at least one: "u", or "u.0", "u.1"
  std::vector<std::string> axes;      // of DataAxis, in the order of DatasetInfo::axes
  std::string units = {};             // of the values as they are used; "" where none are known
};

/// Points that form a grid, as the file lists them.
struct GridPoints {
  std::vector<std::int64_t> places;  // of the file's points in the grid, row major
  std::vector<double> points;        // [points, dimensions]
  std::vector<std::string> axes;     // of the grid, which took the place of "point"
};

/// All that is known of a data set beside its numbers: enough to build and load a model without it.
struct BANACH_API DatasetInfo {
  std::vector<DataAxis> axes;           // in canonical order: as the outputs name them
  std::vector<DataVariable> variables;  // inputs, parameters, outputs, each in the file's order
  std::vector<std::string> dimensions;  // names of the coordinates of points ("x", "y")
  std::vector<double> points;           // [point axis size, dimensions]: unstructured, fixed
  std::vector<double> weights;          // of the points in losses and errors; empty: all alike
  std::vector<double> lower,
      upper;  // of samples' own points, per dimension: where training ones lie
  std::vector<std::string> time_values;        // of a window: names of the steps, for reports
  double time_step = 0;                        // of a window; 0: not known, or not always the same
  double shortest_step = 0, longest_step = 0;  // of a window's times; 0: not known
  std::vector<std::string> output_axes;        // of files without outputs: where they would lie
  GridPoints grid_points = {};                 // of the files alone, not of what a run remembers
  /// Of the coordinates of outputs, one each; networks see distances from it. Empty: zero
  /// everywhere; absent: not chosen yet.
  std::optional<std::vector<double>> origin = {};
  const DataAxis* axis(const std::string& name) const;
  /// Numbers of one sample of a variable: channels times the sizes of its axes.
  std::int64_t numbers(const DataVariable& variable) const;
};
/// "u is in \"K\", but in \"degC\" in the training data"; "" where no units contradict each other.
BANACH_API std::string other_units(const DatasetInfo& trained, const DatasetInfo& now);
BANACH_API nlohmann::json to_json(const DatasetInfo& info);
/// DataError naming `origin` when something is missing or of another type.
BANACH_API DatasetInfo dataset_info(const nlohmann::json& json, const std::string& origin);

enum class Split { train, validation, test };
/// exact: of every variable the narrower one that holds the files' numbers without rounding.
enum class NumberType { float32, float64, exact };

/// Numbers of one variable for some samples, [samples, channels, axes...] row major; never `exact`.
struct DataArray {
  NumberType type = NumberType::float32;
  std::vector<std::byte> bytes;
};

/// How one variable is read.
struct ReadPlan {
  std::string variable, dataset, layout;  // "contiguous", "chunks (13, 16, 32, 1), lzf"
  bool in_memory = true;
  std::int64_t bytes = 0;  // of all samples
  std::string reason;      // one line for `data check`
};

/// An opened data set: thread safe for reading one call at a time.
class BANACH_API Dataset {
 public:
  /// Finds files, checks shapes of everything against the mapping (no values are read, coordinates
  /// and parameters apart). ConfigError for the mapping, DataError for the files: file, dataset,
  /// its shape, the axes given, how to mend it. `variant`: an additional test set by its name, with
  /// its own subsampling; "" the data set itself.
  static std::shared_ptr<const Dataset> open(const DatasetParameters& parameters,
                                             const std::string& variant = "");
  /// The same of files that need no outputs: no variable is one, but output_axes says where they
  /// would lie: on the axes and points that the files state, else on those of the training.
  static std::shared_ptr<const Dataset> open_inputs(const DatasetParameters& parameters,
                                                    const DatasetInfo& training);
  virtual ~Dataset();
  virtual const DatasetInfo& info() const = 0;
  /// Samples of a split (windows counted, where there are some), split by trajectory.
  virtual std::int64_t size(Split split) const = 0;
  /// Where a sample comes from: "advection.hdf5: sample 7, start 10".
  virtual std::string origin(Split split, std::int64_t sample) const = 0;
  /// Sample numbers within the split -> one array per variable of info(), in its order. NaN or Inf
  /// is a DataError that names file, dataset and index.
  virtual std::vector<DataArray> read(Split split, const std::vector<std::int64_t>& samples,
                                      NumberType type) const = 0;
  /// Distance of neighbouring numbers of a variable as the training files store them, relative to
  /// their size; that of float64 where it is not known.
  virtual double rounding(std::size_t variable) const = 0;
  /// How training would read within the memory budget.
  virtual std::vector<ReadPlan> plan() const = 0;
};

struct DataBatch {
  std::vector<std::int64_t> samples;  // numbers within the split
  std::vector<DataArray> arrays;      // one per variable
};

/// Batches of a split for ever: batch k is a pure function of (data set, seed, k), whatever was
/// asked for before. In memory within the budget of the data set, else in blocks read ahead by one
/// thread: the blocks are drawn in a random order, several of them mixed, and both orders are the
/// same wherever the numbers come from, so that memory_budget changes no batch.
class BANACH_API Loader {
 public:
  /// `samples` > 0: only the first so many of the split.
  Loader(std::shared_ptr<const Dataset> dataset, Split split, std::int64_t batch,
         std::uint64_t seed, NumberType type, std::int64_t samples = 0);
  ~Loader();
  /// Batches of one epoch; the last one may be smaller.
  std::int64_t batches() const;
  /// Batch k >= 0 of epoch k / batches(); valid until the next call. Consecutive k are fastest.
  const DataBatch& batch(std::int64_t k);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
