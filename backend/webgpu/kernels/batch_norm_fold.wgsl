// The state of a batch norm by running buffers, as batch_norm_state keeps it of a batch.
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> beta: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = i32(id.x);
  if (c >= {{C}}) { return; }
  let inverse = 1.0 / sqrt(variance[c] + {{EPSILON}});
  let scale = gamma[c] * inverse;
  state[c] = mean[c];
  state[{{C}} + c] = inverse;
  state[{{2 * C}} + c] = scale;
  state[{{3 * C}} + c] = beta[c] - mean[c] * scale;
}
