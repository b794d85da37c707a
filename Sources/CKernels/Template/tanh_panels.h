// Sums of tanh units over many elements, by panels.
//
// A sum of units, Σₕ w[h] · tanh(a[h] · x + b[h]), is a smooth function of one variable: its poles are π / 2 |a| away
// from the axis. The axis is cut into panels so narrow that eight terms of the Taylor series about a panel's centre
// give value and derivative to a float's last bits. Units are then summed once per panel and term, not once per element,
// and an element costs one polynomial. Sums over the elements are the transpose of that: those of a panel are summed
// into eight moments, on which every unit's series acts once. Fewer roundings than one by one, and a tenth of the
// time.
//
// With g panels per unit of x and |a| ≤ g / 5, the first term left out of a derivative is below 8 · 4/π · (|a| / π g)⁷,
// 4e-8 of |a|, and less of a value. g is a power of two, so an element's place in its panel is exact.

#define CK_TERMS 8

typedef struct panels {
  float per_unit;  // g
  int32_t first;   // the first panel lies from first / g to (first + 1) / g
  long rows;       // how many there are, a multiple of sixteen
} panels;

// The panels that cover the elements; no rows where too few elements share one, or not every number is finite.
static panels choose_panels(long count, long units, const float *x, const float *a) {
  const panels none = {0};
  if (count < 16 * 8) return none;
  float steepest = 0x1p-20f;
  for (long h = 0; h < units; h++) {
    const float steepness = a[h] < 0 ? -a[h] : a[h];
    if (!(steepness < 0x1p20f)) return none;
    steepest = steepness > steepest ? steepness : steepest;
  }
  float g = 0x1p-20f;
  while (g < 5 * steepest) g *= 2;
  vf low = splat(x[0]), high = low, wild = splat(0);
  for (long i = 0; i < count; i += 16) {
    // The last sixteen may overlap those before.
    const vf some = load(x + (i + 16 <= count ? i : count - 16));
    low = select(some < low, some, low);
    high = select(some > high, some, high);
    wild = select(magnitude(some) <= splat(0x1p20f / g), wild, splat(1));
  }
  for (int lane = 1; lane < 16; lane++) {
    low[0] = low[lane] < low[0] ? low[lane] : low[0];
    high[0] = high[lane] > high[0] ? high[lane] : high[0];
  }
  if (sum_lanes(wild) > 0) return none;
  const int32_t first = (int32_t)(low[0] * g) - 1, last = (int32_t)(high[0] * g) + 1;
  const long rows = ((long)last - first + 16) & ~15L;
  return 8 * rows <= count ? (panels){g, first, rows} : none;
}

// Where elements lie: their panels, counted from the first, and how far from the centres, in widths.
CK_INLINE vf place(panels p, vf x, vi *panel) {
  vf scaled = x * splat(p.per_unit);
  vi whole = __builtin_convertvector(scaled, vi);
  vf floor = __builtin_convertvector(whole, vf);
  vi below = scaled < floor;
  *panel = whole + below - p.first;
  // A mask is −1.
  return (scaled - floor) - __builtin_convertvector(below, vf) - splat(0.5f);
}

// The centres of sixteen panels.
CK_INLINE vf centres(panels p, long start) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  vf number = __builtin_convertvector(lane + (int32_t)(p.first + start), vf);
  return (number + splat(0.5f)) / splat(p.per_unit);
}

// The series about centres, s in widths: tanh(a x + b) = Σ c[k] sᵏ and tanh′(a x + b) = Σ d[k] sᵏ, of which there is
// one term less. From tanh′ = 1 − tanh² follow d[k] from c[0] … c[k], and c[k + 1] = step · d[k] / (k + 1).
CK_INLINE void tanh_series(vf centre, float a, float b, float step, const int terms, vf *c, vf *d) {
  c[0] = v_tanh(fma16(centre, splat(a), splat(b)));
  CK_UNROLL for (int k = 0; k + 1 < terms; k++) {
    // Σ c[i] c[k − i], in pairs from the outside.
    vf pairs = splat(0);
    CK_UNROLL for (int i = 0; 2 * i < k; i++) pairs = fma16(c[i], c[k - i], pairs);
    d[k] = splat(-2) * pairs;
    if (k % 2 == 0) d[k] = fma16(-c[k / 2], c[k / 2], k == 0 ? splat(1) : d[k]);
    c[k + 1] = d[k] * splat(step * (1.0f / (float)(k + 1)));
  }
}

