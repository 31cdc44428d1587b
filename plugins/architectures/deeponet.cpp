// SPDX-License-Identifier: Apache-2.0
// DeepONet (Lu et al. 2021): coefficients from the input functions, features from the points.
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <cmath>

namespace {
using namespace banach;

struct DeepOnetParameters : LayerParameters {
  DeepOnetParameters() { activation = "gelu"; }
  std::int64_t latent = 64, width = 64, depth = 3, fourier = 0;
  std::string trunk_activation = "gelu";
  bool output_bias = true;
};
void describe(Schema<DeepOnetParameters>& s) {
  s.field("latent", &DeepOnetParameters::latent, "features of the trunk for each output")
      .at_least(1);
  s.field("width", &DeepOnetParameters::width, "neurons of every hidden layer").at_least(1);
  s.field("depth", &DeepOnetParameters::depth, "hidden layers of branch and trunk").at_least(1);
  s.field("fourier", &DeepOnetParameters::fourier,
          "periods whose sin and cos join the trunk's coordinates, in place of periodic ones")
      .at_least(0);
  auto last = activations();
  last.push_back("none");
  s.field("trunk_activation", &DeepOnetParameters::trunk_activation,
          "of the trunk's last layer, unless it is a basis")
      .one_of(last);
  s.field("output_bias", &DeepOnetParameters::output_bias, "learn a constant for each output");
  layer_fields(s);
}

/// Hidden layers and a linear one, where no table names another architecture.
class Perceptron final : public Architecture {
 public:
  Perceptron(const DeepOnetParameters& p, Builder& builder, const std::string& name,
             Signature signature)
      : p_(p), signature_(std::move(signature)) {
    int in = static_cast<int>(signature_.coordinates.size());
    for (std::int64_t i = 0; i < p.depth; ++i, in = static_cast<int>(p.width))
      hidden_.emplace_back(p, builder, name + ".hidden." + std::to_string(i), in,
                           static_cast<int>(p.width));
    output_ = builder.linear(name + ".output", in, signature_.outputs,
                             Init::named(p.initialisation), Init::named(p.bias));
  }
  Expression forward(const Inputs& inputs) const override {
    Expression h = first_input(p_, inputs, signature_);
    for (const auto& layer : hidden_) h = layer(h);
    return output_(h);
  }

 private:
  LayerParameters p_;
  Signature signature_;
  std::vector<HiddenLayer> hidden_;
  Linear output_;
};

/// What the branch may ask for: it sees values of functions, not points.
class WithoutPoints final : public Preparation {
 public:
  explicit WithoutPoints(Preparation& all) : all_(all) {}
  std::vector<double> points(int) override {
    throw ConfigError("this architecture starts from points of the domain and cannot be a branch");
  }
  const Snapshots& snapshots() override { return none_; }
  Stream stream() const override { return all_.stream(); }
  void set(int slot, const std::vector<double>& values) override { all_.set(slot, values); }

 private:
  Preparation& all_;
  Snapshots none_;
};

class DeepOnet final : public Architecture {
 public:
  using Parameters = DeepOnetParameters;
  DeepOnet(const DeepOnetParameters& p, Builder& builder)
      : p_(p),
        outputs_(builder.outputs()),
        latent_(static_cast<int>(p.latent)),
        coordinates_(builder.signature().coordinates) {
    const Signature& signature = builder.signature();
    if (signature.functions.empty())
      throw ConfigError("deeponet needs input functions: a [dataset] with inputs on fixed sensors");
    trunk_ = part(p, builder, "trunk", trunk_signature(signature));
    if (trunk_->basis() > 0) latent_ = trunk_->basis() - 1;
    if (trunk_->basis() > 0 && waves_)
      throw ConfigError("fourier: a trunk that is a basis of the points takes no other features");
    branch_ = part(p, builder, "branch", branch_signature(signature));
    if (p.output_bias) bias_ = builder.row("bias", outputs_, Init{Init::Kind::zeros});
  }

  Expression forward(const Inputs& inputs) const override {
    std::vector<Expression> values;
    for (const auto& function : inputs.functions()) values.push_back(function.second);
    const Expression coefficients = branch_->forward(Inputs(concat(values)));
    Expression features = trunk_->forward(Inputs(trunk_points(inputs.points())));
    const int mean = trunk_->basis() > 0 ? 1 : 0;
    if (mean == 0 && p_.trunk_activation != "none")
      features = activate(p_.trunk_activation, features);
    std::vector<Expression> out;
    for (int i = 0; i < outputs_; ++i) {
      const int first = i * (latent_ + mean);
      out.push_back(dot(block(coefficients, i * latent_), block(features, first + mean)));
      if (mean) out.back() = out.back() + features[first];
    }
    const Expression y = concat(out);
    return bias_ ? y + *bias_ : y;
  }

  void prepare(Preparation& preparation) override {
    WithoutPoints values(preparation);
    branch_->prepare(values);
    trunk_->prepare(preparation);
  }

 private:
  static std::shared_ptr<Architecture> part(const DeepOnetParameters& p, Builder& builder,
                                            const std::string& name, const Signature& signature) {
    if (builder.has_part(name)) return builder.part(name, signature);
    return std::make_shared<Perceptron>(p, builder, name, signature);
  }
  Signature trunk_signature(const Signature& all) {
    Signature out{all.coordinates, {}, outputs_ * latent_, 0, all.grid, outputs_};
    if (p_.fourier == 0) return out;
    std::vector<std::string> axes;
    out.coordinates.clear();
    for (const auto& axis : all.coordinates) {
      axes.push_back(axis.name);
      if (!axis.periodic) out.coordinates.push_back({axis.name, -1, 1});
    }
    waves_.emplace(all.coordinates, axes, static_cast<int>(p_.fourier), false);
    for (int i = 0; i < waves_->width(); ++i)
      out.coordinates.push_back({"wave" + std::to_string(i), -1, 1});
    out.grid.clear();
    return out;
  }
  Expression trunk_points(E points) const {
    if (!waves_) return points;
    const Expression x = scaled(points, coordinates_);
    std::vector<Expression> parts;
    for (std::size_t i = 0; i < coordinates_.size(); ++i)
      if (!coordinates_[i].periodic) parts.push_back(x[static_cast<int>(i)]);
    parts.push_back((*waves_)(points));
    return concat(parts);
  }
  // The gradient of a slice is a copy, which all columns need not pay for.
  Expression block(E all, int first) const {
    return all.width() == latent_ ? all : all.columns(first, latent_);
  }
  // One axis for each sensor, of a range that scaling leaves as it is.
  Signature branch_signature(const Signature& all) const {
    Signature out;
    for (const auto& f : all.functions)
      for (int i = 0; i < f.sensors; ++i)
        out.coordinates.push_back({f.name + std::to_string(i), -1, 1});
    out.outputs = outputs_ * latent_;
    return out;
  }

  DeepOnetParameters p_;
  int outputs_, latent_;
  Domain coordinates_;
  std::optional<Harmonics> waves_;
  std::shared_ptr<Architecture> trunk_, branch_;
  std::optional<Row> bias_;
};
}  // namespace

BANACH_PLUGIN("deeponet", "1.0.0", registry) {
  registry.architecture<DeepOnet>("deeponet", "coefficients of a branch times features of a trunk");
}
