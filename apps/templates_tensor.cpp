// SPDX-License-Identifier: Apache-2.0
// Projects with an architecture in LibTorch's own words: points, or functions on a grid.
#include "apps/templates.hpp"

namespace banach {
namespace {

const char* const tensor_text =
    R"(// @name@: one hidden layer, tanh(x W + b), in tensors. Replace evaluate() by your function.
#include <banach/plugin.hpp>
#include <banach/tensor_architecture.hpp>

namespace {
using namespace banach;

struct @Name@Parameters {
  std::int64_t width = 32;
};
void describe(Schema<@Name@Parameters>& s) {
  s.field("width", &@Name@Parameters::width, "neurons of the hidden layer").at_least(1);
}

class @Name@ final : public TensorArchitecture {
 public:
  using Parameters = @Name@Parameters;
  @Name@(const @Name@Parameters& p, Builder& builder)
      : TensorArchitecture(builder.outputs(), slots(p, builder)),
        domain_(builder.signature().coordinates) {}

  // points [N, axes] to [N, outputs]; `w` holds the slots in the order of the constructor.
  // Derivatives come from autograd: any differentiable ATen code will do, nothing in place.
  at::Tensor evaluate(const at::Tensor& points, const std::vector<at::Tensor>& w) const override {
    const at::Tensor hidden = at::tanh(at::addmm(w[1], scaled(points, domain_), w[0]));
    return at::addmm(w[3], hidden, w[2]);
  }

 private:
  static std::vector<int> slots(const @Name@Parameters& p, Builder& builder) {
    const int width = static_cast<int>(p.width);
    const Linear hidden = builder.linear("hidden", builder.inputs(), width);
    const Linear output = builder.linear("output", width, builder.outputs());
    return {hidden.weight, hidden.bias, output.weight, output.bias};
  }
  Domain domain_;
};
}  // namespace

BANACH_PLUGIN("@name@", "0.1.0", registry) {
  registry.architecture<@Name@>("@name@", "one hidden layer in tensors, to be replaced");
}
)";

const char* const grid_text =
    R"(// @name@: a map between functions on a grid, from the values at a point, its coordinates and the
// mean over the grid. Replace evaluate() by your operator.
#include <banach/plugin.hpp>
#include <banach/tensor_architecture.hpp>

namespace {
using namespace banach;

struct @Name@Parameters {
  std::int64_t width = 32;
};
void describe(Schema<@Name@Parameters>& s) {
  s.field("width", &@Name@Parameters::width, "channels of the hidden layer").at_least(1);
}

class @Name@ final : public GridArchitecture {
 public:
  using Parameters = @Name@Parameters;
  @Name@(const @Name@Parameters& p, Builder& builder) {
    const int width = static_cast<int>(p.width);
    const int channels = builder.signature().channels;
    if (channels < 1) throw ConfigError("@name@ needs a [dataset] on a grid");
    const Linear local = builder.linear("local", channels + builder.inputs(), width);
    const Linear mean = builder.linear("mean", channels, width);
    const Linear output = builder.linear("output", width, builder.outputs());
    slots_ = {local.weight, local.bias,    mean.weight,
              mean.bias,    output.weight, output.bias};
  }

  // inputs.values [B, channels, X, ...] to [B, outputs, X, ...], at any resolution; the coordinates
  // of every axis are scaled to [0, 1].
  at::Tensor evaluate(const GridInputs& inputs, const std::vector<at::Tensor>& w) const override {
    const at::Tensor values = inputs.values.movedim(1, -1);  // [B, X, ..., channels]
    std::vector<at::Tensor> columns{values};
    for (const auto& column : at::meshgrid(inputs.coordinates, "ij"))
      columns.push_back(column.unsqueeze(0).unsqueeze(-1).expand_as(values.narrow(-1, 0, 1)));
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = 1; axis + 1 < values.dim(); ++axis) axes.push_back(axis);
    const at::Tensor local = at::matmul(at::cat(columns, -1), w[0]) + w[1];
    const at::Tensor mean = at::matmul(values.mean(axes, true), w[2]) + w[3];
    return (at::matmul(at::gelu(local + mean), w[4]) + w[5]).movedim(-1, 1);
  }
};
}  // namespace

BANACH_PLUGIN("@name@", "0.1.0", registry) {
  registry.architecture<@Name@>("@name@", "an operator on a grid, to be replaced");
}
)";

const char* const grid_toml = R"(name = "@name@"
seed = 0
plugins = { paths = ["build/lib/banach/plugins"] }

[dataset]
files = "data/antiderivative.h5"
inputs.u = { path = "u", axes = "sample x" }
outputs.s = { path = "s", axes = "sample x" }
coords.x = "x"

[dataset.generate]
type = "antiderivative"
samples = 200
points = 32

[architecture]
type = "@name@"
width = 32

[[stage]]
optimizer = "adam"
lr = 1e-2
steps = 1000
batch = 32

[output]
dir = "runs"
)";

}  // namespace

std::string tensor_template() { return tensor_text; }
std::string grid_template() { return grid_text; }
std::string grid_configuration() { return grid_toml; }

}  // namespace banach
