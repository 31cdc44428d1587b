// SPDX-License-Identifier: Apache-2.0
// The Dataset of mapped HDF5 files, and the blocks in which it is read.
#pragma once
#include <array>
#include <mutex>

#include "datasets/data_source.hpp"

namespace banach {

/// In which type a variable of a source is kept where this one is asked for: never `exact`.
NumberType kept_type(const DataSource& source, std::size_t variable, NumberType asked);
inline std::int64_t bytes_of(NumberType type) { return type == NumberType::float32 ? 4 : 8; }

/// Neighbouring samples that are read together: all windows of some trajectories, or some windows
/// of one.
struct SampleBlock {
  std::int64_t first_sample = 0, samples = 0;
  Indices trajectories;    // numbers in the source, ascending
  Indices before;          // samples of the block before each of them
  std::int64_t start = 0;  // of the first window
  std::int64_t times = 1;  // that are read of each trajectory
};

/// Numbers of a block: per variable [trajectory, time, ...]; none where another one's serve.
struct BlockData {
  std::vector<std::unique_ptr<std::byte[]>> variables;
};

class MappedDataset : public Dataset {
 public:
  MappedDataset(const DatasetParameters& parameters, const std::string& variant);
  /// Dataset::open_inputs: every sample of the files is one of the test split.
  MappedDataset(const DatasetParameters& parameters, const DatasetInfo& training);

  const DatasetInfo& info() const override { return info_; }
  std::int64_t size(Split split) const override;
  std::string origin(Split split, std::int64_t sample) const override;
  std::vector<DataArray> read(Split split, const std::vector<std::int64_t>& samples,
                              NumberType type) const override;
  double rounding(std::size_t variable) const override;
  std::vector<ReadPlan> plan() const override;
  Indices trajectories(Split split) const;

  /// Bytes of all splits in memory.
  std::int64_t bytes(NumberType type) const;
  bool in_memory(NumberType type) const { return bytes(type) <= budget_; }
  /// Numbers of one sample, all variables.
  std::int64_t sample_numbers() const;
  /// All samples of a split in blocks, in order; the same whatever the memory.
  const std::vector<SampleBlock>& blocks(Split split) const;
  BlockData load(Split split, const SampleBlock& block, NumberType type) const;
  /// All blocks of a split, read once and kept.
  const std::vector<BlockData>& memory(Split split, NumberType type) const;
  /// Room for samples of every variable.
  std::vector<DataArray> room(Split split, std::size_t samples, NumberType type) const;
  /// Copies one sample of a block to row `row`; `within` counts from the block's first sample.
  void copy(Split split, const SampleBlock& block, const BlockData& data, std::int64_t within,
            std::size_t row, std::vector<DataArray>& out) const;

 private:
  void measure_own_points();
  /// One split: trajectories of a source.
  struct Part {
    const DataSource* source = nullptr;
    Indices trajectories, first;  // first: number of the first sample of each, and the total
    std::vector<SampleBlock> blocks;
  };
  std::int64_t windows(const DataSource& source, std::int64_t trajectory) const;
  void set_part(Split split, const DataSource& source, Indices trajectories);
  void make_blocks(Part& part) const;
  void split_time(Part& part, std::size_t position, std::int64_t per_block) const;
  /// Fills `out` from blocks that are kept in memory; false where the split is not.
  bool read_kept(Split split, const std::vector<std::int64_t>& samples, NumberType type,
                 std::vector<DataArray>& out) const;
  const DataSource& add_source(const DatasetParameters& parameters,
                               const DataVariantParameters& own, const std::string& name);
  void require_same(const DatasetInfo& other, const std::string& name) const;
  SampleBlock neighbours(const Part& part, const std::vector<std::int64_t>& samples,
                         const std::vector<std::size_t>& order, std::size_t i) const;
  const Part& part(Split split) const { return parts_[static_cast<std::size_t>(split)]; }
  template <class T>
  void load_variable(const DataSource& source, std::size_t variable, const SampleBlock& block,
                     T* out) const;
  template <class T>
  void copy_sample(const SourceVariable& variable, const SampleBlock& block, const T* from,
                   std::size_t trajectory, std::int64_t start, T* to) const;

  DatasetInfo info_;
  std::optional<WindowParameters> window_;
  std::int64_t span_ = 0;  // times of a window beside the first
  std::vector<std::unique_ptr<DataSource>> sources_;
  std::array<Part, 3> parts_;
  std::int64_t budget_ = 0;
  bool without_numbers_ = false;
  mutable std::mutex mutex_;
  mutable std::array<std::array<std::optional<std::vector<BlockData>>, 3>, 3> memory_;
};

}  // namespace banach