// Exchanges axes: of eight rows of two times eight lanes, lane l of row k goes to lane k of row l, in each half.
#define CK_EXCHANGE(distance, low, high)                                       \
  CK_UNROLL for (int k = 0; k < 8; k++) {                                      \
    if (k & distance) continue;                                                \
    vf upper = r[k], lower = r[k + distance];                                  \
    r[k] = __builtin_shufflevector(upper, lower, low);                         \
    r[k + distance] = __builtin_shufflevector(upper, lower, high);             \
  }
CK_INLINE void exchange(vf r[8]) {
#define CK_LOW 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define CK_HIGH 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
  CK_EXCHANGE(4, CK_LOW, CK_HIGH)
#undef CK_LOW
#undef CK_HIGH
#define CK_LOW 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define CK_HIGH 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
  CK_EXCHANGE(2, CK_LOW, CK_HIGH)
#undef CK_LOW
#undef CK_HIGH
#define CK_LOW 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define CK_HIGH 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
  CK_EXCHANGE(1, CK_LOW, CK_HIGH)
#undef CK_LOW
#undef CK_HIGH
}
#undef CK_EXCHANGE

// Eight numbers for each of sixteen rows of a table, and back.
CK_INLINE void gather(const float *table, const int32_t *row, vf r[8]) {
  CK_UNROLL for (int l = 0; l < 8; l++) {
    r[l] = __builtin_shufflevector(
        load_half(table + 8 * row[l]), load_half(table + 8 * row[l + 8]), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15);
  }
  exchange(r);
}
CK_INLINE void scatter(vf r[8], const int32_t *row, float *table) {
  exchange(r);
  CK_UNROLL for (int l = 0; l < 8; l++) {
    store_half(table + 8 * row[l], load_half(table + 8 * row[l]) + r[l].lo);
    store_half(table + 8 * row[l + 8], load_half(table + 8 * row[l + 8]) + r[l].hi);
  }
}

// Σₕ weight[h] · c[k + order] · (k + order)! / k! for every panel: the series of the derivative of an order.
CK_INLINE void tabulate(
    panels p, const int order, long units, const float *a, const float *b, const float *w, float *table) {
  const int32_t in_order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (long start = 0; start < p.rows; start += 16) {
    const vf centre = centres(p, start);
    vf sum[CK_TERMS], c[CK_TERMS + 2], d[CK_TERMS + 2];
    CK_UNROLL for (int k = 0; k < CK_TERMS; k++) sum[k] = splat(0);
    for (long h = 0; h < units; h++) {
      tanh_series(centre, a[h], b[h], a[h] / p.per_unit, CK_TERMS + order, c, d);
      CK_UNROLL for (int k = 0; k < CK_TERMS; k++) sum[k] = fma16(splat(w[h]), c[k + order], sum[k]);
    }
    if (order == 2) {
      CK_UNROLL for (int k = 0; k < CK_TERMS; k++) {
        sum[k] = sum[k] * splat((float)((k + 1) * (k + 2)) * p.per_unit * p.per_unit);
      }
    }
    memset(table + 8 * start, 0, 8 * 16 * sizeof(float));
    scatter(sum, in_order, table + 8 * start);
  }
}

CK_INLINE vf load_some(const float *x, long rest) {
  return rest < 16 ? load_partial(x, rest) : load(x);
}
CK_INLINE void store_some(float *x, vf y, long rest) {
  if (rest < 16) store_partial(x, y, rest);
  else store(x, y);
}

// The places of up to sixteen elements; those that are missing lie in the middle of the first panel.
CK_INLINE vf places(panels p, const float *x, long rest, int32_t *row) {
  vi panel;
  vf s = place(p, load_some(x, rest), &panel);
  if (rest < 16) {
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vi there = lane < (int32_t)rest;
    panel &= there;
    s = select(there, s, splat(0));
  }
  memcpy(row, &panel, sizeof panel);
  return s;
}

