// Sums of tanh units over the elements of a tensor, sixteen elements in the lanes.
//
// Where elements are few or far apart, every pass computes the tanh of each element and unit anew, which costs less
// than to read it from memory, and leaves nothing as large as elements × units to be stored. See tanh_panels.h for
// the others.

// Elements that are worked on together: while they stay in registers and the first cache, all units pass over them.
#define CK_UNIT_VECTORS 2
#define CK_UNIT_BLOCK (16 * CK_UNIT_VECTORS)

// How many derivatives of tanh there are at most.
enum { CK_MOST_ORDER = 15 };

// The coefficients of Q, where the derivative of tanh of an order from 1 on is (1 − t²) Q(t) with t = tanh z:
// Q₁ = 1, and Q → (1 − t²) Q′ − 2 t Q leads on to the next order.
static void tanh_polynomial(int order, float *q) {
  for (int i = 0; i < CK_MOST_ORDER; i++) q[i] = 0;
  q[0] = 1;
  for (int degree = 0; degree + 1 < order; degree++) {
    float next[CK_MOST_ORDER] = {0};
    for (int i = 0; i <= degree; i++) {
      if (i > 0) next[i - 1] += (float)i * q[i];
      next[i + 1] -= (float)(i + 2) * q[i];
    }
    for (int i = 0; i <= degree + 1; i++) q[i] = next[i];
  }
}

// The derivative of tanh of an order at t = tanh z; for order 0 t itself.
CK_INLINE vf tanh_derivative(const int order, const float *q, vf t) {
  if (order == 0) return t;
  vf y = splat(q[order - 1]);
  for (int i = order - 2; i >= 0; i--) y = fma16(y, t, splat(q[i]));
  return y * fma16(-t, t, splat(1));
}

// A block of elements, zeros behind the last one; all zeros for NULL.
CK_INLINE void load_block(const float *x, long start, long count, float *block) {
  const long rest = count - start;
  memset(block, 0, CK_UNIT_BLOCK * sizeof(float));
  if (x) memcpy(block, x + start, (size_t)(rest < CK_UNIT_BLOCK ? rest : CK_UNIT_BLOCK) * sizeof(float));
}
CK_INLINE void store_block(const vf *values, long start, long count, float *y) {
  const long rest = count - start;
  memcpy(y + start, values, (size_t)(rest < CK_UNIT_BLOCK ? rest : CK_UNIT_BLOCK) * sizeof(float));
}

CK_INLINE void unit_sums(
    const int order, const int with_derivative, const float *q, long count, long units, const float *x,
    const float *a, const float *b, const float *w, float *y, float *derivative) {
  for (long start = 0; start < count; start += CK_UNIT_BLOCK) {
    float block[CK_UNIT_BLOCK];
    load_block(x, start, count, block);
    vf sum[CK_UNIT_VECTORS], steepness[CK_UNIT_VECTORS];
    CK_UNROLL for (int v = 0; v < CK_UNIT_VECTORS; v++) sum[v] = steepness[v] = splat(0);
    for (long h = 0; h < units; h++) {
      const vf factor = splat(a[h]), offset = splat(b[h]), weight = splat(w[h]);
      CK_UNROLL for (int v = 0; v < CK_UNIT_VECTORS; v++) {
        vf t = v_tanh(fma16(load(block + 16 * v), factor, offset));
        sum[v] = fma16(weight, tanh_derivative(order, q, t), sum[v]);
        if (with_derivative) steepness[v] = fma16(weight * factor, fma16(-t, t, splat(1)), steepness[v]);
      }
    }
    store_block(sum, start, count, y);
    if (with_derivative) store_block(steepness, start, count, derivative);
  }
}

static void tanh_units(
    int order, long count, long units, const float *x, const float *a, const float *b,
    const float *w, float *y) {
  float q[CK_MOST_ORDER];
  tanh_polynomial(order, q);
  switch (order) {
    case 0: unit_sums(0, 0, q, count, units, x, a, b, w, y, NULL); break;
    case 1: unit_sums(1, 0, q, count, units, x, a, b, w, y, NULL); break;
    case 2: unit_sums(2, 0, q, count, units, x, a, b, w, y, NULL); break;
    default: unit_sums(order, 0, q, count, units, x, a, b, w, y, NULL);
  }
}

static void tanh_units_with_derivative(
    long count, long units, const float *x, const float *a, const float *b, const float *w,
    float *y, float *derivative) {
  const panels p = choose_panels(count, units, x, a);
  if (p.rows > 0) {
    paneled_units(p, count, units, x, a, b, w, y, derivative);
  } else {
    unit_sums(0, 1, NULL, count, units, x, a, b, w, y, derivative);
  }
}

