// Guessing the sums of a contraction, where multiply-adds are emulated.
//
// The product of two floats is exact in double precision. A sum that is rounded to double and then to single precision
// is rounded wrongly only if the first rounding ends half way between two floats. That is seen in the bits, so a row of a
// strip is computed in this way first, many times as fast as exactly, and once more if it was seen; with numbers as
// they occur that is once in some hundred million sums.
//
// Sums stay doubles: a float is one whose last 29 bits are 0, and these are rounded off by an addition and a mask.
// All sums are 2⁻⁸⁹⁶ times what they stand for, for then doubles become denormal where floats do, and there their last
// 29 bits are what a float lacks, too. Terms whose weight is 0, half of them behind a relu, are passed over.

#if defined(CK_WASM_EMULATED)

typedef uint32_t ck_u4 __attribute__((ext_vector_type(4)));

typedef struct {
  // Whose weights are gathered here, and how many terms a row has.
  const float *weight;
  long terms;
  // The weights of each row that are not 0, scaled, and which terms these are.
  double *value;
  int32_t *term, *count;
  // The greatest magnitude of a weight, and the least but 0 less one, as bits.
  uint32_t greatest, least;
  // The strip as doubles, term after term.
  double *strip;
  // Sums of which these bits are those cannot be told from others.
  ck_l2 mask, doubtful;
  float *memory;
  long size;
} ck_guess;

#define CK_GUESS_SCALE 0x1p-896
#define CK_GUESS_MOST_TERMS (1 << 27)

CK_INLINE double float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// Makes room for all weights and a strip; 0 if there is none.
static int begin_guess(ck_guess *guess, long rows, long terms) {
  if ((int64_t)rows * terms > CK_GUESS_MOST_TERMS) return 0;
  const long strip = terms * CK_TILE_VECTORS * 4;
  guess->terms = terms;
  guess->size = 2 * strip + rows * (3 * terms + 1);
  guess->memory = ck_allocate(guess->size);
  if (!guess->memory) return 0;
  guess->strip = (double *)guess->memory;
  guess->value = guess->strip + strip;
  guess->term = (int32_t *)(guess->value + rows * terms);
  guess->count = guess->term + rows * terms;
  return 1;
}
static void end_guess(ck_guess *guess) {
  if (guess->memory) ck_release(guess->memory, guess->size);
}

static void gather_weights(
    ck_guess *guess, long rows, const ck_contraction *n, const float *weight) {
  guess->weight = weight;
  guess->greatest = 0;
  guess->least = UINT32_MAX;
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
        guess->greatest = bits > guess->greatest ? bits : guess->greatest;
        guess->least = bits - 1 < guess->least ? bits - 1 : guess->least;
      }
    }
    guess->count[row] = count;
  }
}

// Lays out a strip, and tells whether no sum can become infinite or undefined.
static int lay_out_strip(
    ck_guess *guess, const ck_contraction *n, const float *from, const ck_strip *strip) {
  ck_u4 leasts = (ck_u4)UINT32_MAX, greatests = (ck_u4)0;
  ck_d2 *to = (ck_d2 *)guess->strip;
  for (long p = 0; p < n->outer; p++) {
    const float *row = from + p * n->from_outer;
    for (long q = 0; q < n->inner; q++, row += n->from_inner) {
      for (long j = 0; j < strip->vectors; j++) {
        const lanes x = load_lanes(row + (j == strip->vectors - 1 ? strip->last : j * 4));
        const ck_u4 bits = (ck_u4)x & 0x7fffffff;
        greatests = __builtin_elementwise_max(greatests, bits);
        leasts = __builtin_elementwise_min(leasts, bits - 1);
        *to++ = low_half(x);
        *to++ = high_half(x);
      }
    }
  }
  const uint32_t greatest = __builtin_reduce_max(greatests), least = __builtin_reduce_min(leasts);
  // Products of 2⁻¹³⁰ are exact at this scale, too. If there are smaller ones, the sign of a sum that is 0 may be wrong; if
  // not, then only that of -0, which terms that are passed over would have made 0.
  const int is_exact = guess->least == UINT32_MAX || least == UINT32_MAX ||
                       float_of(guess->least + 1) * float_of(least + 1) >= 0x1p-130;
  guess->mask = (ck_l2)(is_exact ? -1LL : INT64_MAX);
  guess->doubtful = (ck_l2)(is_exact ? INT64_MIN : 0);
  return float_of(guess->greatest) * float_of(greatest) * (double)guess->terms < 0x1p126;
}

