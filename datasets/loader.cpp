// SPDX-License-Identifier: Apache-2.0
// Loader: blocks in a random order, some of them mixed at a time.
#include <algorithm>
#include <future>
#include <optional>

#include "banach/error.hpp"
#include "banach/stream.hpp"
#include "datasets/mapped_dataset.hpp"

namespace banach {
namespace {

// Decides the order of samples, so it must not depend on the machine.
constexpr std::int64_t mixed_bytes = std::int64_t{32} << 20;  // as float32

/// The order of one epoch: groups of blocks, samples mixed within each group.
struct EpochOrder {
  std::int64_t epoch = -1;
  std::vector<std::vector<std::size_t>> groups;  // numbers of blocks
  std::vector<std::int64_t> first;               // position of each group's first sample, total

  EpochOrder() = default;
  EpochOrder(const std::vector<SampleBlock>& blocks, std::int64_t sample_numbers,
             std::uint64_t seed, std::int64_t number)
      : epoch(number) {
    const Stream stream(seed, "blocks", static_cast<std::uint64_t>(number));
    const auto most =
        std::max<std::int64_t>(1, mixed_bytes / (4 * std::max<std::int64_t>(sample_numbers, 1)));
    std::int64_t inside = most, total = 0;
    for (const auto i : stream.permutation(static_cast<std::int64_t>(blocks.size()))) {
      const auto block = static_cast<std::size_t>(i);
      if (inside >= most) {
        groups.emplace_back();
        first.push_back(total);
        inside = 0;
      }
      groups.back().push_back(block);
      inside += blocks[block].samples;
      total += blocks[block].samples;
    }
    first.push_back(total);
  }
};

/// A sample within a group.
struct Place {
  std::size_t block;  // of the group
  std::int64_t within;
};

std::vector<Place> mix(const std::vector<SampleBlock>& blocks, const EpochOrder& order,
                       std::size_t group, std::uint64_t seed) {
  std::vector<Place> places;
  for (std::size_t b = 0; b < order.groups[group].size(); ++b)
    for (std::int64_t i = 0; i < blocks[order.groups[group][b]].samples; ++i)
      places.push_back({b, i});
  const auto stream = Stream(seed, "samples", static_cast<std::uint64_t>(order.epoch)).child(group);
  std::vector<Place> mixed;
  for (const auto i : stream.permutation(static_cast<std::int64_t>(places.size())))
    mixed.push_back(places[static_cast<std::size_t>(i)]);
  return mixed;
}

// The blocks of the first samples; 0: of all.
std::vector<SampleBlock> first_blocks(std::vector<SampleBlock> blocks, std::int64_t samples) {
  if (samples <= 0) return blocks;
  while (!blocks.empty() && blocks.back().first_sample >= samples) blocks.pop_back();
  if (!blocks.empty())
    blocks.back().samples = std::min(blocks.back().samples, samples - blocks.back().first_sample);
  return blocks;
}

}  // namespace

struct Loader::Impl {
  std::shared_ptr<const Dataset> owner;
  const MappedDataset& data;
  Split split;
  std::vector<SampleBlock> chosen;
  std::int64_t size, samples;
  std::uint64_t seed;
  NumberType type;
  bool memory;
  EpochOrder order = {};
  DataBatch batch = {};

  /// One group of one epoch, ready to be taken apart.
  struct Group {
    std::int64_t epoch = -1;
    std::size_t number = 0;
    std::vector<Place> places;
    std::vector<BlockData> blocks;  // empty in memory
  };
  Group current = {};
  std::future<Group> next = {};
  std::int64_t next_epoch = -1;
  std::size_t next_number = 0;

  const std::vector<SampleBlock>& blocks() const { return chosen; }

  EpochOrder order_of(std::int64_t epoch) const {
    return EpochOrder(blocks(), data.sample_numbers(), seed, epoch);
  }

  Group make(const EpochOrder& of, std::size_t number) const {
    Group group;
    group.epoch = of.epoch;
    group.number = number;
    group.places = mix(blocks(), of, number, seed);
    if (!memory)
      for (const auto block : of.groups[number])
        group.blocks.push_back(data.load(split, blocks()[block], type));
    return group;
  }

  /// Begins to read what follows the current group.
  void read_ahead() {
    next_epoch = current.epoch;
    next_number = current.number + 1;
    if (next_number == order.groups.size()) next_epoch += 1, next_number = 0;
    next = std::async(std::launch::async, [this, epoch = next_epoch, number = next_number] {
      return make(order_of(epoch), number);
    });
  }

  void require(std::size_t number) {
    if (current.epoch == order.epoch && current.number == number) return;
    if (!memory && next.valid()) {
      const bool expected = next_epoch == order.epoch && next_number == number;
      next.wait();
      auto ready = std::move(next);  // what it threw counts only where it is wanted
      current = expected ? ready.get() : make(order, number);
    } else {
      current = Group();  // its memory first
      current = make(order, number);
    }
    if (!memory) read_ahead();
  }

  void fill(std::int64_t epoch, std::int64_t first, std::int64_t count) {
    if (order.epoch != epoch) order = order_of(epoch);
    const auto rows = static_cast<std::size_t>(count);
    if (batch.samples.size() != rows) batch.arrays = data.room(split, rows, type);
    batch.samples.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto position = first + static_cast<std::int64_t>(row);
      const auto group = static_cast<std::size_t>(
          std::upper_bound(order.first.begin(), order.first.end(), position) - order.first.begin() -
          1);
      require(group);
      const auto& place = current.places[static_cast<std::size_t>(position - order.first[group])];
      const auto number = order.groups[group][place.block];
      const auto& block = blocks()[number];
      const auto& numbers = memory ? data.memory(split, type)[number] : current.blocks[place.block];
      data.copy(split, block, numbers, place.within, row, batch.arrays);
      batch.samples[row] = block.first_sample + place.within;
    }
  }
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, Split split, std::int64_t batch,
               std::uint64_t seed, NumberType type, std::int64_t samples) {
  const auto* mapped = dynamic_cast<const MappedDataset*>(dataset.get());
  BANACH_ASSERT(mapped != nullptr && batch > 0);
  impl_ = std::make_unique<Impl>(
      Impl{dataset, *mapped, split, first_blocks(mapped->blocks(split), samples), batch,
           samples > 0 ? std::min(samples, dataset->size(split)) : dataset->size(split), seed, type,
           mapped->in_memory(type)});
}

Loader::~Loader() = default;

std::int64_t Loader::batches() const { return (impl_->samples + impl_->size - 1) / impl_->size; }

const DataBatch& Loader::batch(std::int64_t k) {
  const auto count = batches();
  if (count == 0) throw DataError("the split has no samples");
  const auto first = k % count * impl_->size;
  impl_->fill(k / count, first, std::min(impl_->size, impl_->samples - first));
  return impl_->batch;
}

}  // namespace banach
