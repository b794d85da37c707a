// Guessing a row of a strip, where multiply-adds are emulated.
//
// A product of floats is exact in double precision. A sum that is rounded to double and then to single precision is
// rounded wrongly only if the first rounding ends half way between two floats. That is seen in the bits, so a row is
// computed in this way first, many times as fast as exactly, and once more if it was seen; with numbers as they occur
// that is once in some hundred million sums.
//
// Sums stay doubles: a float is one whose last 29 bits are 0. All are 2⁻⁸⁹⁶ times as large as they are, so that floats become
// denormal where these doubles do, and the last bits are the same 29 there: rounding them off is all that a sum takes.

#if defined(CK_WASM_EMULATED)

// A number of terms of the weights' rows that are not 0, and of the strip the same as doubles.
struct ck_guess {
  const float *weight;
  long terms;
  float *memory;
  long size;
  double *value, *panel;
  int32_t *term, *count;
  uint32_t least, greatest;
  int is_exact;
};

#define CK_GUESS_SCALE 0x1p-896

CK_INLINE double magnitude_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// Room for the terms of all rows. Without memory nothing is guessed.
static int begin_guess(ck_guess *guess, long rows, const ck_contraction *n) {
  guess->terms = n->outer * n->inner;
  guess->size = rows * guess->terms * 3 + guess->terms * CK_TILE_VECTORS * 8 + rows;
  guess->memory = ck_allocate(guess->size);
  if (!guess->memory) return 0;
  guess->panel = (double *)guess->memory;
  guess->value = guess->panel + guess->terms * CK_TILE_VECTORS * 4;
  guess->term = (int32_t *)(guess->value + rows * guess->terms);
  guess->count = guess->term + rows * guess->terms;
  return 1;
}
static void end_guess(ck_guess *guess) {
  if (guess->memory) ck_release(guess->memory, guess->size);
}

// The weights that are not 0, row after row.
static void gather_weights(ck_guess *guess, long rows, const ck_contraction *n, const float *weight) {
  uint32_t least = UINT32_MAX, greatest = 0;
  for (long row = 0; row < rows; row++) {
    double *value = guess->value + row * guess->terms;
    int32_t *term = guess->term + row * guess->terms;
    int32_t count = 0, place = 0;
    for (long p = 0; p < n->outer; p++) {
      const float *from = weight + row * n->weight_row + p * n->weight_outer;
      for (long q = 0; q < n->inner; q++, from += n->weight_inner) {
        uint32_t bits;
        memcpy(&bits, from, 4);
        bits &= 0x7fffffff;
        value[count] = (double)*from * CK_GUESS_SCALE;
        term[count] = place++;
        count += bits != 0;
        greatest = bits > greatest ? bits : greatest;
        least = bits - 1 < least ? bits - 1 : least;
      }
    }
    guess->count[row] = count;
  }
  guess->weight = weight;
  guess->least = least;
  guess->greatest = greatest;
}

// The strip as doubles, and whether its rows may be guessed.
static int pack_guess(ck_guess *guess, const ck_contraction *n, const float *from, const ck_strip *strip) {
  typedef uint32_t uq __attribute__((ext_vector_type(4)));
  uq least = (uq)UINT32_MAX, greatest = (uq)0;
  ck_d2 *to = (ck_d2 *)guess->panel;
  for (long p = 0; p < n->outer; p++) {
    const float *row = from + p * n->from_outer;
    for (long q = 0; q < n->inner; q++, row += n->from_inner) {
      for (long j = 0; j < strip->vectors; j++, to += 2) {
        const lanes x = load_lanes(row + (j == strip->vectors - 1 ? strip->last : j * 4));
        const uq bits = (uq)x & 0x7fffffff;
        to[0] = low_half(x);
        to[1] = high_half(x);
        greatest = __builtin_elementwise_max(greatest, bits);
        least = __builtin_elementwise_min(least, bits - 1);
      }
    }
  }
  uint32_t l = least[0], g = greatest[0];
  for (int i = 1; i < 4; i++) {
    l = least[i] < l ? least[i] : l;
    g = greatest[i] > g ? greatest[i] : g;
  }
  const double most = magnitude_of(guess->greatest) * magnitude_of(g);
  guess->is_exact = l == UINT32_MAX || guess->least == UINT32_MAX ||
                    magnitude_of(guess->least + 1) * magnitude_of(l + 1) >= 0x1p-130;
  return most * (double)guess->terms < 0x1p126;
}

