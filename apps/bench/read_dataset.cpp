// SPDX-License-Identifier: Apache-2.0
// How fast batches of a data set come: bench_read_dataset FILE.toml [batch]
// [epoch|sequential|naive], where FILE has a [dataset] table. epoch: shuffled as in training, with
// the resident memory; sequential: the same samples in the order of the file; naive: one at a time
// in random order, for 20 s.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <numeric>

#include "banach/error.hpp"
#include "banach/stream.hpp"
#include "core/parameters/toml.hpp"
#include "datasets/dataset.hpp"

namespace {

using namespace banach;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096 / 1e6;
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e3;
}

double megabytes(const std::vector<DataArray>& arrays) {
  double bytes = 0;
  for (const auto& array : arrays) bytes += static_cast<double>(array.bytes.size());
  return bytes / 1e6;
}

void naive(const Dataset& data, const std::vector<std::int64_t>& order) {
  double read = 0;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < order.size() && seconds_since(start) < 20; ++i)
    read += megabytes(data.read(Split::train, {order[i]}, NumberType::float32));
  fmt::print("naive: one sample at a time, shuffled: {:.1f} MB/s; peak {:.0f} MB\n",
             read / seconds_since(start), peak_mb());
}

void sequential(const Dataset& data, std::int64_t batch) {
  double read = 0;
  const auto start = Clock::now();
  for (std::int64_t first = 0; first < data.size(Split::train); first += batch) {
    std::vector<std::int64_t> samples(
        static_cast<std::size_t>(std::min(batch, data.size(Split::train) - first)));
    std::iota(samples.begin(), samples.end(), first);
    read += megabytes(data.read(Split::train, samples, NumberType::float32));
  }
  fmt::print("sequential: {:.1f} MB/s\n", read / seconds_since(start));
}

void epoch(const std::shared_ptr<const Dataset>& data, std::int64_t batch) {
  Loader loader(data, Split::train, batch, 0, NumberType::float32);
  double read = 0;
  const auto start = Clock::now();
  for (std::int64_t k = 0; k < loader.batches(); ++k) read += megabytes(loader.batch(k).arrays);
  fmt::print("shuffled: {:.1f} MB/s, {:.0f} MB in {:.2f} s; resident {:.0f} MB, peak {:.0f} MB\n",
             read / seconds_since(start), read, seconds_since(start), resident_mb(), peak_mb());
}

int run(int argc, char** argv) {
  std::ifstream file(argv[1]);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const Table table = parse_toml(text, argv[1]);
  Diagnostics diagnostics;
  const auto parameters =
      Schema<DatasetParameters>().read(*table.find("dataset")->get<Table>(), diagnostics);
  diagnostics.throw_if_any();
  const auto batch = argc > 2 ? std::stoll(argv[2]) : 32;
  const auto data = Dataset::open(parameters);
  for (const auto& plan : data->plan())
    fmt::print("{}: {}, {}: {}\n", plan.variable, plan.dataset, plan.layout, plan.reason);
  const std::string what = argc > 3 ? argv[3] : "epoch";
  if (what == "naive")
    naive(*data, Stream(0, "naive").permutation(data->size(Split::train)));
  else if (what == "sequential")
    sequential(*data, batch);
  else
    epoch(data, batch);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) return run(argc, argv);
    fmt::print(stderr, "usage: {} FILE.toml [batch] [epoch|sequential|naive]\n", argv[0]);
    return 64;
  } catch (const banach::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return static_cast<int>(e.code());
  }
}
