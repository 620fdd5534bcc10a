// dz = A·g + B·z + C, g being dy where the activation let it through.
@group(0) @binding(0) var<storage, read> z: array<{{T}}>;
@group(0) @binding(1) var<storage, read> dy: array<{{T}}>;
@group(0) @binding(2) var<storage, read> state: array<{{T}}>;
@group(0) @binding(3) var<storage, read> coefficients: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> dz: array<{{T}}>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = (i32(group.x) + i32(group.y) * {{GROUPS_X}}) * 64 + i32(local.x);
  if (i >= {{SIZE}}) { return; }
  let c = i % {{C}};
  let g = mask(dy[i], fma(z[i], state[{{2 * C}} + c], state[{{3 * C}} + c]));
  dz[i] = fma(coefficients[c], g, fma(coefficients[{{C}} + c], z[i], coefficients[{{2 * C}} + c]));
}
