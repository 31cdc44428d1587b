// SPDX-License-Identifier: Apache-2.0
// How a mapping is guessed from shapes and names; for suggest_*.cpp alone.
#pragma once
#include "datasets/suggest.hpp"

namespace banach {

class Guess {
 public:
  Guess(const FileTree& tree, const std::vector<std::string>& files);
  Suggestion run();

 private:
  /// A 1-D dataset, or the points of a mesh.
  struct Coordinate {
    std::string axis, path;
    std::int64_t size = 0;
    std::vector<std::string> axes;   // of the dataset where it has more than one
    std::vector<std::string> stack;  // of points: a path per dimension
  };

  // suggest_axes.cpp
  void find_samples();
  void drop_small();
  void find_coordinates();
  void stack_points();
  void name_axes(Candidate& variable);
  std::string axis_for(const Candidate& variable, std::size_t i);
  std::string named_axis(const Candidate& variable, std::size_t i);
  std::string used(const Coordinate& c, std::int64_t size);
  std::string invent(const Candidate& variable, std::int64_t size);
  void find_time();

  // suggest_mapping.cpp
  bool unaligned();
  void assign();
  // suggest_parameters.cpp
  std::int64_t sample_count() const;
  void add_parameters();
  void add_parameter(const Candidate& one);

  int role(const Candidate& one) const;
  bool is_output(const Candidate& one);
  void take_log(const std::string& name, VariableParameters& input);
  void other_splits();
  void time_names();
  [[noreturn]] void refuse(const std::string& why) const;

  const FileTree& tree_;
  Suggestion s_;
  bool reversed_ = false, several_ = false;
  std::vector<Candidate> candidates_, variables_;
  std::vector<Coordinate> coordinates_;
  std::vector<std::pair<std::string, std::int64_t>> invented_;
};

}  // namespace banach
