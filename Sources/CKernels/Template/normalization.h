// Batch and layer normalisation, channel by channel: what a channel holds stays in the first-level cache from its mean to
// its last output. With one position to a channel the lanes hold neighbouring channels, otherwise neighbouring positions.

// A sum whose error does not grow with its length: after so many terms they go to a second one.
#define CK_NORM_CHAIN 1024
typedef struct {
  vf part, total;
  long count;
} ck_norm_sum;

CK_INLINE void norm_add(ck_norm_sum *s, vf x) {
  s->part = s->part + x;
  if (++s->count % CK_NORM_CHAIN == 0) {
    s->total = s->total + s->part;
    s->part = splat(0);
  }
}
CK_INLINE vf norm_total(const ck_norm_sum *s) { return s->total + s->part; }

// Zeros behind the first `width` lanes.
CK_INLINE vf norm_first(vf x, long width) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return select(lane < (vi)(int32_t)width, x, splat(0));
}
CK_INLINE vf norm_scale(vf variance, float epsilon) {
  return splat(1) / __builtin_elementwise_sqrt(variance + splat(epsilon));
}

// Visits a channel's elements in the order of its sums: `at` is where they lie, `width` how many there are. In lanes that
// hold channels there is one element of each, `lanes` wide.
#define CK_NORM_EACH(S, CHANNEL, LANES)                                                      \
  for (long o = 0; o < (S).outer; o++)                                                       \
    for (long i = 0, at = (o * (S).channels + (CHANNEL)) * (S).inner, width; i < (S).inner;  \
         i += 16, at += 16)                                                                  \
      if ((width = (LANES) > 0 ? (LANES) : ((S).inner - i < 16 ? (S).inner - i : 16)), 1)

// Some channels: one, or `lanes` neighbouring ones of one position each.
CK_INLINE void normalize_channels(
    ck_normalization_shape s, float epsilon, int across, long c, const long lanes, const float *x,
    const float *weight, const float *bias, float *y, float *mean, float *variance) {
  const vf count = splat((float)(s.outer * s.inner));
  ck_norm_sum sum = {splat(0), splat(0), 0}, squares = {splat(0), splat(0), 0};
  CK_NORM_EACH(s, c, lanes) norm_add(&sum, load_first(x + at, width));
  const vf center = (lanes ? norm_total(&sum) : splat(sum_lanes(norm_total(&sum)))) / count;
  CK_NORM_EACH(s, c, lanes) {
    const vf d = norm_first(load_first(x + at, width) - center, width);
    norm_add(&squares, d * d);
  }
  const vf spread = (lanes ? norm_total(&squares) : splat(sum_lanes(norm_total(&squares)))) / count;
  const long channels = lanes ? lanes : 1;
  store_first(mean + c, center, channels);
  store_first(variance + c, spread, channels);
  const vf scale = norm_scale(spread, epsilon);
  vf factor = splat(0), summand = splat(0);
  if (!across) {
    factor = lanes ? load_first(weight + c, lanes) : splat(weight[c]);
    summand = lanes ? load_first(bias + c, lanes) : splat(bias[c]);
  }
  CK_NORM_EACH(s, c, lanes) {
    if (across) {
      factor = load_first(weight + i, width);
      summand = load_first(bias + i, width);
    }
    const vf normal = (load_first(x + at, width) - center) * scale;
    store_first(y + at, fma16(normal, factor, summand), width);
  }
}

static void normalize(
    ck_normalization_shape s, float epsilon, int across, const float *x, const float *weight,
    const float *bias, float *y, float *mean, float *variance) {
  if (s.inner == 1 && !across) {
    for (long c = 0; c < s.channels; c += 16) {
      const long lanes = s.channels - c < 16 ? s.channels - c : 16;
      normalize_channels(s, epsilon, 0, c, lanes, x, weight, bias, y, mean, variance);
    }
    return;
  }
  for (long c = 0; c < s.channels; c++) {
    normalize_channels(s, epsilon, across, c, 0, x, weight, bias, y, mean, variance);
  }
}

CK_INLINE void normalize_gradient_channels(
    ck_normalization_shape s, float epsilon, int across, long c, const long lanes, const float *dy,
    const float *x, const float *weight, const float *mean, const float *variance, float *dx,
    float *dweight, float *dbias) {
  const vf count = splat((float)(s.outer * s.inner));
  const vf center = lanes ? load_first(mean + c, lanes) : splat(mean[c]);
  const vf scale = norm_scale(lanes ? load_first(variance + c, lanes) : splat(variance[c]), epsilon);
  ck_norm_sum sum = {splat(0), splat(0), 0}, product = {splat(0), splat(0), 0};
  CK_NORM_EACH(s, c, lanes) {
    const vf upstream = load_first(dy + at, width);
    const vf normal = (load_first(x + at, width) - center) * scale;
    vf g = upstream;
    if (across) {
      store_first(dweight + i, fma16(upstream, normal, load_first(dweight + i, width)), width);
      store_first(dbias + i, load_first(dbias + i, width) + upstream, width);
      g = upstream * load_first(weight + i, width);
    }
    norm_add(&sum, g);
    norm_add(&product, norm_first(g * normal, width));
  }
  const vf total = lanes ? norm_total(&sum) : splat(sum_lanes(norm_total(&sum)));
  const vf along = lanes ? norm_total(&product) : splat(sum_lanes(norm_total(&product)));
  vf factor = scale;
  if (!across) {
    const long channels = lanes ? lanes : 1;
    store_first(dbias + c, total, channels);
    store_first(dweight + c, along, channels);
    factor = scale * (lanes ? load_first(weight + c, lanes) : splat(weight[c]));
  }
  const vf drift = total / count, tilt = along / count;
  CK_NORM_EACH(s, c, lanes) {
    vf g = load_first(dy + at, width);
    if (across) g = g * load_first(weight + i, width);
    const vf normal = (load_first(x + at, width) - center) * scale;
    store_first(dx + at, ((g - drift) - normal * tilt) * factor, width);
  }
}

static void normalize_gradient(
    ck_normalization_shape s, float epsilon, int across, const float *dy, const float *x,
    const float *weight, const float *mean, const float *variance, float *dx, float *dweight,
    float *dbias) {
  if (s.inner == 1 && !across) {
    for (long c = 0; c < s.channels; c += 16) {
      const long lanes = s.channels - c < 16 ? s.channels - c : 16;
      normalize_gradient_channels(
          s, epsilon, 0, c, lanes, dy, x, weight, mean, variance, dx, dweight, dbias);
    }
    return;
  }
  if (across) {
    memset(dweight, 0, (size_t)s.inner * sizeof(float));
    memset(dbias, 0, (size_t)s.inner * sizeof(float));
  }
  for (long c = 0; c < s.channels; c++) {
    normalize_gradient_channels(
        s, epsilon, across, c, 0, dy, x, weight, mean, variance, dx, dweight, dbias);
  }
}
