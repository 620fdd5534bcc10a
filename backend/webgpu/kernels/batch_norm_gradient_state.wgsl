// From Σ g and Σ g·(z - mean), g being dy behind the activation's mask: the gradients of beta and
// gamma, and A, B, C of dz = A·g + B·z + C. Part of batch_norm_gradient_sums and
// batch_norm_gradient_finish, which declare the buffers. RUNNING mean and variance do not move with z.
#if FINISHES
fn keep(c: i32, sum: {{T}}, product: {{T}}) {
  let mean = state[c];
  let inverse = state[{{C}} + c];
  let a = gamma[c] * inverse;
#if RUNNING
  let b = {{T}}();
#else
  let b = -a * inverse * inverse * product / f32({{ROWS}});
#end
  dgamma[c] = product * inverse;
  dbeta[c] = sum;
  coefficients[c] = a;
  coefficients[{{C}} + c] = b;
#if RUNNING
  coefficients[{{2 * C}} + c] = b;
#else
  coefficients[{{2 * C}} + c] = -a * sum / f32({{ROWS}}) - b * mean;
#end
}
#end
