// Batch and layer normalisation. What is normalised together is summed in several chains at once, since one would wait for
// its own additions: a chain is a vector of sixteen lanes, and a step adds a vector to each.

typedef enum { CK_NORM_SUM, CK_NORM_SQUARES, CK_NORM_GRADIENT } ck_norm_pass;

// The most chains, and after how many steps they are added to a second sum, whose error does not grow with their number.
#define CK_NORM_CHAINS 16
#define CK_NORM_STEPS 1024

// What the chains read and sum, and the statistics of what each belongs to. Weights lie along the steps of a row, or are NULL.
typedef struct {
  const float *x, *dy, *weight;
  float *dweight, *dbias;
  vf center[CK_NORM_CHAINS], scale[CK_NORM_CHAINS];
  vf sum[CK_NORM_CHAINS], product[CK_NORM_CHAINS];
} ck_norm;

// Zeros behind the first `width` lanes.
CK_INLINE vf norm_first(vf x, long width) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return width < 16 ? select(lane < (vi)(int32_t)width, x, splat(0)) : x;
}

// 1 / √(variance + epsilon).
CK_INLINE vf norm_scale(vf variance, float epsilon) {
  return splat(1) / __builtin_elementwise_sqrt(variance + splat(epsilon));
}

// A step of the chains from `first` on, `chain` elements apart; the weights are those of place `place`.
CK_INLINE void norm_step(
    const ck_norm_pass pass, const int first, const int chains, ck_norm *n, long at, long chain,
    long place, const long width) {
  vf weight = splat(1), dweight = splat(0), dbias = splat(0);
  const int across = pass == CK_NORM_GRADIENT && n->weight;
  if (across) {
    weight = load_first(n->weight + place, width);
    dweight = load_first(n->dweight + place, width);
    dbias = load_first(n->dbias + place, width);
  }
  CK_UNROLL for (int k = first; k < first + chains; k++, at += chain) {
    const vf x = load_first(n->x + at, width);
    if (pass == CK_NORM_SUM) {
      n->sum[k] = n->sum[k] + x;
    } else if (pass == CK_NORM_SQUARES) {
      const vf d = norm_first(x - n->center[k], width);
      n->sum[k] = fma16(d, d, n->sum[k]);
    } else {
      const vf normal = norm_first((x - n->center[k]) * n->scale[k], width);
      const vf dy = load_first(n->dy + at, width);
      const vf g = across ? dy * weight : dy;
      n->sum[k] = n->sum[k] + g;
      n->product[k] = fma16(g, normal, n->product[k]);
      if (across) {
        dweight = fma16(dy, normal, dweight);
        dbias = dbias + dy;
      }
    }
  }
  if (across) {
    store_first(n->dweight + place, dweight, width);
    store_first(n->dbias + place, dbias, width);
  }
}

CK_INLINE void norm_clear(const int chains, ck_norm *n) {
  CK_UNROLL for (int k = 0; k < chains; k++) n->sum[k] = n->product[k] = splat(0);
}

// Adds the chains to their totals and begins anew.
CK_INLINE void norm_flush(const int chains, ck_norm *n, vf *sums, vf *products) {
  CK_UNROLL for (int k = 0; k < chains; k++) {
    sums[k] = sums[k] + n->sum[k];
    products[k] = products[k] + n->product[k];
  }
  norm_clear(chains, n);
}

// `length` neighbours of each chain, `chain` elements apart, from `at` on: what does not fill a vector comes last.
CK_INLINE void norm_rows(
    const ck_norm_pass pass, const int first, const int chains, ck_norm *n, long at, long chain,
    long length) {
  long place = 0;
  for (; place + 16 <= length; place += 16) {
    norm_step(pass, first, chains, n, at + place, chain, place, 16);
  }
  if (place < length) {
    norm_step(pass, first, chains, n, at + place, chain, place, length - place);
  }
}

// MARK: One channel of several rows or of a long one, in four chains

