// Adds the slices' sums, in their order.
@group(0) @binding(0) var<storage, read> partials: array<{{T}}>;
@group(0) @binding(1) var<storage, read> state: array<{{T}}>;
@group(0) @binding(2) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> dgamma: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> dbeta: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> coefficients: array<{{T}}>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = i32(id.x);
  if (c >= {{C}}) { return; }
  var sum = {{T}}();
  var product = {{T}}();
  for (var slice = 0; slice < {{SLICES}}; slice++) {
    sum += partials[slice * {{2 * C}} + c];
    product += partials[slice * {{2 * C}} + {{C}} + c];
  }
  keep(c, sum, product);
}