// Sums over elements are taken per unit: in the lanes over a block, from 0, then over the blocks, and at the end
// over the lanes. Zeros behind the last element add nothing.

CK_INLINE void unit_moments(
    const int order, const float *q, long count, long units, const float *x, const float *a,
    const float *b, const float *u, float *y) {
  float *sums = ck_workspace((int64_t)16 * units);
  memset(sums, 0, (size_t)units * 16 * sizeof(float));
  for (long start = 0; start < count; start += CK_UNIT_BLOCK) {
    float block[CK_UNIT_BLOCK], upstream[CK_UNIT_BLOCK];
    load_block(x, start, count, block);
    load_block(u, start, count, upstream);
    for (long h = 0; h < units; h++) {
      vf sum = splat(0);
      CK_UNROLL for (int v = 0; v < CK_UNIT_VECTORS; v++) {
        vf t = v_tanh(fma16(load(block + 16 * v), splat(a[h]), splat(b[h])));
        sum = fma16(load(upstream + 16 * v), tanh_derivative(order, q, t), sum);
      }
      store(sums + 16 * h, load(sums + 16 * h) + sum);
    }
  }
  for (long h = 0; h < units; h++) y[h] = sum_lanes(load(sums + 16 * h));
}

static void tanh_moments(
    int order, long count, long units, const float *x, const float *a, const float *b,
    const float *u, float *y) {
  float q[CK_MOST_ORDER];
  tanh_polynomial(order, q);
  switch (order) {
    case 0: unit_moments(0, q, count, units, x, a, b, u, y); break;
    case 1: unit_moments(1, q, count, units, x, a, b, u, y); break;
    case 2: unit_moments(2, q, count, units, x, a, b, u, y); break;
    default: unit_moments(order, q, count, units, x, a, b, u, y);
  }
}

static void tanh_units_backward(
    long count, long units, const float *x, const float *a, const float *b, const float *w,
    const float *u, const float *v, float *dx, float *da, float *db, float *dw) {
  const panels p = choose_panels(count, units, x, a);
  if (p.rows > 0) {
    paneled_backward(p, count, units, x, a, b, w, u, v, dx, da, db, dw);
    return;
  }
  // For each unit, with t = tanh z, s = 1 − t² and p = s (u − 2 a t v): Σ u t, Σ v s, Σ p and Σ x p.
  float *sums = ck_workspace((int64_t)64 * units);
  memset(sums, 0, (size_t)units * 64 * sizeof(float));
  for (long start = 0; start < count; start += CK_UNIT_BLOCK) {
    float block[CK_UNIT_BLOCK], first[CK_UNIT_BLOCK], second[CK_UNIT_BLOCK];
    load_block(x, start, count, block);
    load_block(u, start, count, first);
    load_block(v, start, count, second);
    vf curvature[CK_UNIT_VECTORS];
    CK_UNROLL for (int i = 0; i < CK_UNIT_VECTORS; i++) curvature[i] = splat(0);
    for (long h = 0; h < units; h++) {
      const vf factor = splat(-2 * a[h]), bend = factor * splat(a[h] * w[h]);
      vf ut = splat(0), vs = splat(0), p = splat(0), xp = splat(0);
      CK_UNROLL for (int i = 0; i < CK_UNIT_VECTORS; i++) {
        vf element = load(block + 16 * i), upstream = load(first + 16 * i);
        vf t = v_tanh(fma16(element, splat(a[h]), splat(b[h])));
        vf s = fma16(-t, t, splat(1));
        vf slope = load(second + 16 * i) * s;
        vf bent = slope * t;
        vf both = fma16(factor, bent, upstream * s);
        ut = fma16(upstream, t, ut);
        vs = vs + slope;
        p = p + both;
        xp = fma16(element, both, xp);
        curvature[i] = fma16(bend, bent, curvature[i]);
      }
      float *sum = sums + 64 * h;
      store(sum, load(sum) + ut);
      store(sum + 16, load(sum + 16) + vs);
      store(sum + 32, load(sum + 32) + p);
      store(sum + 48, load(sum + 48) + xp);
    }
    if (dx) store_block(curvature, start, count, dx);
  }
  for (long h = 0; h < units; h++) {
    const float *sum = sums + 64 * h;
    const float vs = sum_lanes(load(sum + 16));
    dw[h] = sum_lanes(load(sum)) + a[h] * vs;
    db[h] = w[h] * sum_lanes(load(sum + 32));
    da[h] = w[h] * (sum_lanes(load(sum + 48)) + vs);
  }
}
