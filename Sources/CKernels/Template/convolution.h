// Convolution over positions, and its gradient with respect to the input, with the batch in the lanes.
//
// No patches are laid out: an output is a contraction over taps and channels that steps through the weights and
// the activations in place.

// Copies rows of `batch` < 16 elements to rows of 16 with zeros behind, and back.
static void widen(long rows, long batch, const float *from, float *to) {
  for (long i = 0; i < rows; i++) store(to + 16 * i, load_partial(from + i * batch, batch));
}
static void narrow(long rows, long batch, const float *from, float *to) {
  for (long i = 0; i < rows; i++) {
    memcpy(to + i * batch, from + 16 * i, (size_t)batch * sizeof(float));
  }
}

static void convolution(
    ck_convolution_shape s, const float *x, const float *w, const float *bias, int activation,
    float *y) {
  if (s.batch < CK_REGISTER_LANES) {
    const long inputs = s.in_channels * s.in_length, outputs = s.out_channels * s.out_length;
    float *wide_x = ck_workspace((int64_t)(inputs + outputs) * 16), *wide_y = wide_x + inputs * 16;
    widen(inputs, s.batch, x, wide_x);
    ck_convolution_shape wide = s;
    wide.batch = 16;
    convolution(wide, wide_x, w, bias, activation, wide_y);
    narrow(outputs, s.batch, wide_y, y);
    return;
  }
  for (long t = 0; t < s.out_length; t++) {
    const long start = t * s.stride - s.padding;
    const long first = start < 0 ? -start : 0;
    const long end = s.in_length - start < s.kernel ? s.in_length - start : s.kernel;
    const ck_contraction n = {
        .outer = end - first, .inner = s.in_channels,
        .weight_outer = 1, .weight_inner = s.kernel, .weight_row = s.in_channels * s.kernel,
        .from_outer = s.batch, .from_inner = s.in_length * s.batch,
        .to_row = s.out_length * s.batch};
    const ck_operands at = {
        w + first, x + (start + first) * s.batch, y + t * s.batch, bias, NULL, activation, 0};
    contract(s.out_channels, s.batch, n, at);
  }
}

static void convolution_input_gradient(
    ck_convolution_shape s, const float *dy, const float *w, float *dx) {
  if (s.batch < CK_REGISTER_LANES) {
    const long inputs = s.in_channels * s.in_length, outputs = s.out_channels * s.out_length;
    float *wide_dy = ck_workspace((int64_t)(inputs + outputs) * 16), *wide_dx = wide_dy + outputs * 16;
    widen(outputs, s.batch, dy, wide_dy);
    ck_convolution_shape wide = s;
    wide.batch = 16;
    convolution_input_gradient(wide, wide_dy, w, wide_dx);
    narrow(inputs, s.batch, wide_dx, dx);
    return;
  }
  for (long q = 0; q < s.in_length; q++) {
    // Output t met this position with tap q + padding - t · stride: taps ascend as outputs descend.
    const long reach = (q + s.padding) / s.stride;
    const long t = reach < s.out_length ? reach : s.out_length - 1;
    const long tap = q + s.padding - t * s.stride;
    long taps = tap < s.kernel ? (s.kernel - 1 - tap) / s.stride + 1 : 0;
    if (taps > t + 1) taps = t + 1;
    const ck_contraction n = {
        .outer = taps, .inner = s.out_channels,
        .weight_outer = s.stride, .weight_inner = s.in_channels * s.kernel, .weight_row = s.kernel,
        .from_outer = -s.batch, .from_inner = s.out_length * s.batch,
        .to_row = s.in_length * s.batch};
    const ck_operands at = {w + tap, dy + t * s.batch, dx + q * s.batch, NULL, NULL, 0, 0};
    contract(s.in_channels, s.batch, n, at);
  }
}
