// Mean cross-entropy of softmax(logits) and integer labels, and its gradient. A thread a photo; a
// photo whose label is no class counts as nothing, as with one-hot targets. All classes share SMOOTHING
// of each label.
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> dlogits: array<f32>;

var<workgroup> losses: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u) {
  let thread = i32(local.x);
  var own = 0.0;
  for (var n = thread; n < {{BATCH}}; n += 64) {
    let row = n * {{CLASSES}};
    let label = labels[n];
    let known = label >= 0 && label < {{CLASSES}};
    var largest = logits[row];
    for (var c = 1; c < {{CLASSES}}; c++) { largest = max(largest, logits[row + c]); }
    var sum = 0.0;
    for (var c = 0; c < {{CLASSES}}; c++) { sum += exp(logits[row + c] - largest); }
#if SMOOTHING > 0
    if (known) { own += {{1 - SMOOTHING}} * (log(sum) - (logits[row + label] - largest)); }
    for (var c = 0; known && c < {{CLASSES}}; c++) {
      own += {{SMOOTHING / CLASSES}} * (log(sum) - (logits[row + c] - largest));
    }
#else
    if (known) { own += log(sum) - (logits[row + label] - largest); }
#end
    for (var c = 0; c < {{CLASSES}}; c++) {
#if SMOOTHING > 0
      let share = exp(logits[row + c] - largest) / sum - {{SMOOTHING / CLASSES}} - {{1 - SMOOTHING}} * f32(c == label);
#else
      let share = exp(logits[row + c] - largest) / sum - f32(c == label);
#end
      dlogits[row + c] = select(0.0, share / f32({{BATCH}}), known);
    }
  }
  losses[thread] = own;
  workgroupBarrier();
  if (thread == 0) {
    var total = 0.0;
    for (var i = 0; i < 64; i++) { total += losses[i]; }
    loss[0] = total / f32({{BATCH}});
  }
}
