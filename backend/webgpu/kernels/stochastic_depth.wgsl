// out = branch · factor (+ x), with one factor for each photo of SIZE / PHOTOS vectors; the first is FIRST.
@group(0) @binding(0) var<storage, read> branch: array<{{T}}>;
@group(0) @binding(1) var<storage, read> factors: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<{{T}}>;
#if SHORTCUT
@group(0) @binding(3) var<storage, read> x: array<{{T}}>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let factor = {{T}}(factors[{{FIRST}} + i / {{SIZE / PHOTOS}}]);
  out[i] = {{SHORTCUT ? "fma(branch[i], factor, x[i])" : "branch[i] * factor"}};
}