static const ck_guess *may_guess(
    ck_guess *guess, long rows, const ck_contraction *n, const ck_operands *at, const ck_strip *strip) {
  if (!guess->memory && !begin_guess(guess, rows, n)) return NULL;
  if (guess->weight != at->weight) gather_weights(guess, rows, n, at->weight);
  return pack_guess(guess, n, at->from, strip) ? guess : NULL;
}

// The sums of a row; 0 if one of them may be wrong.
CK_INLINE int guess_row(
    const int vectors, const ck_guess *guess, const ck_operands *at, long row, const float *to, const long *lane, lanes *sum) {
  typedef int32_t iq __attribute__((ext_vector_type(4)));
  typedef uint32_t uq __attribute__((ext_vector_type(4)));
  ck_l2 total[CK_TILE_VECTORS][2];
  uq seen = (uq)UINT32_MAX;
  CK_UNROLL for (int j = 0; j < vectors; j++) {
    total[j][0] = total[j][1] = (ck_l2)0;
    if (at->continued) {
      const lanes so_far = load_lanes(to + lane[j]);
      total[j][0] = (ck_l2)(low_half(so_far) * CK_GUESS_SCALE);
      total[j][1] = (ck_l2)(high_half(so_far) * CK_GUESS_SCALE);
    }
  }
  ck_l2 half = (ck_l2)(1 << 28), kept = (ck_l2)~0x1fffffffLL;
  __asm__("" : "+r"(half));
  __asm__("" : "+r"(kept));
  const double *value = guess->value + row * guess->terms;
  const int32_t *term = guess->term + row * guess->terms;
  for (const int32_t *end = term + guess->count[row]; term < end; term++, value++) {
    const ck_d2 left = (ck_d2)*value;
    const ck_d2 *right = (const ck_d2 *)guess->panel + *term * (2 * vectors);
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      const ck_l2 a = (ck_l2)(left * right[2 * j] + (ck_d2)total[j][0]) + half;
      const ck_l2 b = (ck_l2)(left * right[2 * j + 1] + (ck_d2)total[j][1]) + half;
      total[j][0] = a & kept;
      total[j][1] = b & kept;
      seen = __builtin_elementwise_min(seen, (uq)(__builtin_shufflevector((iq)a, (iq)b, 0, 2, 4, 6) << 3));
      CK_HERE(total[j][0]);
      CK_HERE(total[j][1]);
      CK_HERE(seen);
    }
  }
  iq doubtful = (iq)(seen == (uq)0);
  CK_UNROLL for (int j = 0; j < vectors; j++) {
    CK_UNROLL for (int h = 0; h < 2; h++) {
      const ck_l2 bits = guess->is_exact ? total[j][h] : total[j][h] & INT64_MAX;
      doubtful |= (iq)(bits == (guess->is_exact ? (ck_l2)INT64_MIN : (ck_l2)0));
    }
    sum[j] = __builtin_shufflevector(
        demoted((ck_d2)total[j][0] * (1 / CK_GUESS_SCALE)), demoted((ck_d2)total[j][1] * (1 / CK_GUESS_SCALE)), 0, 1, 4, 5);
    if (at->continued) {
      const lanes so_far = load_lanes(to + lane[j]);
      doubtful |= ~(((iq)so_far & 0x7fffffff) < 0x7e800000);
    }
  }
  return (doubtful[0] | doubtful[1] | doubtful[2] | doubtful[3]) == 0;
}

#else

// Where there is an instruction, nothing is guessed.
struct ck_guess {
  int unused;
};
CK_INLINE const ck_guess *may_guess(
    ck_guess *guess, long rows, const ck_contraction *n, const ck_operands *at, const ck_strip *strip) {
  (void)guess, (void)rows, (void)n, (void)at, (void)strip;
  return NULL;
}
CK_INLINE void end_guess(ck_guess *guess) { (void)guess; }
CK_INLINE int guess_row(
    const int vectors, const ck_guess *guess, const ck_operands *at, long row, const float *to, const long *lane, lanes *sum) {
  (void)vectors, (void)guess, (void)at, (void)row, (void)to, (void)lane, (void)sum;
  return 0;
}

#endif
