// Pooling over windows of a plane's positions, and its adjoints, with the batch in the lanes.
//
// Lanes never meet, so the last vector of a ragged batch overlaps the one before it. A batch under 16 is loaded
// and stored in part.

CK_INLINE vf load_column(const float *p, long width) {
  return width == 16 ? load(p) : load_partial(p, width);
}
CK_INLINE void store_column(float *p, vf x, long width) {
  if (width == 16) {
    store(p, x);
  } else {
    store_partial(p, x, width);
  }
}

// Tap by tap: whether an element takes the place of the largest so far. NaN always does, as in PyTorch.
CK_INLINE vi exceeds(vf x, vf largest) { return (x > largest) | (x != x); }

// The sum over a window, or that of its squares, in blocks of terms as `sum` takes them.
static vf sum_long_window(int kind, ck_pooling_shape s, long width, const float *x) {
  ck_pairwise_sum sum;
  begin_sum(&sum);
  vf block = splat(0);
  long terms = 0;
  for (long k = 0; k < s.window.height; k++) {
    for (long l = 0; l < s.window.width; l++) {
      const vf next = load_column(x + (k * s.input.width + l) * s.batch, width);
      block = kind == CK_POOL_NORM ? fma16(next, next, block) : block + next;
      if (++terms < CK_BLOCK_TERMS) continue;
      add_block(&sum, block);
      block = splat(0);
      terms = 0;
    }
  }
  if (terms > 0) add_block(&sum, block);
  return total_of_blocks(&sum);
}

// One window of sixteen examples, or `width` of them.
CK_INLINE vf pool_window(
    const int kind, ck_pooling_shape s, long width, const float *x, const float *values) {
  vf best = load_column(x, width);
  vf result = kind == CK_POOL_MAXIMUM ? load_column(values, width)
              : kind == CK_POOL_NORM  ? best * best
                                      : best;
  const int is_long = kind != CK_POOL_MAXIMUM && area(s.window) > CK_LONGEST_CHAIN;
  if (is_long) result = sum_long_window(kind, s, width, x);
  for (long k = 0; !is_long && k < s.window.height; k++) {
    for (long l = k == 0; l < s.window.width; l++) {
      const long place = (k * s.input.width + l) * s.batch;
      const vf next = load_column(x + place, width);
      if (kind == CK_POOL_MAXIMUM) {
        const vi exceeding = exceeds(next, best);
        best = select(exceeding, next, best);
        result = select(exceeding, load_column(values + place, width), result);
      } else if (kind == CK_POOL_NORM) {
        result = fma16(next, next, result);
      } else {
        result = result + next;
      }
    }
  }
  if (kind == CK_POOL_AVERAGE) return result / splat((float)area(s.window));
  if (kind == CK_POOL_NORM) return __builtin_elementwise_sqrt(result);
  return result;
}

// Adds what one window passes on to its positions, `row` apart in `sum`.
CK_INLINE void unpool_window(
    const int kind, ck_pooling_shape s, long width, const float *x, const float *y,
    const float *dy, float *sum, long row) {
  vf gradient = load_column(dy, width);
  if (kind == CK_POOL_AVERAGE) gradient = gradient / splat((float)area(s.window));
  if (kind == CK_POOL_NORM) {
    const vf norm = load_column(y, width);
    gradient = select(norm == splat(0), splat(0), gradient / norm);
  }
  // The largest element's place, in positions.
  vi largest = (vi)0;
  if (kind == CK_POOL_MAXIMUM) {
    vf best = load_column(x, width);
    for (long k = 0; k < s.window.height; k++) {
      for (long l = k == 0; l < s.window.width; l++) {
        const long place = k * s.input.width + l;
        const vf next = load_column(x + place * s.batch, width);
        const vi exceeding = exceeds(next, best);
        best = select(exceeding, next, best);
        largest = (exceeding & (vi)(int32_t)place) | (~exceeding & largest);
      }
    }
  }
  for (long k = 0; k < s.window.height; k++) {
    for (long l = 0; l < s.window.width; l++) {
      const long place = k * s.input.width + l;
      const vf share = kind == CK_POOL_MAXIMUM
                           ? select(largest == (vi)(int32_t)place, gradient, splat(0))
                           : gradient;
      store(sum + place * row, load(sum + place * row) + share);
    }
  }
}

// The first position of the window of output (t, u).
CK_INLINE long window_start(ck_pooling_shape s, long t, long u) {
  return t * s.stride.height * s.input.width + u * s.stride.width;
}

CK_INLINE void pool_kind(
    const int kind, ck_pooling_shape s, const float *x, const float *values, float *y) {
  const long width = s.batch < 16 ? s.batch : 16;
  for (long c = 0; c < s.channels; c++) {
    const long plane = c * area(s.input);
    for (long t = 0; t < s.output.height; t++) {
      for (long u = 0; u < s.output.width; u++, y += s.batch) {
        const long window = (plane + window_start(s, t, u)) * s.batch;
        for (long n = 0; n < s.batch; n += 16) {
          const long start = n + width <= s.batch ? n : s.batch - width;
          const vf result =
              pool_window(kind, s, width, x + window + start, values + window + start);
          store_column(y + start, result, width);
        }
      }
    }
  }
}

CK_INLINE void unpool_kind(
    const int kind, ck_pooling_shape s, const float *x, const float *y, const float *dy,
    float *dx) {
  const long width = s.batch < 16 ? s.batch : 16;
  // The sums of one channel, in rows of whole vectors, so that lanes which overlap are added once only.
  const long positions = area(s.input), sum_row = (s.batch + 15) / 16 * 16;
  float *sum = ck_workspace((int64_t)positions * sum_row);
  for (long c = 0; c < s.channels; c++) {
    for (long n = 0; n < positions * sum_row; n += 16) store(sum + n, splat(0));
    for (long t = 0; t < s.output.height; t++) {
      for (long u = 0; u < s.output.width; u++, y += s.batch, dy += s.batch) {
        const long first = window_start(s, t, u);
        const float *window = x + (c * positions + first) * s.batch;
        for (long n = 0; n < s.batch; n += 16) {
          const long start = n + width <= s.batch ? n : s.batch - width;
          unpool_window(
              kind, s, width, window + start, y + start, dy + start, sum + first * sum_row + n,
              sum_row);
        }
      }
    }
    for (long q = 0; q < positions; q++) {
      const long row = (c * positions + q) * s.batch;
      for (long n = 0; n < s.batch; n += 16) {
        const long start = n + width <= s.batch ? n : s.batch - width;
        vf gradient = load(sum + q * sum_row + n);
        if (kind == CK_POOL_NORM) gradient = gradient * load_column(x + row + start, width);
        store_column(dx + row + start, gradient, width);
      }
    }
  }
}

#define CK_EACH_POOLING(CK_CASE) \
  CK_CASE(CK_POOL_SUM) CK_CASE(CK_POOL_AVERAGE) CK_CASE(CK_POOL_MAXIMUM) CK_CASE(CK_POOL_NORM)

static void pool(
    int kind, ck_pooling_shape s, const float *x, const float *values, float *y) {
#define CK_CASE(kind) \
  case kind: pool_kind(kind, s, x, values, y); break;
  switch (kind) { CK_EACH_POOLING(CK_CASE) }
#undef CK_CASE
}

static void unpool(
    int kind, ck_pooling_shape s, const float *x, const float *y, const float *dy, float *dx) {
#define CK_CASE(kind) \
  case kind: unpool_kind(kind, s, x, y, dy, dx); break;
  switch (kind) { CK_EACH_POOLING(CK_CASE) }
#undef CK_CASE
}
