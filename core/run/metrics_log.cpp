// SPDX-License-Identifier: Apache-2.0
#include "core/run/metrics_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/parameters/json_text.hpp"
#include "core/parameters/names.hpp"

namespace banach {
namespace {

std::optional<std::int64_t> leading_step(const std::string& line, std::size_t start, char end) {
  std::int64_t step = 0;
  const char* last = line.data() + line.size();
  if (start > line.size()) return {};
  const auto [next, error] = std::from_chars(line.data() + start, last, step);
  if (error != std::errc() || (next != last && *next != end)) return {};
  return step;
}

std::optional<std::int64_t> csv_step(const std::string& line) { return leading_step(line, 0, ','); }

constexpr std::string_view json_start = "{\"step\":";

std::optional<std::int64_t> json_step(const std::string& line) {
  if (line.rfind(json_start, 0) != 0 || line.back() != '}') return {};
  return leading_step(line, json_start.size(), line.find(',') == std::string::npos ? '}' : ',');
}

std::string csv_header(const std::vector<std::string>& columns) {
  std::string header = "step";
  for (const auto& name : columns) header += ',' + csv_cell(name);
  return header;
}

}  // namespace

std::string shortest(double value) {
  if (std::isnan(value)) return "nan";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

LineFile::LineFile(const Folder& folder, const std::string& name, const std::string& header,
                   StepOf step_of)
    : folder_(folder),
      name_(name),
      path_(folder / name),
      header_(header.empty() ? header : header + '\n'),
      step_of_(step_of),
      file_(folder.to_write(name, O_RDWR | O_CREAT | O_APPEND)) {
  const auto bytes = read_all(file_, path_);
  const auto text = ByteView(bytes).text();
  length_ = text.size();
  if (text.find('\n') == std::string::npos) {  // new, or torn in its first line
    cut(0);
    write_all(file_.get(), std::string_view(header_), path_);
    length_ = header_.size();
  } else if (text.substr(0, header_.size()) != header_) {
    throw DataError(fmt::format("{}: its columns are \"{}\", this run writes \"{}\"",
                                path_.string(), text.substr(0, text.find('\n')), header));
  }
}

void LineFile::cut(std::size_t length) {
  if (::ftruncate(file_.get(), static_cast<off_t>(length)) != 0)
    throw IoError(path_, "truncate", errno);
  length_ = length;
}

std::int64_t LineFile::truncate_after(std::int64_t step) {
  const auto bytes = read_all(file_, path_);
  const std::string text(ByteView(bytes).text());
  std::vector<std::pair<std::int64_t, std::size_t>> kept;  // step and length of a line
  std::size_t begin = header_.size();
  std::string out = text.substr(0, begin);
  std::int64_t dropped = 0;
  for (auto end = text.find('\n', begin); end != std::string::npos; end = text.find('\n', begin)) {
    const auto line = text.substr(begin, end - begin);
    const auto found = line.empty() ? std::nullopt : step_of_(line);
    if (!found) break;
    begin = end + 1;
    if (*found > step) {
      ++dropped;
      continue;
    }
    for (; !kept.empty() && kept.back().first >= *found; kept.pop_back(), ++dropped)
      out.resize(out.size() - kept.back().second);
    kept.emplace_back(*found, line.size() + 1);
    out += line + '\n';
  }
  dropped += std::count(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '\n');
  if (begin < text.size() && text.back() != '\n') ++dropped;
  if (text.compare(0, out.size(), out) == 0) {
    cut(out.size());
  } else {
    folder_.write(name_, std::string_view(out));
    file_ = folder_.to_write(name_, O_RDWR | O_APPEND);
    length_ = out.size();
  }
  return dropped;
}

void LineFile::append(const std::string& line) {
  try {
    write_all(file_.get(), std::string_view(line + '\n'), path_);
  } catch (const IoError&) {
    // A row that stands there by half would spoil the next one; the first error is the one to tell.
    static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(length_)) == 0);
    throw;
  }
  length_ += line.size() + 1;
}

void LineFile::sync() {
  if (::fsync(file_.get()) != 0) throw IoError(path_, "sync", errno);
}

MetricsLog::MetricsLog(const Folder& folder, std::vector<std::string> columns)
    : columns_(std::move(columns)),
      csv_(folder, "metrics.csv", csv_header(columns_), csv_step),
      jsonl_(folder, "metrics.jsonl", "", json_step) {
  folder.sync();
}

std::int64_t MetricsLog::truncate_after(std::int64_t step) {
  const std::int64_t rows = csv_.truncate_after(step);
  return std::max(rows, jsonl_.truncate_after(step));
}

void MetricsLog::row(std::int64_t step, const std::vector<std::optional<double>>& values) {
  BANACH_ASSERT(values.size() == columns_.size());
  auto csv = std::to_string(step);
  auto json = fmt::format("{}{}", json_start, step);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto text = values[i] ? shortest(*values[i]) : "";
    csv += ',' + text;
    json += fmt::format(",{}:", json_text(nlohmann::json(columns_[i])));
    if (!values[i])
      json += "null";
    else
      json += std::isfinite(*values[i]) ? text : '"' + text + '"';
  }
  csv_.append(csv);
  jsonl_.append(json + '}');
}

void MetricsLog::sync() {
  csv_.sync();
  jsonl_.sync();
}

TimingLog::TimingLog(const Folder& folder)
    : csv_(folder, "timing.csv", "step,seconds,steps_per_second", csv_step) {}

std::int64_t TimingLog::truncate_after(std::int64_t step) { return csv_.truncate_after(step); }

void TimingLog::sync() { csv_.sync(); }

void TimingLog::row(std::int64_t step, double seconds, double rate) {
  csv_.append(fmt::format("{},{:.3f},{:.6g}", step, seconds, rate));
}

}  // namespace banach
