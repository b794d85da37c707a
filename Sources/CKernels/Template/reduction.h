// Sums and maxima along one axis.

CK_INLINE float sum_row(long count, const float *x) {
  vf total = splat(0);
  long i = 0;
  for (; i + 16 <= count; i += 16) total = total + load(x + i);
  if (i < count) total = total + load_partial(x + i, count - i);
  return sum_lanes(total);
}

static void sum(long outer, long count, long inner, const float *x, float *y) {
  if (inner == 1) {
    for (long o = 0; o < outer; o++) y[o] = sum_row(count, x + o * count);
    return;
  }
  for (long o = 0; o < outer; o++) {
    const float *rows = x + o * count * inner;
    long i = 0;
    for (; i + 32 <= inner; i += 32) {
      vf a = splat(0), b = splat(0);
      for (long n = 0; n < count; n++) {
        a = a + load(rows + n * inner + i);
        b = b + load(rows + n * inner + i + 16);
      }
      store(y + o * inner + i, a);
      store(y + o * inner + i + 16, b);
    }
    for (; i < inner; i += 16) {
      const long width = inner - i < 16 ? inner - i : 16;
      vf total = splat(0);
      for (long n = 0; n + 1 < count; n++) {
        // Lanes past the row's end read into the next row, and are dropped below.
        total = total + (width == 16 || n * inner + i + 16 <= count * inner
                             ? load(rows + n * inner + i)
                             : load_partial(rows + n * inner + i, width));
      }
      if (count > 0) total = total + load_partial(rows + (count - 1) * inner + i, width);
      store_partial(y + o * inner + i, total, width);
    }
  }
}

CK_INLINE float maximum_lane(vf x) {
  float best = x[0];
  for (int lane = 1; lane < 16; lane++) {
    best = best >= x[lane] ? best : x[lane] > best ? x[lane] : best + x[lane];
  }
  return best;
}

static void maximum(long outer, long count, long inner, const float *x, float *y) {
  for (long o = 0; o < outer; o++) {
    const float *rows = x + o * count * inner;
    if (inner == 1) {
      vf best = splat(rows[0]);
      long i = 0;
      for (; i + 16 <= count; i += 16) best = apply_binary(CK_MAXIMUM, best, load(rows + i));
      for (; i < count; i++) best = apply_binary(CK_MAXIMUM, best, splat(rows[i]));
      y[o] = maximum_lane(best);
      continue;
    }
    for (long i = 0; i < inner; i += 16) {
      const long width = inner - i < 16 ? inner - i : 16;
      vf best = load_partial(rows + i, width);
      for (long n = 1; n < count; n++) {
        best = apply_binary(CK_MAXIMUM, best, load_partial(rows + n * inner + i, width));
      }
      store_partial(y + o * inner + i, best, width);
    }
  }
}