// What all rows of a strip are guessed with, or NULL.
static const ck_guess *may_guess(
    ck_guess *guess, long rows, const ck_contraction *n, const ck_operands *at,
    const ck_strip *strip) {
  if (!guess->memory && !begin_guess(guess, rows, n->outer * n->inner)) return NULL;
  if (guess->weight != at->weight) gather_weights(guess, rows, n, at->weight);
  return lay_out_strip(guess, n, at->from, strip) ? guess : NULL;
}

// The sums of a row, which follow those in `to` if there are any; 0 if one of them may be wrong.
CK_INLINE int guess_row(
    const int vectors, const ck_guess *guess, long row, const float *to, const long *lane,
    lanes *sum) {
  typedef int32_t iq __attribute__((ext_vector_type(4)));
  ck_l2 total[CK_TILE_VECTORS][2];
  iq doubtful = (iq)0;
  CK_UNROLL for (int j = 0; j < vectors; j++) {
    total[j][0] = total[j][1] = (ck_l2)0;
    if (to) {
      const lanes so_far = load_lanes(to + lane[j]);
      doubtful |= ((iq)so_far & 0x7fffffff) >= 0x7e800000;
      total[j][0] = (ck_l2)(low_half(so_far) * CK_GUESS_SCALE);
      total[j][1] = (ck_l2)(high_half(so_far) * CK_GUESS_SCALE);
    }
  }
  // Half of what the last bit of a float is worth, and what a float keeps; in registers, not made again for each term.
  ck_l2 half = (ck_l2)(1LL << 28), kept = (ck_l2)(~0x1fffffffLL);
  __asm__("" : "+r"(half), "+r"(kept));
  // 0 once a sum was half way.
  ck_u4 ends = (ck_u4)UINT32_MAX;
  const double *value = guess->value + row * guess->terms;
  const int32_t *term = guess->term + row * guess->terms, *const end = term + guess->count[row];
  for (; term < end; term++, value++) {
    const ck_d2 left = (ck_d2)*value;
    const ck_d2 *right = (const ck_d2 *)guess->strip + *term * (2 * vectors);
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      const ck_l2 a = (ck_l2)(left * right[2 * j] + (ck_d2)total[j][0]) + half;
      const ck_l2 b = (ck_l2)(left * right[2 * j + 1] + (ck_d2)total[j][1]) + half;
      const ck_u4 last = (ck_u4)__builtin_shufflevector((iq)a, (iq)b, 0, 2, 4, 6) << 3;
      ends = __builtin_elementwise_min(ends, last);
      total[j][0] = a & kept;
      total[j][1] = b & kept;
      CK_HERE(total[j][0]);
      CK_HERE(total[j][1]);
      CK_HERE(ends);
    }
  }
  doubtful |= (iq)(ends == 0);
  CK_UNROLL for (int j = 0; j < vectors; j++) {
    doubtful |= (iq)((total[j][0] & guess->mask) == guess->doubtful);
    doubtful |= (iq)((total[j][1] & guess->mask) == guess->doubtful);
    sum[j] = __builtin_shufflevector(
        demoted((ck_d2)total[j][0] / CK_GUESS_SCALE), demoted((ck_d2)total[j][1] / CK_GUESS_SCALE),
        0, 1, 4, 5);
  }
  return __builtin_reduce_or(doubtful) == 0;
}

#else

// Where there is an instruction, nothing is guessed.
typedef struct {
  int unused;
} ck_guess;
CK_INLINE const ck_guess *may_guess(
    ck_guess *guess, long rows, const ck_contraction *n, const ck_operands *at,
    const ck_strip *strip) {
  (void)guess, (void)rows, (void)n, (void)at, (void)strip;
  return NULL;
}
CK_INLINE void end_guess(ck_guess *guess) { (void)guess; }
CK_INLINE int guess_row(
    const int vectors, const ck_guess *guess, long row, const float *to, const long *lane,
    lanes *sum) {
  (void)vectors, (void)guess, (void)row, (void)to, (void)lane, (void)sum;
  return 0;
}

#endif
