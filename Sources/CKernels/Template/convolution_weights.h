// The gradient of a convolution with respect to its weights: one dot product over positions and batch for each
// weight, in sixteen lanes whose sums are added at the end.
//
// A tile is one tap of some output channels × some input channels, whose products run over the same positions.
// Registers narrower than sixteen lanes take several passes over a tile. The elements behind the last whole
// vector of a row are copied out first, with zeros behind them.

// As many elements of both operands as let the positions that a tile reads stay in the first-level cache.
#define CK_DOT_REACH 5000
#define CK_DOT_COLUMNS 3
#define CK_DOT_PASSES (16 / CK_REGISTER_LANES)

// `positions` × `vectors` steps through rows of dy and of x, and where they begin.
typedef struct {
  long positions, vectors;
  const float *dy, *x;
  long dy_row, dy_position, x_row, x_position;
} ck_dot;

// Sums so far, 16 lanes each; `first` and `last` tell whether a tile starts and ends with these positions.
typedef struct {
  float *sum;
  int first, last;
  float *dw;
  long dw_row, dw_column;
} ck_dot_result;

CK_INLINE void dot_steps(
    const int rows, const int columns, lanes *sum, const ck_dot *n, long vectors, long lane) {
  const float *dy_at = n->dy + lane, *x_at = n->x + lane;
  const long dy_row = n->dy_row, x_row = n->x_row;
  for (long t = 0; t < n->positions; t++) {
    const float *dy = dy_at + t * n->dy_position, *x = x_at + t * n->x_position;
    _Pragma("clang loop unroll(disable)") for (long v = 0; v < vectors; v++) {
      lanes right[CK_DOT_COLUMNS];
      CK_UNROLL for (int j = 0; j < columns; j++) right[j] = load_lanes(x + j * x_row);
      CK_UNROLL for (int i = 0; i < rows; i++) {
        const lanes left = load_lanes(dy + i * dy_row);
        CK_UNROLL for (int j = 0; j < columns; j++) {
          sum[i * columns + j] =
              __builtin_elementwise_fma(left, right[j], sum[i * columns + j]);
        }
      }
      dy += 16;
      x += 16;
    }
  }
}

// `whole` has the whole vectors of some positions; `rest` what is left of each row, `rest_count` elements.
CK_INLINE void dot_tile(
    const int rows, const int columns, const ck_dot *whole, const ck_dot *rest, long rest_count,
    const ck_dot_result *result) {
  CK_UNROLL for (int pass = 0; pass < CK_DOT_PASSES; pass++) {
    const int lane = pass * CK_REGISTER_LANES;
    lanes sum[CK_ACCUMULATORS];
    CK_UNROLL for (int k = 0; k < rows * columns; k++) {
      sum[k] = result->first ? (lanes)0.0f : load_lanes(result->sum + 16 * k + lane);
    }
    dot_steps(rows, columns, sum, whole, whole->vectors, lane);
    if (result->last && rest_count > lane) dot_steps(rows, columns, sum, rest, 1, lane);
    CK_UNROLL for (int k = 0; k < rows * columns; k++) {
      store_lanes(result->sum + 16 * k + lane, sum[k]);
    }
  }
  if (!result->last) return;
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK_UNROLL for (int j = 0; j < columns; j++) {
      // A pass over nothing but zeros may be left out, so no -0 may tell whether it was: -0 + 0 is 0.
      result->dw[i * result->dw_row + j * result->dw_column] =
          sum_lanes(load(result->sum + 16 * (i * columns + j))) + 0.0f;
    }
  }
}

// The last batch mod 16 elements of each row, with zeros behind.
static void gather_rests(long rows, long batch, const float *from, float *to) {
  const long rest = batch % 16;
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const vi kept = lane < (vi)(int32_t)rest;
  const float *end = from + rows * batch;
  from += batch - rest;
  for (long i = 0; i < rows; i++, from += batch) {
    // Lanes past the row's end read into the next row.
    store(to + 16 * i,
          end - from >= 16 ? select(kept, load(from), splat(0)) : load_partial(from, rest));
  }
}

#define CK_TILE(R, C)                                                                  \
  case 16 * C + R:                                                                     \
    if (R * C <= CK_ACCUMULATORS) dot_tile(R, C, whole, rest, rest_count, result);     \
    break;

