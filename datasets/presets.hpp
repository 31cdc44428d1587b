// SPDX-License-Identifier: Apache-2.0
// Layouts that describe themselves: the mapping comes from the files.
#pragma once
#include "datasets/file_tree.hpp"
#include "datasets/mapping.hpp"

namespace banach {

/// The mapping with everything filled in that `preset` names and the first of the files tells; keys
/// that are there already win, and preset becomes "none". ConfigError where the file has another
/// layout, or leaves open what is input and what is output.
BANACH_API DatasetParameters apply_preset(const DatasetParameters& parameters);
/// The same with a file that is open already.
BANACH_API DatasetParameters apply_preset(const DatasetParameters& parameters,
                                          const FileTree& tree);

/// The preset that fits a file; "none" where there is none.
BANACH_API std::string detect_preset(const FileTree& tree);

// One function per preset: adds what is missing. ConfigError names file and what it lacks.
void fill_pdebench(const FileTree& tree, DatasetParameters& p);
void fill_the_well(const FileTree& tree, DatasetParameters& p);
void fill_dedalus(const FileTree& tree, DatasetParameters& p);
void fill_vtkhdf(const FileTree& tree, DatasetParameters& p);
void fill_netcdf(const FileTree& tree, DatasetParameters& p);

// What they share.
/// The fields to take: those that `fields` names, in its order, or all. ConfigError for others.
std::vector<std::string> chosen_fields(const FileTree& tree, const DatasetParameters& p,
                                       const std::vector<std::string>& known);
/// Gives axes to the variables that are there without; where there are none, makes every one of
/// `fields` (name -> path and axes) an input.
void fill_variables(const FileTree& tree, DatasetParameters& p,
                    const std::map<std::string, VariableParameters>& known,
                    const std::vector<std::string>& fields);
/// Where all variables have a time axis and no outputs are named: a window of one step each.
void fill_window(const FileTree& tree, DatasetParameters& p);
void add_coordinate(DatasetParameters& p, const std::string& axis, const std::string& path,
                    const std::string& select = "");
/// Labels from "sample time x".
AxisLabels labels(const std::string& text);

}  // namespace banach