#define CK_NORM_FOUR 4

// The sums over a channel: row o in chain o mod 4 or, where there is but one row, its vectors in turn.
CK_INLINE void norm_channel(
    const ck_norm_pass pass, ck_normalization_shape s, long c, ck_norm *n, float *sum,
    float *product) {
  vf sums[CK_NORM_FOUR], products[CK_NORM_FOUR];
  CK_UNROLL for (int k = 0; k < CK_NORM_FOUR; k++) sums[k] = products[k] = splat(0);
  norm_clear(CK_NORM_FOUR, n);
  const long row = s.channels * s.inner, start = c * s.inner;
  long steps = 0;
  if (s.outer == 1) {
    long place = 0;
    for (; place + 16 * CK_NORM_FOUR <= s.inner; place += 16 * CK_NORM_FOUR) {
      norm_step(pass, 0, CK_NORM_FOUR, n, start + place, 16, 0, 16);
      if (++steps % CK_NORM_STEPS == 0) norm_flush(CK_NORM_FOUR, n, sums, products);
    }
    CK_UNROLL for (int k = 0; k < CK_NORM_FOUR; k++, place += 16) {
      const long width = s.inner - place;
      if (width > 0) norm_step(pass, k, 1, n, start + place, 0, 0, width < 16 ? width : 16);
    }
  } else {
    long o = 0;
    for (; o + CK_NORM_FOUR <= s.outer; o += CK_NORM_FOUR) {
      norm_rows(pass, 0, CK_NORM_FOUR, n, start + o * row, row, s.inner);
      steps += s.inner / 16 + 1;
      if (steps >= CK_NORM_STEPS) {
        norm_flush(CK_NORM_FOUR, n, sums, products);
        steps = 0;
      }
    }
    CK_UNROLL for (int k = 0; k < CK_NORM_FOUR; k++) {
      if (o + k < s.outer) norm_rows(pass, k, 1, n, start + (o + k) * row, 0, s.inner);
    }
  }
  norm_flush(CK_NORM_FOUR, n, sums, products);
  *sum = sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
  *product = sum_lanes((products[0] + products[1]) + (products[2] + products[3]));
}

CK_INLINE void norm_set(const int chains, ck_norm *n, vf center, vf scale) {
  CK_UNROLL for (int k = 0; k < chains; k++) {
    n->center[k] = center;
    n->scale[k] = scale;
  }
}

static void normalize_channel(
    ck_normalization_shape s, float epsilon, long c, const float *x, float weight, float bias,
    float *y, float *mean, float *variance) {
  ck_norm n = {.x = x};
  const float count = (float)(s.outer * s.inner);
  float sum, unused;
  norm_channel(CK_NORM_SUM, s, c, &n, &sum, &unused);
  const vf center = splat(sum) / splat(count);
  norm_set(CK_NORM_FOUR, &n, center, center);
  norm_channel(CK_NORM_SQUARES, s, c, &n, &sum, &unused);
  const vf spread = splat(sum) / splat(count), scale = norm_scale(spread, epsilon);
  mean[c] = center[0];
  variance[c] = spread[0];
  for (long o = 0; o < s.outer; o++) {
    const long at = (o * s.channels + c) * s.inner;
    for (long i = 0; i < s.inner; i += 16) {
      const long width = s.inner - i;
      const vf normal = (load_first(x + at + i, width) - center) * scale;
      store_first(y + at + i, fma16(normal, splat(weight), splat(bias)), width);
    }
  }
}

