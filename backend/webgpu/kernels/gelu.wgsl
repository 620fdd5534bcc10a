// y = x·Φ(x), Φ being the normal distribution's, or its form by tanh; or dx = dy times its slope.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read_write> out: array<{{T}}>;
#if SLOPE
@group(0) @binding(2) var<storage, read> dy: array<{{T}}>;
#end

// erf(x) by Eigen's rational function of |x| ≤ 4, beyond which it is ±1 in float32.
fn error_function(x: {{T}}) -> {{T}} {
  let t = clamp(x, {{T}}(-4.0), {{T}}(4.0));
  let s = t * t;
  var p = {{T}}(-2.72614225801306e-10);
#for i 6
#let NEXT [2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2][i]
  p = fma(p, s, {{T}}({{NEXT}}));
#end
  var q = {{T}}(-1.45660718464996e-5);
#for i 4
#let NEXT [-2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2][i]
  q = fma(q, s, {{T}}({{NEXT}}));
#end
  return t * p / q;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let v = x[i];
#if TANH
  // (1 + tanh(z)) / 2 is the logistic function of 2z.
  let z = v * fma(v * v, {{T}}({{0.044715 * 2 * Math.sqrt(2 / Math.PI)}}), {{T}}({{2 * Math.sqrt(2 / Math.PI)}}));
  let share = 1.0 / (1.0 + exp(-max(z, {{T}}(-87.0))));
#if SLOPE
  let inner = fma(v * v, {{T}}({{3 * 0.044715 * 2 * Math.sqrt(2 / Math.PI)}}), {{T}}({{2 * Math.sqrt(2 / Math.PI)}}));
  out[i] = dy[i] * share * fma(v * (1.0 - share), inner, {{T}}(1.0));
#else
  out[i] = v * share;
#end
#else
  let share = fma(error_function(v * {{Math.SQRT1_2}}), {{T}}(0.5), {{T}}(0.5));
#if SLOPE
  let density = exp(max(v * v * -0.5, {{T}}(-87.0)));
  out[i] = dy[i] * fma(v * density, {{T}}({{1 / Math.sqrt(2 * Math.PI)}}), share);
#else
  out[i] = v * share;
#end
#end
}
