// Merges the slices' means and squared deviations (Chan, Golub and LeVeque 1979).
@group(0) @binding(0) var<storage, read> partials: array<{{T}}>;
@group(0) @binding(1) var<storage, read> gamma: array<{{T}}>;
@group(0) @binding(2) var<storage, read> beta: array<{{T}}>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<{{T}}>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<{{T}}>;
@group(0) @binding(5) var<storage, read_write> state: array<{{T}}>;

fn rows_of(slice: i32) -> f32 { return f32(min({{PER_SLICE}}, {{ROWS}} - slice * {{PER_SLICE}})); }

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = i32(id.x);
  if (c >= {{C}}) { return; }
  var sum = {{T}}();
  for (var slice = 0; slice < {{SLICES}}; slice++) {
    sum += partials[slice * {{2 * C}} + c] * rows_of(slice);
  }
  let mean = sum / {{ROWS}}.0;
  var deviations = {{T}}();
  for (var slice = 0; slice < {{SLICES}}; slice++) {
    let d = partials[slice * {{2 * C}} + c] - mean;
    deviations += partials[slice * {{2 * C}} + {{C}} + c] + d * d * rows_of(slice);
  }
  keep(c, mean, deviations / {{ROWS}}.0);
}
