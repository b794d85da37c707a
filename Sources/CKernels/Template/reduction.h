// Sums and maxima along one axis.

// The most terms that are added one after the other. A longer sum is taken in blocks of CK_BLOCK_TERMS terms, and
// these are added pairwise: neighbours first, then neighbouring pairs, and so on. So its error is at most
// (CK_BLOCK_TERMS + log₂ of the number of blocks) · 2⁻²⁴ · Σ|x|, however long it is, to first order.
#define CK_LONGEST_CHAIN 4096
#define CK_BLOCK_TERMS 32

CK_INLINE long block_terms(long terms) {
  return terms <= CK_LONGEST_CHAIN ? terms : CK_BLOCK_TERMS;
}

// The sums of blocks so far: level[i] holds that of a power of two of neighbouring blocks, the largest first.
typedef struct {
  vf level[64];
  int depth;
  long blocks;
} ck_pairwise_sum;

CK_INLINE void begin_sum(ck_pairwise_sum *sum) { sum->depth = 0, sum->blocks = 0; }
CK_INLINE void add_block(ck_pairwise_sum *sum, vf block) {
  for (long n = sum->blocks++; n & 1; n >>= 1) block = sum->level[--sum->depth] + block;
  sum->level[sum->depth++] = block;
}

CK_INLINE vf total_of_blocks(const ck_pairwise_sum *sum) {
  if (sum->depth == 0) return splat(0);
  vf total = sum->level[sum->depth - 1];
  for (int i = sum->depth - 2; i >= 0; i--) total = sum->level[i] + total;
  return total;
}

static float sum_long_row(long count, const float *x) {
  ck_pairwise_sum sum;
  begin_sum(&sum);
  for (long start = 0; start < count; start += 16 * CK_BLOCK_TERMS) {
    const long end = count - start < 16 * CK_BLOCK_TERMS ? count : start + 16 * CK_BLOCK_TERMS;
    vf block = splat(0);
    long i = start;
    for (; i + 16 <= end; i += 16) block = block + load(x + i);
    if (i < end) block = block + load_partial(x + i, end - i);
    add_block(&sum, block);
  }
  return sum_lanes(total_of_blocks(&sum));
}

static void sum_long_columns(long count, long inner, const float *rows, float *y) {
  for (long i = 0; i < inner; i += 16) {
    const long width = inner - i < 16 ? inner - i : 16;
    ck_pairwise_sum sum;
    begin_sum(&sum);
    for (long start = 0; start < count; start += CK_BLOCK_TERMS) {
      const long end = count - start < CK_BLOCK_TERMS ? count : start + CK_BLOCK_TERMS;
      vf block = splat(0);
      for (long n = start; n < end; n++) {
        // Lanes past the row's end read into the next row, and are dropped below.
        const float *row = rows + n * inner + i;
        block = block + (n * inner + i + 16 <= count * inner ? load(row) : load_partial(row, width));
      }
      add_block(&sum, block);
    }
    store_partial(y + i, total_of_blocks(&sum), width);
  }
}

CK_INLINE float sum_row(long count, const float *x) {
  if (count > 16 * CK_LONGEST_CHAIN) return sum_long_row(count, x);
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
    if (count > CK_LONGEST_CHAIN) {
      sum_long_columns(count, inner, rows, y + o * inner);
      continue;
    }
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
