// The gradient of a convolution with respect to its weights: one dot product over positions and batch for each
// weight, in sixteen lanes whose sums are added at the end.
//
// A tile is one tap of some output channels × some input channels, whose products run over the same positions.
// Registers narrower than sixteen lanes take several passes over a tile. The elements behind the last whole
// vector of a row are copied out first, with zeros behind them.

// As many elements of both operands as let the positions that a tile reads stay close.
#define CK_DOT_REACH 32000
// The most sums, rows and columns in a tile, and how many registers hold sixteen lanes.
#define CK_DOT_SUMS (CK_ACCUMULATORS < 24 ? 12 : 25)
#define CK_DOT_ROWS 12
#define CK_DOT_COLUMNS (CK_ACCUMULATORS < 24 ? 3 : 5)
#define CK_DOT_PASSES (16 / CK_REGISTER_LANES)

// `lines` × `positions` × `vectors` steps through rows of dy and of x, and where they begin.
typedef struct {
  long lines, positions, vectors;
  const float *dy, *x;
  long dy_row, dy_line, dy_position, x_row, x_line, x_position;
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
  for (long t = 0; t < n->lines; t++, dy_at += n->dy_line, x_at += n->x_line) {
    for (long u = 0; u < n->positions; u++) {
      const float *dy = dy_at + u * n->dy_position, *x = x_at + u * n->x_position;
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

// The outputs along one axis, from `start` to before `end`, for which tap `tap` does not fall into the padding.
typedef struct {
  long start, end;
} ck_outputs;
CK_INLINE ck_outputs outputs_of_tap(long tap, long input, long output, long stride, long padding) {
  const long offset = tap - padding;
  const long start = offset < 0 ? (stride - 1 - offset) / stride : 0;
  const long end = input > offset ? (input - 1 - offset) / stride + 1 : 0;
  return (ck_outputs){start, end < output ? end : output};
}
CK_INLINE ck_outputs both(ck_outputs a, ck_outputs b) {
  return (ck_outputs){a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end};
}

// Where output (t, u) of channel o lies, what tap (k, l) of channel i makes of it, and the steps from there; `batch` elements
// lie at a position.
CK_INLINE void place_dot(
    ck_dot *n, const ck_convolution_shape *s, long x_channel, long batch, long o, long i, long k,
    long l, long t, long u, const float *dy, const float *x) {
  const long p = t * s->stride.height + k - s->padding.height;
  const long q = u * s->stride.width + l - s->padding.width;
  n->dy = dy + (o * area(s->output) + t * s->output.width + u) * batch;
  n->x = x + (i * x_channel + p * s->input.width + q) * batch;
  n->dy_row = area(s->output) * batch;
  n->dy_line = s->output.width * batch;
  n->dy_position = batch;
  n->x_row = x_channel * batch;
  n->x_line = s->stride.height * s->input.width * batch;
  n->x_position = s->stride.width * batch;
}

// A plane with zeros around it.
static void pad_plane(ck_plane plane, ck_plane padding, long batch, const float *from, float *to) {
  const long row = plane.width * batch, margin = padding.width * batch;
  const long wide = row + 2 * margin, above = padding.height * wide;
  memset(to, 0, (size_t)above * sizeof(float));
  to += above;
  for (long i = 0; i < plane.height; i++, from += row, to += wide) {
    memset(to, 0, (size_t)margin * sizeof(float));
    memcpy(to + margin, from, (size_t)row * sizeof(float));
    memset(to + margin + row, 0, (size_t)margin * sizeof(float));
  }
  memset(to, 0, (size_t)above * sizeof(float));
}

static void convolution_weight_gradient(
    ck_convolution_shape s, const float *dy, const float *x, float *dw) {
  const long vectors = s.batch / 16, rest_count = s.batch % 16, taps = area(s.kernel);
  const long dw_row = s.in_channels * taps;
  // From one channel to the next, in positions of x and in elements of dw.
  long x_channel = area(s.input), dw_channel = taps, inputs = s.in_channels * area(s.input);
  const long outputs = s.out_channels * area(s.output);
  const ck_plane wide = {
      s.input.height + 2 * s.padding.height, s.input.width + 2 * s.padding.width};
  const long padded = s.in_channels == 1 ? area(wide) : 0;
  const long sums = s.out_channels * dw_row + CK_DOT_SUMS;
  float *first_sum = ck_workspace((int64_t)(outputs + inputs + padded + sums) * 16 + padded * s.batch);
  float *dy_rest = first_sum + sums * 16, *x_rest = dy_rest + outputs * 16;
  const long kernel_width = s.kernel.width;
  if (padded > 0) {
    // The taps in a row of a single channel become channels of one tap that begin one position after another, and so
    // share a tile; what they read of the padding is zeros.
    float *padded_x = x_rest + padded * 16;
    pad_plane(s.input, s.padding, s.batch, x, padded_x);
    x = padded_x;
    x_channel = 1;
    dw_channel = 1;
    inputs = padded;
    s.in_channels = s.kernel.width;
    s.kernel.width = 1;
    s.input = wide;
    s.padding = (ck_plane){0, 0};
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
    const long broad = (s.in_channels + columns - 1) / columns;
    if (down == 0 ||
        broad * s.out_channels + tall * s.in_channels <=
            across * s.out_channels + down * s.in_channels) {
      down = tall;
      across = broad;
    }
  }
  const long tile = (s.out_channels + down - 1) / down +
                    (s.in_channels + across - 1) / across * s.stride.height * s.stride.width;
  const long reach = 1 + CK_DOT_REACH / (tile * s.batch + 1);
  // A stage is some lines, or a part of one.
  const long lines = reach > s.output.width ? reach / s.output.width : 1;
  const long line_stages = (s.output.height + lines - 1) / lines;
  const long parts = (s.output.width + reach - 1) / reach, stages = line_stages * parts;
  for (long stage = 0; stage < stages; stage++) {
    const long line = stage / parts, part = stage % parts;
    const ck_outputs stage_down = {
        line * s.output.height / line_stages, (line + 1) * s.output.height / line_stages};
    const ck_outputs stage_across = {
        part * s.output.width / parts, (part + 1) * s.output.width / parts};
    float *sum = first_sum;
    for (long i_tile = 0; i_tile < across; i_tile++) {
      const long i = i_tile * s.in_channels / across;
      const long columns = (i_tile + 1) * s.in_channels / across - i;
      for (long o_tile = 0; o_tile < down; o_tile++) {
        const long o = o_tile * s.out_channels / down;
        const long rows = (o_tile + 1) * s.out_channels / down - o;
        for (long k = 0; k < s.kernel.height; k++) {
          const ck_outputs all_down = outputs_of_tap(
              k, s.input.height, s.output.height, s.stride.height, s.padding.height);
          const ck_outputs here_down = both(all_down, stage_down);
          for (long l = 0; l < s.kernel.width; l++) {
            const ck_outputs all_across = outputs_of_tap(
                l, s.input.width, s.output.width, s.stride.width, s.padding.width);
            const ck_outputs here_across = both(all_across, stage_across);
            ck_dot whole = {
                .lines = here_down.end - here_down.start,
                .positions = here_across.end - here_across.start, .vectors = vectors};
            place_dot(
                &whole, &s, x_channel, s.batch, o, i, k, l, here_down.start, here_across.start, dy,
                x);
            ck_dot rest = {
                .lines = all_down.end - all_down.start,
                .positions = all_across.end - all_across.start, .vectors = 1};
            place_dot(
                &rest, &s, x_channel, 16, o, i, k, l, all_down.start, all_across.start, dy_rest,
                x_rest);
            const ck_dot_result result = {
                sum, stage == 0, stage == stages - 1,
                dw + o * dw_row + i * dw_channel + k * kernel_width + l, dw_row, dw_channel};
            dot_any_tile(rows, columns, &whole, &rest, rest_count, &result);
            if (stages > 1) sum += rows * columns * 16;
          }
        }
      }
    }
  }
}
