// The square root of the sum of COUNT values.
@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read_write> root: array<f32>;

var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u) {
  let thread = i32(local.x);
  var own = 0.0;
  for (var i = thread; i < {{COUNT}}; i += 64) { own += sums[i]; }
  partial[thread] = own;
  workgroupBarrier();
  if (thread == 0) {
    var total = 0.0;
    for (var i = 0; i < 64; i++) { total += partial[i]; }
    root[0] = sqrt(total);
  }
}
