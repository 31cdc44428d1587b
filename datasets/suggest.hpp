// SPDX-License-Identifier: Apache-2.0
// A configuration for files that nobody has described yet.
#pragma once
#include <filesystem>

#include "datasets/file_tree.hpp"
#include "datasets/mapping.hpp"

namespace banach {

/// A mapping with reasons.
struct Suggestion {
  DatasetParameters dataset;
  std::vector<std::string> notes;                    // what was guessed, one line each
  std::map<std::string, std::int64_t> sizes;         // axis -> points, windows aside
  std::vector<std::string> input_axes, output_axes;  // without sample and components
  std::int64_t samples = 0;
  bool grid = false;  // points are those of a grid ...
  Shape grid_sizes;   // ... of so many along each axis
};

/// A whole TOML for one file, or several of equal layout: data set (by a preset where one fits,
/// else an explicit mapping), architecture, loss and stage, with comments. DataError where a file
/// cannot be read, or where its datasets do not tell what is input and what is output; it lists
/// them.
BANACH_API std::string suggest_toml(const std::vector<std::filesystem::path>& files);

/// The mapping alone.
BANACH_API Suggestion suggest_mapping(const FileTree& tree, const std::vector<std::string>& files);

// The parts of it.
/// One array of the file, or equal ones of a run of groups.
struct Candidate {
  std::string path;               // "tensor", "/{sample}/data"
  std::string example;            // path of a dataset that is there
  Shape shape;                    // as the author sees it, without axes of placeholders
  std::vector<std::string> axes;  // as far as they are known
  std::int64_t count = 0;         // of the placeholder
  std::int64_t numbers = 0;       // of one array
  bool has_sample() const { return path.find("{sample}") != std::string::npos; }
  bool has_time() const { return path.find("{time}") != std::string::npos; }
};
/// Numeric datasets, single numbers too, runs of numbered ones as one; of groups called train, test
/// and validation the first kind alone.
std::vector<Candidate> find_candidates(const FileTree& tree, bool reversed);

/// Files run_a_s1.h5, run_a_s2.h5, run_b_s1.h5 as run_{sample}_s*.h5, and how many runs there are;
/// other files as they are.
std::vector<std::string> files_of_runs(const std::vector<std::string>& files, std::int64_t& runs);
/// The last part of the path that is no number, as a bare key.
std::string key_of(const Candidate& one);
/// 1: names what outputs are called; -1: names what inputs are called; 0: neither.
int role_of_name(const std::string& path);
/// "train/x" as the same dataset of another group: the group's name, "" where there is none.
std::string sibling_group(const FileTree& tree, std::initializer_list<const char*> names);
/// Points per axis where points [count, dimensions] are those of a grid; empty where they are not.
Shape grid_of(const std::vector<double>& points, std::size_t dimensions);

}  // namespace banach
