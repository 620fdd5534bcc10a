// The activation behind a batch norm, and what it lets through of a gradient; part of several kernels.
fn activate(v: {{T}}) -> {{T}} {
  return {{ACTIVATION === "relu6" ? `clamp(v, ${T}(), ${T}(6.0))` : ACTIVATION === "relu" ? `max(v, ${T}())` : "v"}};
}

// By the value before the activation, or equally by the one behind it.
fn mask(g: {{T}}, v: {{T}}) -> {{T}} {
  return {{ACTIVATION === "relu6" ? `select(${T}(), g, (v > ${T}()) & (v < ${T}(6.0)))` : ACTIVATION === "relu" ? `select(${T}(), g, v > ${T}())` : "g"}};
}
