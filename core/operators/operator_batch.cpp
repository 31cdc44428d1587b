// SPDX-License-Identifier: Apache-2.0
// Some samples of a data set as tensors.
#include <torch/types.h>

#include "core/operators/operator_data.hpp"

namespace banach {

at::Tensor weighted(const at::Tensor& x, const at::Tensor& weights, double power) {
  return weights.defined() ? x * weights.pow(power).to(x.options()) : x;
}

Shape array_shape(const DatasetInfo& info, const DataVariable& variable, std::int64_t count) {
  Shape shape{count, static_cast<std::int64_t>(variable.channels.size())};
  for (const auto& axis : variable.axes) shape.push_back(info.axis(axis)->size);
  return shape;
}

at::Tensor points_last(const at::Tensor& points) {
  return (points.dim() == 2 ? points.unsqueeze(-1) : points).transpose(1, 2).contiguous();
}

OperatorBatch make_batch(const OperatorData& data, const std::vector<DataArray>& arrays,
                         std::int64_t count, at::TensorOptions options) {
  BANACH_ASSERT(arrays.size() == data.info.variables.size());
  OperatorBatch out;
  out.count = count;
  const auto tensor = [&](std::size_t i) {
    const bool wide = arrays[i].type == NumberType::float64;
    // The array belongs to its reader: a copy is the batch's own.
    const at::Tensor view = at::from_blob(const_cast<std::byte*>(arrays[i].bytes.data()),
                                          array_shape(data.info, data.info.variables[i], count),
                                          at::dtype(wide ? at::kDouble : at::kFloat));
    return view.to(options, false, true);
  };
  for (std::size_t k = 0; k < data.inputs.size(); ++k) {
    out.inputs.push_back(tensor(data.inputs[k]));
    if (!data.resampling.empty()) out.inputs[k] = data.resampling[k].apply(out.inputs[k]);
  }
  std::vector<at::Tensor> outputs;
  for (const std::size_t i : data.outputs) outputs.push_back(tensor(i));
  if (!outputs.empty()) out.outputs = outputs.size() == 1 ? outputs[0] : at::cat(outputs, 1);
  if (data.own_points) {
    out.points = points_last(tensor(*data.own_points));
    if (out.outputs.defined() && out.outputs.dim() == 2) out.outputs = out.outputs.unsqueeze(-1);
  }
  return out;
}

}  // namespace banach
