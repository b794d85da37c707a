// The gradient of a convolution with respect to its weights: one dot product over positions and batch for each
// weight, in sixteen lanes whose sums are added at the end.
//
// A tile is one tap of some output channels × some input channels, whose products run over the same positions.
// Registers narrower than sixteen lanes take several passes over a tile. The elements behind the last whole
// vector of a row are copied out first, with zeros behind them.

// As many elements of both operands as let the positions that a tile reads stay close.
#define CK_DOT_REACH 16000
// The most sums, rows and columns in a tile, and how many registers hold sixteen lanes.
#define CK_DOT_SUMS (CK_ACCUMULATORS < 24 ? 12 : 25)
#define CK_DOT_ROWS 12
#define CK_DOT_COLUMNS (CK_ACCUMULATORS < 24 ? 3 : 5)
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
              CK_FMA_LANES(left, right[j], sum[i * columns + j]);
          CK_HERE(sum[i * columns + j]);
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
    lanes sum[CK_DOT_SUMS];
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
  CK_UNROLL for (int k = 0; k < rows * columns; k += 16) {
    vf sum[16];
    CK_UNROLL for (int i = 0; i < 16; i++) {
      sum[i] = k + i < rows * columns ? load(result->sum + 16 * (k + i)) : splat(0);
    }
    // A pass over nothing but zeros may be left out, so no -0 may tell whether it was: -0 + 0 is 0.
    const vf total = sum_lanes_of_16(sum) + splat(0);
    CK_UNROLL for (int i = 0; i < 16 && k + i < rows * columns; i++) {
      result->dw[(k + i) / columns * result->dw_row + (k + i) % columns * result->dw_column] =
          total[i];
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

#define CK_DOT_TILES \
  CK_TILE(1, 1) CK_TILE(2, 1) CK_TILE(3, 1) CK_TILE(4, 1) CK_TILE(5, 1) CK_TILE(6, 1) \
  CK_TILE(7, 1) CK_TILE(8, 1) CK_TILE(9, 1) CK_TILE(10, 1) CK_TILE(11, 1) CK_TILE(12, 1) \
  CK_TILE(1, 2) CK_TILE(2, 2) CK_TILE(3, 2) CK_TILE(4, 2) CK_TILE(5, 2) CK_TILE(6, 2) \
  CK_TILE(7, 2) CK_TILE(8, 2) CK_TILE(9, 2) CK_TILE(10, 2) CK_TILE(11, 2) CK_TILE(12, 2) \
  CK_TILE(1, 3) CK_TILE(2, 3) CK_TILE(3, 3) CK_TILE(4, 3) CK_TILE(5, 3) CK_TILE(6, 3) \
  CK_TILE(7, 3) CK_TILE(8, 3) \
  CK_TILE(1, 4) CK_TILE(2, 4) CK_TILE(3, 4) CK_TILE(4, 4) CK_TILE(5, 4) CK_TILE(6, 4) \
  CK_TILE(1, 5) CK_TILE(2, 5) CK_TILE(3, 5) CK_TILE(4, 5) CK_TILE(5, 5)

#if CK_REGISTER_LANES == 4
#define CK_TILE(R, C)                                                                               \
  static __attribute__((noinline, unused)) void dot_tile_##R##_##C(                                 \
      const ck_dot *whole, const ck_dot *rest, long rest_count, const ck_dot_result *result) {      \
    if (R * C <= CK_DOT_SUMS) dot_tile(R, C, whole, rest, rest_count, result);                      \
  }
CK_DOT_TILES
#undef CK_TILE
#define CK_TILE(R, C)                                                                               \
  case 16 * C + R:                                                                                  \
    if (R * C <= CK_DOT_SUMS) dot_tile_##R##_##C(whole, rest, rest_count, result);                  \
    break;
#else
#define CK_TILE(R, C)                                                               \
  case 16 * C + R:                                                                  \
    if (R * C <= CK_DOT_SUMS) dot_tile(R, C, whole, rest, rest_count, result);      \
    break;
#endif

static void dot_any_tile(
    long rows, long columns, const ck_dot *whole, const ck_dot *rest, long rest_count,
    const ck_dot_result *result) {
  switch (16 * columns + rows) {
    CK_DOT_TILES
  }
}
#undef CK_TILE

static void convolution_weight_gradient(
    ck_convolution_shape s, const float *dy, const float *x, float *dw) {
  const long vectors = s.batch / 16, rest_count = s.batch % 16;
  // From one channel to the next, in positions.
  long x_channel = s.in_length, inputs = s.in_channels * s.in_length;
  const long outputs = s.out_channels * s.out_length;
  const long padded = s.in_channels == 1 ? s.in_length + 2 * s.padding : 0;
  const long sums = s.out_channels * s.in_channels * s.kernel + CK_DOT_SUMS;
  float *first_sum = ck_workspace((int64_t)(outputs + inputs + padded + sums) * 16 + padded * s.batch);
  float *dy_rest = first_sum + sums * 16, *x_rest = dy_rest + outputs * 16;
  if (padded > 0) {
    // The taps of a single channel become channels of one tap that begin one position after another, and so
    // share a tile; what they read of the padding is zeros.
    float *wide = x_rest + padded * 16;
    const size_t margin = (size_t)(s.padding * s.batch) * sizeof(float);
    memset(wide, 0, margin);
    memcpy(wide + s.padding * s.batch, x, (size_t)(s.in_length * s.batch) * sizeof(float));
    memset(wide + (s.padding + s.in_length) * s.batch, 0, margin);
    x = wide;
    x_channel = 1;
    inputs = padded;
    s.in_channels = s.kernel;
    s.kernel = 1;
    s.in_length = padded;
    s.padding = 0;
  }
  if (rest_count > 0) {
    gather_rests(outputs, s.batch, dy, dy_rest);
    gather_rests(inputs, s.batch, x, x_rest);
  }

  // Rows × columns of a tile such that the fewest vectors are loaded.
  long down = 0, across = 0;
  for (long columns = 1; columns <= CK_DOT_COLUMNS && columns <= s.in_channels; columns++) {
    const long rows = CK_DOT_SUMS / columns < CK_DOT_ROWS ? CK_DOT_SUMS / columns : CK_DOT_ROWS;
    const long tall = (s.out_channels + rows - 1) / rows;
    const long wide = (s.in_channels + columns - 1) / columns;
    if (down == 0 ||
        wide * s.out_channels + tall * s.in_channels <=
            across * s.out_channels + down * s.in_channels) {
      down = tall;
      across = wide;
    }
  }
  const long tile = (s.out_channels + down - 1) / down +
                    (s.in_channels + across - 1) / across * s.stride;
  const long reach = 1 + CK_DOT_REACH / (tile * s.batch + 1);
  const long stages = (s.out_length + reach - 1) / reach;
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
              x + (i * x_channel + start * s.stride + offset) * s.batch,
              s.out_length * s.batch, s.batch, x_channel * s.batch, s.stride * s.batch};
          const ck_dot rest = {
              to - from, 1,
              dy_rest + (o * s.out_length + from) * 16,
              x_rest + (i * x_channel + from * s.stride + offset) * 16,
              s.out_length * 16, 16, x_channel * 16, s.stride * 16};
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