static void normalize_channel_gradient(
    ck_normalization_shape s, float epsilon, long c, const float *dy, const float *x, float weight,
    float mean, float variance, float *dx, float *dweight, float *dbias) {
  ck_norm n = {.x = x, .dy = dy};
  const vf count = splat((float)(s.outer * s.inner));
  const vf center = splat(mean), scale = norm_scale(splat(variance), epsilon);
  norm_set(CK_NORM_FOUR, &n, center, scale);
  norm_channel(CK_NORM_GRADIENT, s, c, &n, dbias + c, dweight + c);
  const vf drift = splat(dbias[c]) / count, tilt = splat(dweight[c]) / count;
  const vf factor = scale * splat(weight);
  for (long o = 0; o < s.outer; o++) {
    const long at = (o * s.channels + c) * s.inner;
    for (long i = 0; i < s.inner; i += 16) {
      const long width = s.inner - i;
      const vf normal = (load_first(x + at + i, width) - center) * scale;
      const vf g = load_first(dy + at + i, width) - drift;
      store_first(dx + at + i, (g - normal * tilt) * factor, width);
    }
  }
}

// MARK: Channels of one position, sixteen in the lanes of a chain

// Up to four vectors of channels, whose sums run over o.
CK_INLINE void norm_columns(
    const ck_norm_pass pass, const int chains, ck_normalization_shape s, long c, const long width,
    ck_norm *n, vf *sums, vf *products) {
  CK_UNROLL for (int k = 0; k < chains; k++) sums[k] = products[k] = splat(0);
  norm_clear(chains, n);
  for (long o = 0; o < s.outer; o++) {
    norm_step(pass, 0, chains, n, o * s.channels + c, 16, 0, width);
    if ((o + 1) % CK_NORM_STEPS == 0) norm_flush(chains, n, sums, products);
  }
  norm_flush(chains, n, sums, products);
}

CK_INLINE void normalize_columns(
    const int chains, const long width, ck_normalization_shape s, float epsilon, long c,
    const float *x, const float *weight, const float *bias, float *y, float *mean,
    float *variance) {
  ck_norm n = {.x = x};
  const vf count = splat((float)s.outer);
  vf sums[CK_NORM_FOUR], unused[CK_NORM_FOUR], factor[CK_NORM_FOUR], summand[CK_NORM_FOUR];
  norm_columns(CK_NORM_SUM, chains, s, c, width, &n, sums, unused);
  CK_UNROLL for (int k = 0; k < chains; k++) {
    n.center[k] = sums[k] / count;
    store_first(mean + c + 16 * k, n.center[k], width);
  }
  norm_columns(CK_NORM_SQUARES, chains, s, c, width, &n, sums, unused);
  CK_UNROLL for (int k = 0; k < chains; k++) {
    const vf spread = sums[k] / count;
    store_first(variance + c + 16 * k, spread, width);
    n.scale[k] = norm_scale(spread, epsilon);
    factor[k] = load_first(weight + c + 16 * k, width);
    summand[k] = load_first(bias + c + 16 * k, width);
  }
  for (long o = 0; o < s.outer; o++) {
    CK_UNROLL for (int k = 0; k < chains; k++) {
      const long at = o * s.channels + c + 16 * k;
      const vf normal = (load_first(x + at, width) - n.center[k]) * n.scale[k];
      store_first(y + at, fma16(normal, factor[k], summand[k]), width);
    }
  }
}

CK_INLINE void normalize_columns_gradient(
    const int chains, const long width, ck_normalization_shape s, float epsilon, long c,
    const float *dy, const float *x, const float *weight, const float *mean, const float *variance,
    float *dx, float *dweight, float *dbias) {
  ck_norm n = {.x = x, .dy = dy};
  const vf count = splat((float)s.outer);
  vf sums[CK_NORM_FOUR], products[CK_NORM_FOUR], factor[CK_NORM_FOUR];
  CK_UNROLL for (int k = 0; k < chains; k++) {
    n.center[k] = load_first(mean + c + 16 * k, width);
    n.scale[k] = norm_scale(load_first(variance + c + 16 * k, width), epsilon);
    factor[k] = n.scale[k] * load_first(weight + c + 16 * k, width);
  }
  norm_columns(CK_NORM_GRADIENT, chains, s, c, width, &n, sums, products);
  CK_UNROLL for (int k = 0; k < chains; k++) {
    store_first(dbias + c + 16 * k, sums[k], width);
    store_first(dweight + c + 16 * k, products[k], width);
    sums[k] = sums[k] / count;
    products[k] = products[k] / count;
  }
  for (long o = 0; o < s.outer; o++) {
    CK_UNROLL for (int k = 0; k < chains; k++) {
      const long at = o * s.channels + c + 16 * k;
      const vf normal = (load_first(x + at, width) - n.center[k]) * n.scale[k];
      const vf g = load_first(dy + at, width) - sums[k];
      store_first(dx + at, (g - normal * products[k]) * factor[k], width);
    }
  }
}

