// SPDX-License-Identifier: Apache-2.0
// From the mapping and the files to canonical axes and variables.
#pragma once
#include "datasets/coordinates.hpp"
#include "datasets/data_source.hpp"

namespace banach {

/// Fills a DataSource; used once.
class SourceBuilder {
 public:
  SourceBuilder(const DatasetParameters& parameters, const DataVariantParameters& own,
                DataSource& out, const DatasetInfo* training = nullptr);
  void build();

 private:
  using Role = DataVariable::Role;
  /// An axis of the data set while it is being put together.
  struct Axis {
    std::string label;  // in the files
    DataAxis axis;
    std::int64_t file_size = 0;
    Indices picks;
    bool settled = false;  // its coordinates are there already
  };

  void add_variables();
  void add_variable(const std::string& name, const VariableParameters& from, Role role);
  bool honours() const;
  void take_statements(SourceVariable& variable, const VariableParameters& from);
  void default_outputs();
  void check_scales(const SourceVariable& variable) const;
  void select(SourceVariable& variable, const VariableParameters& from);
  void check_samples();
  void check_times(const SourceVariable& variable) const;
  /// Axes of a variable beside channels, as names of `axes_`; makes those that are new.
  void place_axes(SourceVariable& variable);
  std::string axis_name(const SourceVariable& variable, const SourceVariable::Dimension& dim,
                        std::int64_t size);
  /// Without outputs: the axes that they would have, as the files state them, else as trained.
  void place_output_axes();
  void place_output_axis(const std::string& label);
  std::int64_t size_in_files(const std::string& label) const;
  void take_trained_axis(const std::string& label);
  void name_output_axes();
  void add_coordinates();
  /// Puts the values of an axis in rising order, and what variables hold along it.
  void sort_axis(Axis& axis);
  void check_coordinates() const;
  std::optional<CoordinateParameters> scale_of(const std::string& label) const;
  void add_points();
  void add_weights(const Axis& points);
  void split_point_axis(const TensorGrid& grid, const std::vector<std::string>& names);
  void pair_points();
  void add_parameters();
  std::vector<double> parameter(const std::string& name, const ParameterParameters& from);
  double file_number(const std::string& name, const ParameterParameters& from, std::size_t file,
                     const std::string& sample) const;
  void name_channels(SourceVariable& variable) const;
  void set_strides(SourceVariable& variable) const;
  void find_time_steps(const SourceVariable& reference);
  void rank_times(const Indices& rank);
  void cut_windows();
  void finish();

  DatasetParameters p_;
  DataSource& out_;
  const DatasetInfo* training_;
  std::vector<std::string> output_labels_;  // without outputs: their axes, slowest first
  std::vector<VariableParameters> from_;    // of out_.variables_
  std::vector<Axis> axes_;
  std::vector<std::string> time_values_;
};

/// Labels that are no axes of fields: channel, comp and the parts of complex numbers.
bool is_channel_label(const std::string& label);

}  // namespace banach
