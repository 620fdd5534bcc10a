// out = x · scale (+ shift), one of each for each channel of each image.
@group(0) @binding(0) var<storage, read> x: array<{{T}}>;
@group(0) @binding(1) var<storage, read> scale: array<{{T}}>;
@group(0) @binding(2) var<storage, read_write> out: array<{{T}}>;
#if SHIFT
@group(0) @binding(3) var<storage, read> shift: array<{{T}}>;
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let at = i / {{PIXELS * C}} * {{C}} + i % {{C}};
  out[i] = {{SHIFT ? "fma(x[i], scale[at], shift[at])" : "x[i] * scale[at]"}};
}
