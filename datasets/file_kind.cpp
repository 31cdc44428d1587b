// SPDX-License-Identifier: Apache-2.0
#include "datasets/file_kind.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/parameters/input_file.hpp"
#include "core/parameters/names.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

using namespace std::string_view_literals;

struct Format {
  std::string_view magic;
  const char* what;
};

constexpr const char* packed = "a compressed file; unpack it";
constexpr const char* picture = "a picture";
constexpr const char* page = "a web page: the download went wrong";
constexpr const char* utf16 = "text in UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)";
constexpr const char* table = "a table of Arrow or Parquet; pandas writes it as CSV";

constexpr Format formats[] = {
    {"MATLAB 5"sv, "a MATLAB 5 file; in MATLAB: save(..., '-v7.3')"},
    {"CDF"sv, "a classic netCDF file; convert it: nccopy -k nc4 OLD NEW"},
    {"\x93NUMPY"sv, "a numpy array; write it with h5py"},
    {"PAR1"sv, table},
    {"ARROW1"sv, table},
    {"FEA1"sv, table},
    {"\x1F\x8B"sv, packed},
    {"BZh"sv, packed},
    {"\xFD"
     "7zXZ"sv,
     packed},
    {"\x28\xB5\x2F\xFD"sv, packed},
    {"7z\xBC\xAF"sv, packed},
    {"\xD0\xCF\x11\xE0"sv, "a spreadsheet or document of an old format; save it as CSV"},
    {"\x0E\x03\x13\x01"sv, "an HDF4 file; convert it: h4toh5convert OLD NEW"},
    {"GRIB"sv, "a GRIB file; convert it: cdo -f nc4 copy OLD NEW"},
    {"SIMPLE  ="sv, "a FITS file; astropy writes it as HDF5"},
    {"SQLite format 3"sv, "an SQLite database; write its table as CSV"},
    {"\x80\x02"sv, "a pickle of Python; write its arrays with h5py"},
    {"\x80\x03"sv, "a pickle of Python; write its arrays with h5py"},
    {"\x80\x04"sv, "a pickle of Python; write its arrays with h5py"},
    {"\x80\x05"sv, "a pickle of Python; write its arrays with h5py"},
    {"\x89PNG"sv, picture},
    {"\xFF\xD8\xFF"sv, picture},
    {"%PDF"sv, "a PDF"},
    {"# vtk DataFile"sv, "a legacy VTK file; ParaView saves its points as CSV"},
    {"%%MatrixMarket"sv, "a matrix of Matrix Market; write it as CSV or HDF5"},
    {"version https://git-lfs"sv, "a pointer of Git LFS; fetch the file itself: git lfs pull"},
    {"<!DOCTYPE"sv, page},
    {"<!doctype"sv, page},
    {"<html"sv, page},
    {"<?xml"sv, "XML; name the .h5 file that it describes"},
    {"<VTKFile"sv, "XML; name the .h5 file that it describes"},
    {"\xFF\xFE"sv, utf16},
    {"\xFE\xFF"sv, utf16},
};

constexpr std::string_view signature = "\x89HDF\r\n\x1A\n"sv;
constexpr std::size_t head_bytes = 4096;

bool starts(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

// The name of the first member stands behind 30 bytes of header.
std::string archive(std::string_view head) {
  const auto name = head.substr(std::min<std::size_t>(30, head.size()));
  for (const auto part : {"[Content_Types].xml"sv, "_rels/"sv, "xl/"sv, "docProps/"sv})
    if (starts(name, part)) return "a spreadsheet (.xlsx); save it as CSV";
  return "a zip archive (.npz, .pt, ...); write its arrays with h5py";
}

class Bytes {
 public:
  explicit Bytes(const std::filesystem::path& path) : path_(path), file_(open_regular(path)) {
    require_name<DataError>("a data file", path.string(), longest_path);
    if (!file_.open())
      throw IoError(path, "open", errno, is_missing(errno) ? Exit::no_input : Exit::io);
    struct stat info {};
    if (::fstat(file_.get(), &info) != 0) throw IoError(path, "read", errno);
    size_ = info.st_size;
  }
  std::string at(std::int64_t where, std::size_t count) const {
    std::string out(count, '\0');
    const auto got = ::pread(file_.get(), out.data(), count, where);
    if (got < 0) throw IoError(path_, "read", errno);
    out.resize(static_cast<std::size_t>(got));
    return out;
  }
  bool hdf5() const {
    for (std::int64_t at = 0; at < size_; at = at == 0 ? 512 : 2 * at)
      if (this->at(at, signature.size()) == signature) return true;
    return false;
  }

 private:
  const std::filesystem::path& path_;
  Descriptor file_;
  std::int64_t size_ = 0;
};

// Text in UTF-16 without a mark has a zero in every second byte.
std::string binary(std::string_view head) {
  if (head.find('\0') == std::string_view::npos) return {};
  const auto zeros = std::count(head.begin(), head.end(), '\0');
  const bool every_second = 2 * static_cast<std::size_t>(zeros) + 4 > head.size() &&
                            head.find("\0\0"sv) == std::string_view::npos;
  return every_second ? utf16 : "binary data of an unknown format";
}

}  // namespace

std::string foreign_format(std::string_view head) {
  if (starts(head, "PK\x03\x04") || starts(head, "PK\x05\x06")) return archive(head);
  for (const auto& [magic, what] : formats)
    if (starts(head, magic)) return what;
  if (const auto at = head.find_first_not_of(" \t\r\n"); at < head.size() && head[at] == '{')
    return "JSON; write it as CSV or HDF5";
  return {};
}

FileKind kind_of_file(const std::filesystem::path& file) {
  const Bytes bytes(file);
  if (bytes.hdf5()) return FileKind::hdf5;
  const auto head = bytes.at(0, head_bytes);
  auto what = foreign_format(head);
  if (what.empty()) what = binary(head);
  if (!what.empty()) throw DataError(fmt::format("{}: this is {}", file.string(), what));
  return FileKind::text;
}

void require_hdf5(const std::filesystem::path& file) {
  const Bytes bytes(file);
  if (bytes.hdf5()) return;
  const auto what = foreign_format(bytes.at(0, head_bytes));
  throw DataError(fmt::format("{}: no HDF5 file but {}", file.string(),
                              what.empty() ? "something else" : what));
}

}  // namespace banach
