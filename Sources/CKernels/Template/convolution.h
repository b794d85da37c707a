// Convolution over positions, and its gradient with respect to the input, with the batch in the lanes.
//
// No patches are laid out: an output is a sum over two nested loops, taps and channels, that step through
// the weights and the activations in place. A tile holds some channels × one or two registers of batch.
// Lanes never meet, so a tile may be as narrow as one register, and the last one of a ragged batch overlaps
// the one before it, computing a few lanes twice.

typedef float lanes __attribute__((ext_vector_type(CK_REGISTER_LANES)));
typedef int32_t lane_mask __attribute__((ext_vector_type(CK_REGISTER_LANES)));
typedef float lanes_unaligned __attribute__((ext_vector_type(CK_REGISTER_LANES), aligned(4)));

CK_INLINE lanes load_lanes(const float *p) { return *(const lanes_unaligned *)p; }
CK_INLINE void store_lanes(float *p, lanes x) { *(lanes_unaligned *)p = x; }

// The most channels in a tile, however many accumulators are left.
#define CK_CONVOLUTION_ROWS 12

// Σ over `outer` × `inner` terms; steps are in elements.
typedef struct {
  long outer, inner;
  long weight_outer, weight_inner, weight_row;
  long from_outer, from_inner, to_row;
} ck_contraction;

typedef struct {
  const float *weight, *bias, *from;
  float *to;
  int activation;
} ck_operands;

// `rows` channels × one or two registers, the second of which lies `second` elements behind the first.
CK_INLINE void convolution_tile(
    const int rows, const int vectors, const ck_contraction *n, ck_operands at, long second) {
  lanes sum[CK_CONVOLUTION_ROWS][2];
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = (lanes)0.0f;
  }
  const long weight_row = n->weight_row;
  for (long p = 0; p < n->outer; p++) {
    const float *weight = at.weight + p * n->weight_outer, *from = at.from + p * n->from_outer;
    for (long q = 0; q < n->inner; q++) {
      lanes right[2];
      CK_UNROLL for (int j = 0; j < vectors; j++) right[j] = load_lanes(from + j * second);
      CK_UNROLL for (int i = 0; i < rows; i++) {
        const lanes left = (lanes)weight[i * weight_row];
        CK_UNROLL for (int j = 0; j < vectors; j++) {
          sum[i][j] = __builtin_elementwise_fma(left, right[j], sum[i][j]);
        }
      }
      weight += n->weight_inner;
      from += n->from_inner;
    }
  }
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      lanes y = sum[i][j];
      if (at.bias) y = y + (lanes)at.bias[i];
      if (at.activation) y = (lanes)(~(y <= (lanes)0.0f) & (lane_mask)y);
      store_lanes(at.to + i * n->to_row + j * second, y);
    }
  }
}

#define CK_TILE(R)                                                                     \
  case R:                                                                              \
    if (R * vectors <= CK_ACCUMULATORS) convolution_tile(R, vectors, n, at, second);     \
    break;

// All `rows` channels of one or two registers of batch, in tiles of nearly equal height.
CK_INLINE void convolution_column(
    const int vectors, long rows, const ck_contraction *n, ck_operands at, long second) {
  long most = CK_ACCUMULATORS / vectors;
  if (most > CK_CONVOLUTION_ROWS) most = CK_CONVOLUTION_ROWS;
  for (long tiles = (rows + most - 1) / most; tiles > 0; tiles--) {
    const long taken = (rows + tiles - 1) / tiles;
    switch (taken) {
      CK_TILE(1) CK_TILE(2) CK_TILE(3) CK_TILE(4) CK_TILE(5) CK_TILE(6)
      CK_TILE(7) CK_TILE(8) CK_TILE(9) CK_TILE(10) CK_TILE(11) CK_TILE(12)
    }
    rows -= taken;
    at.weight += taken * n->weight_row;
    at.to += taken * n->to_row;
    if (at.bias) at.bias += taken;
  }
}
#undef CK_TILE

// All `rows` channels at one position, over a batch of at least one register.
static void convolution_position(long rows, long batch, ck_contraction n, ck_operands at) {
  if (n.inner == 1) {
    // One loop is faster than two, and the order is the same.
    n.inner = n.outer;
    n.weight_inner = n.weight_outer;
    n.from_inner = n.from_outer;
    n.outer = 1;
  }
  const long last = batch - CK_REGISTER_LANES;
  for (long start = 0; start < batch; start += 2 * CK_REGISTER_LANES) {
    const long first = start < last ? start : last;
    const long second = first + CK_REGISTER_LANES < last ? CK_REGISTER_LANES : last - first;
    ck_operands here = at;
    here.from += first;
    here.to += first;
    if (second > 0) {
      convolution_column(2, rows, &n, here, second);
    } else {
      convolution_column(1, rows, &n, here, 0);
    }
  }
}

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
    float *wide_x = ck_workspace((inputs + outputs) * 16), *wide_y = wide_x + inputs * 16;
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
        w + first, bias, x + (start + first) * s.batch, y + t * s.batch, activation};
    convolution_position(s.out_channels, s.batch, n, at);
  }
}

static void convolution_input_gradient(
    ck_convolution_shape s, const float *dy, const float *w, float *dx) {
  if (s.batch < CK_REGISTER_LANES) {
    const long inputs = s.in_channels * s.in_length, outputs = s.out_channels * s.out_length;
    float *wide_dy = ck_workspace((inputs + outputs) * 16), *wide_dx = wide_dy + outputs * 16;
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
    const ck_operands at = {w + tap, NULL, dy + t * s.batch, dx + q * s.batch, 0};
    convolution_position(s.in_channels, s.batch, n, at);
  }
}
