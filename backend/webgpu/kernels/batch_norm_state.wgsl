// What BatchNormTrain keeps of a batch, in vectors of channels: mean, 1 / σ, scale and shift. The
// running buffers move by the unbiased variance. Part of batch_norm_statistics and
// batch_norm_finish, which declare the buffers.
#if FINISHES
fn keep(c: i32, mean: {{T}}, variance: {{T}}) {
  let inverse = 1.0 / sqrt(variance + {{EPSILON}});
  let scale = gamma[c] * inverse;
  state[c] = mean;
  state[{{C}} + c] = inverse;
  state[{{2 * C}} + c] = scale;
  state[{{3 * C}} + c] = beta[c] - mean * scale;
  running_mean[c] = running_mean[c] * {{1 - MOMENTUM}} + mean * {{MOMENTUM}};
  running_variance[c] = running_variance[c] * {{1 - MOMENTUM}} + variance * {{UNBIASED}};
}
#end