// MARK: Rows with a weight for each place, each in a chain of its own

// The sums of some neighbouring rows, in the lanes of a vector; `chains` of them are there.
CK_INLINE void norm_each_row(
    const ck_norm_pass pass, const int chains, ck_normalization_shape s, long c, ck_norm *n,
    vf *sum, vf *product) {
  vf sums[CK_NORM_CHAINS], products[CK_NORM_CHAINS];
  CK_UNROLL for (int k = 0; k < CK_NORM_CHAINS; k++) sums[k] = products[k] = splat(0);
  norm_clear(chains, n);
  const long block = 16 * CK_NORM_STEPS;
  const float *weight = n->weight;
  float *const dweight = n->dweight, *const dbias = n->dbias;
  for (long start = 0; start < s.inner; start += block) {
    const long length = s.inner - start < block ? s.inner - start : block;
    if (weight) {
      n->weight = weight + start;
      n->dweight = dweight + start;
      n->dbias = dbias + start;
    }
    norm_rows(pass, 0, chains, n, c * s.inner + start, s.inner, length);
    norm_flush(chains, n, sums, products);
  }
  n->weight = weight;
  n->dweight = dweight;
  n->dbias = dbias;
  *sum = sum_lanes_of_16(sums);
  if (pass == CK_NORM_GRADIENT) *product = sum_lanes_of_16(products);
}

CK_INLINE void normalize_rows(
    const int chains, ck_normalization_shape s, float epsilon, long c, const float *x,
    const float *weight, const float *bias, float *y, float *mean, float *variance) {
  ck_norm n = {.x = x};
  const vf count = splat((float)s.inner);
  vf sum, unused;
  norm_each_row(CK_NORM_SUM, chains, s, c, &n, &sum, &unused);
  const vf centers = sum / count;
  CK_UNROLL for (int k = 0; k < chains; k++) n.center[k] = splat(centers[k]);
  norm_each_row(CK_NORM_SQUARES, chains, s, c, &n, &sum, &unused);
  const vf spreads = sum / count, scales = norm_scale(spreads, epsilon);
  store_first(mean + c, centers, chains);
  store_first(variance + c, spreads, chains);
  for (int k = 0; k < chains; k++) {
    const vf center = splat(((const float *)&centers)[k]);
    const vf scale = splat(((const float *)&scales)[k]);
    const long at = (c + k) * s.inner;
    for (long i = 0; i < s.inner; i += 16) {
      const long width = s.inner - i;
      const vf normal = (load_first(x + at + i, width) - center) * scale;
      store_first(
          y + at + i, fma16(normal, load_first(weight + i, width), load_first(bias + i, width)),
          width);
    }
  }
}