static void dot_any_tile(
    long rows, long columns, const ck_dot *whole, const ck_dot *rest, long rest_count,
    const ck_dot_result *result) {
  switch (16 * columns + rows) {
    CK_TILE(1, 1) CK_TILE(2, 1) CK_TILE(3, 1) CK_TILE(4, 1) CK_TILE(5, 1) CK_TILE(6, 1)
    CK_TILE(7, 1) CK_TILE(8, 1) CK_TILE(9, 1) CK_TILE(10, 1) CK_TILE(11, 1) CK_TILE(12, 1)
    CK_TILE(1, 2) CK_TILE(2, 2) CK_TILE(3, 2) CK_TILE(4, 2) CK_TILE(5, 2) CK_TILE(6, 2)
    CK_TILE(7, 2) CK_TILE(8, 2) CK_TILE(9, 2) CK_TILE(10, 2) CK_TILE(11, 2) CK_TILE(12, 2)
    CK_TILE(1, 3) CK_TILE(2, 3) CK_TILE(3, 3) CK_TILE(4, 3) CK_TILE(5, 3) CK_TILE(6, 3)
    CK_TILE(7, 3) CK_TILE(8, 3)
  }
}
#undef CK_TILE

static void convolution_weight_gradient(
    ck_convolution_shape s, const float *dy, const float *x, float *dw) {
  const long inputs = s.in_channels * s.in_length, outputs = s.out_channels * s.out_length;
  const long vectors = s.batch / 16, rest_count = s.batch % 16;
  const long most_columns = s.in_channels < CK_DOT_COLUMNS ? s.in_channels : CK_DOT_COLUMNS;
  const long most_rows = CK_ACCUMULATORS / most_columns < 12 ? CK_ACCUMULATORS / most_columns : 12;
  const long down = (s.out_channels + most_rows - 1) / most_rows;
  const long across = (s.in_channels + most_columns - 1) / most_columns;
  const long reach =
      1 + CK_DOT_REACH / ((most_rows + most_columns * s.stride) * s.batch + 1);
  const long stages = (s.out_length + reach - 1) / reach;

  const long sums = stages > 1 ? s.out_channels * s.in_channels * s.kernel : CK_ACCUMULATORS;
  float *dy_rest = ck_workspace((outputs + inputs + sums) * 16);
  float *x_rest = dy_rest + outputs * 16, *first_sum = x_rest + inputs * 16;
  if (rest_count > 0) {
    gather_rests(outputs, s.batch, dy, dy_rest);
    gather_rests(inputs, s.batch, x, x_rest);
  }
  for (long stage = 0; stage < stages; stage++) {
    const long stage_start = stage * s.out_length / stages;
    const long stage_end = (stage + 1) * s.out_length / stages;
    float *sum = first_sum;
    for (long i_tile = 0; i_tile < across; i_tile++) {
      const long i = i_tile * s.in_channels / across;
      const long columns = (i_tile + 1) * s.in_channels / across - i;
      for (long o_tile = 0; o_tile < down; o_tile++) {
        const long o = o_tile * s.out_channels / down;
        const long rows = (o_tile + 1) * s.out_channels / down - o;
        for (long tap = 0; tap < s.kernel; tap++) {
          // The positions at which this tap does not fall into the padding.
          const long offset = tap - s.padding;
          const long from = offset < 0 ? (s.stride - 1 - offset) / s.stride : 0;
          long to = s.in_length > offset ? (s.in_length - 1 - offset) / s.stride + 1 : 0;
          if (to > s.out_length) to = s.out_length;
          const long start = from > stage_start ? from : stage_start;
          const long end = to < stage_end ? to : stage_end;
          const ck_dot whole = {
              end - start, vectors,
              dy + (o * s.out_length + start) * s.batch,
              x + (i * s.in_length + start * s.stride + offset) * s.batch,
              s.out_length * s.batch, s.batch, s.in_length * s.batch, s.stride * s.batch};
          const ck_dot rest = {
              to - from, 1,
              dy_rest + (o * s.out_length + from) * 16,
              x_rest + (i * s.in_length + from * s.stride + offset) * 16,
              s.out_length * 16, 16, s.in_length * 16, s.stride * 16};
          const ck_dot_result result = {
              sum, stage == 0, stage == stages - 1,
              dw + (o * s.in_channels + i) * s.kernel + tap, s.in_channels * s.kernel, s.kernel};
          dot_any_tile(rows, columns, &whole, &rest, rest_count, &result);
          if (stages > 1) sum += rows * columns * 16;
        }
      }
    }
  }
}
