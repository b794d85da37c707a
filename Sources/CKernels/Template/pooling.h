// Pooling over windows of positions, and its adjoints, with the batch in the lanes.
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
  for (long start = 0; start < s.width; start += CK_BLOCK_TERMS) {
    const long end = s.width - start < CK_BLOCK_TERMS ? s.width : start + CK_BLOCK_TERMS;
    vf block = splat(0);
    for (long k = start; k < end; k++) {
      const vf next = load_column(x + k * s.batch, width);
      block = kind == CK_POOL_NORM ? fma16(next, next, block) : block + next;
    }
    add_block(&sum, block);
  }
  return total_of_blocks(&sum);
}

// One window of sixteen examples, or `width` of them.
CK_INLINE vf pool_window(
    const int kind, ck_pooling_shape s, long width, const float *x, const float *values) {
  vf best = load_column(x, width);
  vf result = kind == CK_POOL_MAXIMUM ? load_column(values, width)
              : kind == CK_POOL_NORM  ? best * best
                                      : best;
  const int is_long = kind != CK_POOL_MAXIMUM && s.width > CK_LONGEST_CHAIN;
  if (is_long) result = sum_long_window(kind, s, width, x);
  for (long k = 1; !is_long && k < s.width; k++) {
    const vf next = load_column(x + k * s.batch, width);
    if (kind == CK_POOL_MAXIMUM) {
      const vi exceeding = exceeds(next, best);
      best = select(exceeding, next, best);
      result = select(exceeding, load_column(values + k * s.batch, width), result);
    } else if (kind == CK_POOL_NORM) {
      result = fma16(next, next, result);
    } else {
      result = result + next;
    }
  }
  if (kind == CK_POOL_AVERAGE) return result / splat((float)s.width);
  if (kind == CK_POOL_NORM) return __builtin_elementwise_sqrt(result);
  return result;
}

// Adds what one window passes on to its positions, `row` apart in `sum`.
CK_INLINE void unpool_window(
    const int kind, ck_pooling_shape s, long width, const float *x, const float *y,
    const float *dy, float *sum, long row) {
  vf gradient = load_column(dy, width);
  if (kind == CK_POOL_AVERAGE) gradient = gradient / splat((float)s.width);
  if (kind == CK_POOL_NORM) {
    const vf norm = load_column(y, width);
    gradient = select(norm == splat(0), splat(0), gradient / norm);
  }
  vi largest = (vi)0;
  if (kind == CK_POOL_MAXIMUM) {
    vf best = load_column(x, width);
    for (long k = 1; k < s.width; k++) {
      const vf next = load_column(x + k * s.batch, width);
      const vi exceeding = exceeds(next, best);
      best = select(exceeding, next, best);
      largest = (exceeding & (vi)(int32_t)k) | (~exceeding & largest);
    }
  }
  for (long k = 0; k < s.width; k++) {
    const vf share =
        kind == CK_POOL_MAXIMUM ? select(largest == (vi)(int32_t)k, gradient, splat(0)) : gradient;
    store(sum + k * row, load(sum + k * row) + share);
  }
}

CK_INLINE void pool_kind(
    const int kind, ck_pooling_shape s, const float *x, const float *values, float *y) {
  const long width = s.batch < 16 ? s.batch : 16;
  for (long c = 0; c < s.channels; c++) {
    for (long t = 0; t < s.out_length; t++) {
      const long window = (c * s.in_length + t * s.stride) * s.batch;
      float *row = y + (c * s.out_length + t) * s.batch;
      for (long n = 0; n < s.batch; n += 16) {
        const long start = n + width <= s.batch ? n : s.batch - width;
        const vf result =
            pool_window(kind, s, width, x + window + start, values + window + start);
        store_column(row + start, result, width);
      }
    }
  }
}

CK_INLINE void unpool_kind(
    const int kind, ck_pooling_shape s, const float *x, const float *y, const float *dy,
    float *dx) {
  const long width = s.batch < 16 ? s.batch : 16;
  // The sums of one channel, in rows of whole vectors, so that lanes which overlap are added once only.
  const long sum_row = (s.batch + 15) / 16 * 16;
  float *sum = ck_workspace((int64_t)s.in_length * sum_row);
  for (long c = 0; c < s.channels; c++) {
    for (long n = 0; n < s.in_length * sum_row; n += 16) store(sum + n, splat(0));
    for (long t = 0; t < s.out_length; t++) {
      const long window = (c * s.in_length + t * s.stride) * s.batch;
      const long row = (c * s.out_length + t) * s.batch;
      for (long n = 0; n < s.batch; n += 16) {
        const long start = n + width <= s.batch ? n : s.batch - width;
        unpool_window(
            kind, s, width, x + window + start, y + row + start, dy + row + start,
            sum + t * s.stride * sum_row + n, sum_row);
      }
    }
    for (long q = 0; q < s.in_length; q++) {
      const long row = (c * s.in_length + q) * s.batch;
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
