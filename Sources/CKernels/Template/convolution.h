// Convolution over the positions of a plane, and its gradient with respect to the input, with the batch in the lanes.
//
// No patches are laid out: an output is a contraction over taps and channels that steps through the weights and
// the activations in place, one row of the kernel after the other.

// Copies rows of `batch` < 16 elements to rows of 16 with zeros behind, and back.
static void widen(long rows, long batch, const float *from, float *to) {
  for (long i = 0; i < rows; i++) store(to + 16 * i, load_partial(from + i * batch, batch));
}
static void narrow(long rows, long batch, const float *from, float *to) {
  for (long i = 0; i < rows; i++) {
    memcpy(to + i * batch, from + 16 * i, (size_t)batch * sizeof(float));
  }
}

// The taps along one axis that reach something: the first one, how many there are, and the place that the first one
// reaches.
typedef struct {
  long first, count, place;
} ck_taps;

// Those of output t that do not fall into the padding; from one to the next, the place moves by 1.
CK_INLINE ck_taps taps_of_output(long t, long input, long kernel, long stride, long padding) {
  const long start = t * stride - padding;
  const long first = start < 0 ? -start : 0;
  const long end = input - start < kernel ? input - start : kernel;
  return (ck_taps){first, end > first ? end - first : 0, start + first};
}

// Those with which outputs met input q: output t with tap q + padding - t · stride. Taps ascend by the stride as
// outputs descend.
CK_INLINE ck_taps taps_of_input(long q, long output, long kernel, long stride, long padding) {
  const long reach = (q + padding) / stride;
  const long t = reach < output ? reach : output - 1;
  const long tap = q + padding - t * stride;
  const long taps = tap < kernel ? (kernel - 1 - tap) / stride + 1 : 0;
  return (ck_taps){tap, taps < t + 1 ? taps : t + 1, t};
}

// One contraction for each of `rows` rows of the kernel, the sums of one going on in the next; without rows, there is one
// of no terms. Weights and inputs of a row lie `weight_row` and `from_row` behind those of the row before.
static void contract_rows(
    long rows, long weight_row, long from_row, long outputs, long batch, ck_contraction n,
    ck_operands at) {
  if (rows < 1) n.outer = 0;
  const float *const bias = at.row_bias;
  const int activation = at.activation;
  for (long row = 0; row < 1 || row < rows; row++) {
    const int is_last = row >= rows - 1;
    at.row_bias = is_last ? bias : NULL;
    at.activation = is_last ? activation : 0;
    at.continued = row > 0;
    contract(outputs, batch, n, at);
    at.weight += weight_row;
    at.from += from_row;
  }
}

// The number of positions of a plane.
CK_INLINE long area(ck_plane plane) { return plane.height * plane.width; }

static void convolution(
    ck_convolution_shape s, const float *x, const float *w, const float *bias, int activation,
    float *y) {
  const long inputs = s.in_channels * area(s.input), outputs = s.out_channels * area(s.output);
  if (s.batch < CK_REGISTER_LANES) {
    float *wide_x = ck_workspace((int64_t)(inputs + outputs) * 16), *wide_y = wide_x + inputs * 16;
    widen(inputs, s.batch, x, wide_x);
    ck_convolution_shape wide = s;
    wide.batch = 16;
    convolution(wide, wide_x, w, bias, activation, wide_y);
    narrow(outputs, s.batch, wide_y, y);
    return;
  }
  const long taps = area(s.kernel);
  for (long t = 0; t < s.output.height; t++) {
    const ck_taps down = taps_of_output(
        t, s.input.height, s.kernel.height, s.stride.height, s.padding.height);
    for (long u = 0; u < s.output.width; u++) {
      const ck_taps across = taps_of_output(
          u, s.input.width, s.kernel.width, s.stride.width, s.padding.width);
      ck_contraction n = {
          .outer = across.count, .inner = s.in_channels,
          .weight_outer = 1, .weight_inner = taps, .weight_row = s.in_channels * taps,
          .from_outer = s.batch, .from_inner = area(s.input) * s.batch,
          .to_row = area(s.output) * s.batch};
      ck_operands at = {
          w + down.first * s.kernel.width + across.first,
          x + (down.place * s.input.width + across.place) * s.batch,
          y + (t * s.output.width + u) * s.batch, bias, NULL, activation, 0};
      long rows = down.count;
      if (s.in_channels == 1) {
        // The rows of the kernel are the outer loop, its columns the inner one.
        n.outer = down.count;
        n.inner = across.count;
        n.weight_outer = s.kernel.width;
        n.weight_inner = 1;
        n.from_outer = s.input.width * s.batch;
        n.from_inner = s.batch;
        rows = 1;
      }
      contract_rows(
          rows, s.kernel.width, s.input.width * s.batch, s.out_channels, s.batch, n, at);
    }
  }
}

static void convolution_input_gradient(
    ck_convolution_shape s, const float *dy, const float *w, float *dx) {
  const long inputs = s.in_channels * area(s.input), outputs = s.out_channels * area(s.output);
  if (s.batch < CK_REGISTER_LANES) {
    float *wide_dy = ck_workspace((int64_t)(inputs + outputs) * 16), *wide_dx = wide_dy + outputs * 16;
    widen(outputs, s.batch, dy, wide_dy);
    ck_convolution_shape wide = s;
    wide.batch = 16;
    convolution_input_gradient(wide, wide_dy, w, wide_dx);
    narrow(inputs, s.batch, wide_dx, dx);
    return;
  }
  const long taps = area(s.kernel);
  for (long p = 0; p < s.input.height; p++) {
    const ck_taps down = taps_of_input(
        p, s.output.height, s.kernel.height, s.stride.height, s.padding.height);
    for (long q = 0; q < s.input.width; q++) {
      const ck_taps across = taps_of_input(
          q, s.output.width, s.kernel.width, s.stride.width, s.padding.width);
      const ck_contraction n = {
          .outer = across.count, .inner = s.out_channels,
          .weight_outer = s.stride.width, .weight_inner = s.in_channels * taps, .weight_row = taps,
          .from_outer = -s.batch, .from_inner = area(s.output) * s.batch,
          .to_row = area(s.input) * s.batch};
      const ck_operands at = {
          w + down.first * s.kernel.width + across.first,
          dy + (down.place * s.output.width + across.place) * s.batch,
          dx + (p * s.input.width + q) * s.batch, NULL, NULL, 0, 0};
      contract_rows(
          down.count, s.stride.height * s.kernel.width, -s.output.width * s.batch, s.in_channels,
          s.batch, n, at);
    }
  }
}