static void paneled_units(
    panels p, long count, long units, const float *x, const float *a, const float *b, const float *w,
    float *y, float *derivative) {
  float *table = ck_workspace((int64_t)8 * p.rows);
  tabulate(p, 0, units, a, b, w, table);
  for (long i = 0; i < count; i += 16) {
    int32_t row[16];
    vf r[CK_TERMS], s = places(p, x + i, count - i, row);
    gather(table, row, r);
    vf value = r[7], steepness = splat(7) * r[7];
    CK_UNROLL for (int k = 6; k >= 0; k--) {
      value = fma16(value, s, r[k]);
      if (k > 0) steepness = fma16(steepness, s, splat((float)k) * r[k]);
    }
    store_some(y + i, value, count - i);
    store_some(derivative + i, steepness * splat(p.per_unit), count - i);
  }
}

// v · Σₕ w[h] · a[h]² · tanh″.
static void paneled_curvature(
    panels p, long count, long units, const float *x, const float *a, const float *b, const float *w,
    const float *v, float *dx, float *table) {
  tabulate(p, 2, units, a, b, w, table);
  for (long i = 0; i < count; i += 16) {
    int32_t row[16];
    vf r[CK_TERMS], s = places(p, x + i, count - i, row);
    gather(table, row, r);
    vf value = r[7];
    CK_UNROLL for (int k = 6; k >= 0; k--) value = fma16(value, s, r[k]);
    store_some(dx + i, value * load_some(v + i, count - i), count - i);
  }
}

// With the functional L f = Σ u · f(x) + v · f′(x) over the elements, a panel's moments are L sᵏ, and
// dw = L tanh, db = w · L tanh′ and da = w · L (x · tanh′), each of a x + b.
static void paneled_backward(
    panels p, long count, long units, const float *x, const float *a, const float *b, const float *w,
    const float *u, const float *v, float *dx, float *da, float *db, float *dw) {
  float *table = ck_workspace((int64_t)8 * p.rows);
  if (dx && !v) memset(dx, 0, (size_t)count * sizeof(float));
  if (dx && v) paneled_curvature(p, count, units, x, a, b, w, v, dx, table);
  memset(table, 0, (size_t)p.rows * 8 * sizeof(float));
  for (long i = 0; i < count; i += 16) {
    int32_t row[16];
    vf r[CK_TERMS], s = places(p, x + i, count - i, row);
    vf first = u ? load_some(u + i, count - i) : splat(0);
    vf second = v ? load_some(v + i, count - i) * splat(p.per_unit) : splat(0);
    vf power = splat(1);
    r[0] = first;
    CK_UNROLL for (int k = 1; k < CK_TERMS; k++) {
      // u sᵏ + v g k sᵏ⁻¹
      r[k] = fma16(first, power * s, second * (splat((float)k) * power));
      power = power * s;
    }
    scatter(r, row, table);
  }
  // Moments in the lanes, the panels that fill up with zeros.
  const int32_t in_order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (long start = 0; start < p.rows; start += 16) {
    vf moments[CK_TERMS];
    gather(table + 8 * start, in_order, moments);
    CK_UNROLL for (int k = 0; k < CK_TERMS; k++) store(table + 8 * start + 16 * k, moments[k]);
  }
  for (long h = 0; h < units; h++) {
    vf value = splat(0), slope = splat(0), moment = splat(0);
    for (long start = 0; start < p.rows; start += 16) {
      const vf centre = centres(p, start);
      vf c[CK_TERMS + 1], d[CK_TERMS + 1], steepness = splat(0), within = splat(0);
      tanh_series(centre, a[h], b[h], a[h] / p.per_unit, CK_TERMS + 1, c, d);
      CK_UNROLL for (int k = 0; k < CK_TERMS; k++) {
        vf m = load(table + 8 * start + 16 * k);
        value = fma16(m, c[k], value);
        steepness = fma16(m, d[k], steepness);
        // x is centre + s / g.
        if (k > 0) within = fma16(m, d[k - 1], within);
      }
      slope = slope + steepness;
      moment = fma16(centre, steepness, fma16(within, splat(1 / p.per_unit), moment));
    }
    dw[h] = sum_lanes(value);
    db[h] = w[h] * sum_lanes(slope);
    da[h] = w[h] * sum_lanes(moment);
  }
}
