// The activation behind a batch norm, and what it lets through of a gradient; part of several kernels.
fn activate(v: {{T}}) -> {{T}} {
#if ACTIVATION === "relu"
  return max(v, {{T}}());
#end
#if ACTIVATION === "relu6"
  return clamp(v, {{T}}(), {{T}}(6.0));
#end
#if ACTIVATION === "hardSwish"
  return v * clamp(v + 3.0, {{T}}(), {{T}}(6.0)) / 6.0;
#end
#if ACTIVATION === "hardSigmoid"
  return clamp(v + 3.0, {{T}}(), {{T}}(6.0)) / 6.0;
#end
#if ACTIVATION === "silu"
  return v / (1.0 + exp(-max(v, {{T}}(-87.0))));
#end
#if ACTIVATION === "sigmoid"
  return 1.0 / (1.0 + exp(-max(v, {{T}}(-87.0))));
#end
#if ACTIVATION === "linear"
  return v;
#end
}

// By the value before the activation; if it does not bend, equally by the one behind it.
fn mask(g: {{T}}, v: {{T}}) -> {{T}} {
#if ACTIVATION === "relu"
  return select({{T}}(), g, v > {{T}}());
#end
#if ACTIVATION === "relu6"
  return select({{T}}(), g, (v > {{T}}()) & (v < {{T}}(6.0)));
#end
#if ACTIVATION === "hardSwish"
  return g * select(select(v / 3.0 + 0.5, {{T}}(1.0), v >= {{T}}(3.0)), {{T}}(), v <= {{T}}(-3.0));
#end
#if ACTIVATION === "hardSigmoid"
  return select({{T}}(), g / 6.0, (v > {{T}}(-3.0)) & (v < {{T}}(3.0)));
#end
#if ACTIVATION === "silu"
  let s = 1.0 / (1.0 + exp(-max(v, {{T}}(-87.0))));
  return g * s * (1.0 + v * (1.0 - s));
#end
#if ACTIVATION === "sigmoid"
  let s = 1.0 / (1.0 + exp(-max(v, {{T}}(-87.0))));
  return g * s * (1.0 - s);
#end
#if ACTIVATION === "linear"
  return g;
#end
}