CK_INLINE void normalize_rows_gradient(
    const int chains, ck_normalization_shape s, float epsilon, long c, const float *dy,
    const float *x, const float *weight, const float *mean, const float *variance, float *dx,
    float *dweight, float *dbias) {
  ck_norm n = {.x = x, .dy = dy, .weight = weight, .dweight = dweight, .dbias = dbias};
  const vf count = splat((float)s.inner);
  const vf centers = load_first(mean + c, chains);
  const vf scales = norm_scale(load_first(variance + c, chains), epsilon);
  CK_UNROLL for (int k = 0; k < chains; k++) {
    n.center[k] = splat(centers[k]);
    n.scale[k] = splat(scales[k]);
  }
  vf sum, product;
  norm_each_row(CK_NORM_GRADIENT, chains, s, c, &n, &sum, &product);
  const vf drifts = sum / count, tilts = product / count;
  for (int k = 0; k < chains; k++) {
    const vf center = splat(((const float *)&centers)[k]);
    const vf scale = splat(((const float *)&scales)[k]);
    const vf drift = splat(((const float *)&drifts)[k]);
    const vf tilt = splat(((const float *)&tilts)[k]);
    const long at = (c + k) * s.inner;
    for (long i = 0; i < s.inner; i += 16) {
      const long width = s.inner - i;
      const vf normal = (load_first(x + at + i, width) - center) * scale;
      const vf g = load_first(dy + at + i, width) * load_first(weight + i, width) - drift;
      store_first(dx + at + i, (g - normal * tilt) * scale, width);
    }
  }
}

// MARK: The kernels

static void normalize(
    ck_normalization_shape s, float epsilon, int across, const float *x, const float *weight,
    const float *bias, float *y, float *mean, float *variance) {
  long c = 0;
  if (across) {
    for (; c + CK_NORM_CHAINS <= s.channels; c += CK_NORM_CHAINS) {
      normalize_rows(CK_NORM_CHAINS, s, epsilon, c, x, weight, bias, y, mean, variance);
    }
    for (; c < s.channels; c++) {
      normalize_rows(1, s, epsilon, c, x, weight, bias, y, mean, variance);
    }
  } else if (s.inner == 1) {
    for (; c + 16 * CK_NORM_FOUR <= s.channels; c += 16 * CK_NORM_FOUR) {
      normalize_columns(CK_NORM_FOUR, 16, s, epsilon, c, x, weight, bias, y, mean, variance);
    }
    for (; c < s.channels; c += 16) {
      const long width = s.channels - c < 16 ? s.channels - c : 16;
      normalize_columns(1, width, s, epsilon, c, x, weight, bias, y, mean, variance);
    }
  } else {
    for (; c < s.channels; c++) {
      normalize_channel(s, epsilon, c, x, weight[c], bias[c], y, mean, variance);
    }
  }
}

static void normalize_gradient(
    ck_normalization_shape s, float epsilon, int across, const float *dy, const float *x,
    const float *weight, const float *mean, const float *variance, float *dx, float *dweight,
    float *dbias) {
  long c = 0;
  if (across) {
    memset(dweight, 0, (size_t)s.inner * sizeof(float));
    memset(dbias, 0, (size_t)s.inner * sizeof(float));
    for (; c + CK_NORM_CHAINS <= s.channels; c += CK_NORM_CHAINS) {
      normalize_rows_gradient(
          CK_NORM_CHAINS, s, epsilon, c, dy, x, weight, mean, variance, dx, dweight, dbias);
    }
    for (; c < s.channels; c++) {
      normalize_rows_gradient(
          1, s, epsilon, c, dy, x, weight, mean, variance, dx, dweight, dbias);
    }
  } else if (s.inner == 1) {
    for (; c + 16 * CK_NORM_FOUR <= s.channels; c += 16 * CK_NORM_FOUR) {
      normalize_columns_gradient(
          CK_NORM_FOUR, 16, s, epsilon, c, dy, x, weight, mean, variance, dx, dweight, dbias);
    }
    for (; c < s.channels; c += 16) {
      const long width = s.channels - c < 16 ? s.channels - c : 16;
      normalize_columns_gradient(
          1, width, s, epsilon, c, dy, x, weight, mean, variance, dx, dweight, dbias);
    }
  } else {
    for (; c < s.channels; c++) {
      normalize_channel_gradient(
          s, epsilon, c, dy, x, weight[c], mean[c], variance[c], dx, dweight, dbias);
    }
  }
}
