// Guessing a tile of a contraction, where multiply-adds are emulated.
//
// Where the product is exact in double precision, a sum that is rounded to double and then to single precision is
// rounded wrongly only if the first rounding ends half way between two floats. That is seen in the bits, so a tile is
// computed in this way first, four times as fast as exactly, and once more if it was seen; with numbers as they occur
// that is once in some hundred million sums. Products must be 0 or at least 2⁻¹²⁵: sums that are denormal are then exact.

#if defined(CK_WASM_EMULATED)

// The smallest magnitude but 0 of the numbers at from[i · step], and what it was before; 0 counts as the greatest.
CK_INLINE uint32_t least_of(uint32_t least, const float *from, long count, long step) {
  for (long i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, from + i * step, 4);
    bits = (bits << 1) - 1;
    least = bits < least ? bits : least;
  }
  return least;
}
CK_INLINE double magnitude_of(uint32_t least) {
  const uint32_t bits = (least >> 1) + (least & 1);
  float x;
  memcpy(&x, &bits, 4);
  return bits > 0x7f800000 ? __builtin_inff() : x;
}

// The smallest magnitude but 0 of all weights.
static uint32_t least_weight(long rows, ck_contraction n, const float *weight) {
  uint32_t least = UINT32_MAX;
  for (long row = 0; row < rows; row++) {
    for (long p = 0; p < n.outer; p++) {
      least = least_of(
          least, weight + row * n.weight_row + p * n.weight_outer, n.inner, n.weight_inner);
    }
  }
  return least;
}

// Whether no product is too small.
static int may_guess(const ck_contraction *n, const float *from, long width) {
  typedef uint32_t uq __attribute__((ext_vector_type(4), aligned(4)));
  uq least = (uq)UINT32_MAX;
  for (long p = 0; p < n->outer; p++) {
    const float *row = from + p * n->from_outer;
    for (long q = 0; q < n->inner; q++, row += n->from_inner) {
      for (long c = 0; c + 4 <= width; c += 4) {
        least = __builtin_elementwise_min(least, (*(const uq *)(row + c) << 1) - 1);
      }
      if (width % 4) least = __builtin_elementwise_min(least, (*(const uq *)(row + width - 4) << 1) - 1);
    }
  }
  uint32_t l = least[0];
  for (int i = 1; i < 4; i++) l = least[i] < l ? least[i] : l;
  return magnitude_of(n->least_weight) * magnitude_of(l) >= 0x1p-125;
}

// The sums of a tile; 0 if one of them may be wrong.
CK_INLINE int guess_tile(
    const int rows, const int vectors, const ck_contraction *n, const ck_operands *at, long row,
    long last, lanes sum[CK_TILE_ROWS][CK_TILE_VECTORS]) {
  typedef int32_t iq __attribute__((ext_vector_type(4)));
  ck_d2 total[CK_TILE_ROWS][CK_TILE_VECTORS][2];
  long lane[CK_TILE_VECTORS];
  iq seen = (iq)0;
  CK_UNROLL for (int j = 0; j < vectors; j++) lane[j] = j == vectors - 1 ? last : j * 4;
  const float *const first_to = at->to + row * n->to_row;
  CK_UNROLL for (int i = 0; i < rows; i++) CK_UNROLL for (int j = 0; j < vectors; j++) {
    total[i][j][0] = total[i][j][1] = (ck_d2)0.0;
    if (at->continued) {
      const lanes so_far = load_lanes(first_to + i * n->to_row + lane[j]);
      total[i][j][0] = low_half(so_far);
      total[i][j][1] = high_half(so_far);
    }
  }
  const long weight_row = n->weight_row;
  for (long p = 0; p < n->outer; p++) {
    const float *from = at->from + p * n->from_outer;
    const float *weight = at->weight + p * n->weight_outer + row * weight_row;
    for (long q = 0; q < n->inner; q++) {
      ck_d2 right[CK_TILE_VECTORS][2];
      CK_UNROLL for (int j = 0; j < vectors; j++) {
        const lanes r = load_lanes(from + lane[j]);
        right[j][0] = low_half(r);
        right[j][1] = high_half(r);
      }
      CK_UNROLL for (int i = 0; i < rows; i++) {
        const ck_d2 left = low_half((lanes)weight[i * weight_row]);
        CK_UNROLL for (int j = 0; j < vectors; j++) {
          const ck_d2 a = left * right[j][0] + total[i][j][0], b = left * right[j][1] + total[i][j][1];
          const iq ends = __builtin_shufflevector((iq)a, (iq)b, 0, 2, 4, 6) << 3;
          seen = __builtin_elementwise_min(seen, ends);
          total[i][j][0] = low_half(demoted(a));
          total[i][j][1] = low_half(demoted(b));
          CK_HERE(total[i][j][0]);
          CK_HERE(total[i][j][1]);
          CK_HERE(seen);
        }
      }
      weight += n->weight_inner;
      from += n->from_inner;
    }
  }
  CK_UNROLL for (int i = 0; i < rows; i++) CK_UNROLL for (int j = 0; j < vectors; j++) {
    sum[i][j] = __builtin_shufflevector(demoted(total[i][j][0]), demoted(total[i][j][1]), 0, 1, 4, 5);
  }
  const iq half = seen == (iq)INT32_MIN;
  return (half[0] | half[1] | half[2] | half[3]) == 0;
}

#else

CK_INLINE uint32_t least_weight(long rows, ck_contraction n, const float *weight) {
  (void)rows, (void)n, (void)weight;
  return 0;
}
CK_INLINE int may_guess(const ck_contraction *n, const float *from, long width) {
  (void)n, (void)from, (void)width;
  return 0;
}
CK_INLINE int guess_tile(
    const int rows, const int vectors, const ck_contraction *n, const ck_operands *at, long row,
    long last, lanes sum[CK_TILE_ROWS][CK_TILE_VECTORS]) {
  (void)rows, (void)vectors, (void)n, (void)at, (void)row, (void)last, (void)sum;
  return 0;
}

#endif
