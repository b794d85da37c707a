// Transposition in blocks of 8 × 8 lanes.

#define CK_INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define CK_INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define CK_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define CK_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define CK_HALVES_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CK_HALVES_HIGH(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

// Stores the columns of eight rows as rows; the registers are used up.
CK_INLINE void transpose_registers(half_vf r[8], float *to, long to_row) {
  half_vf s[8];
  CK_UNROLL for (int i = 0; i < 4; i++) {
    s[2 * i] = CK_INTERLEAVE_LOW(r[2 * i], r[2 * i + 1]);
    s[2 * i + 1] = CK_INTERLEAVE_HIGH(r[2 * i], r[2 * i + 1]);
  }
  CK_UNROLL for (int i = 0; i < 2; i++) {
    r[4 * i] = CK_PAIRS_LOW(s[4 * i], s[4 * i + 2]);
    r[4 * i + 1] = CK_PAIRS_HIGH(s[4 * i], s[4 * i + 2]);
    r[4 * i + 2] = CK_PAIRS_LOW(s[4 * i + 1], s[4 * i + 3]);
    r[4 * i + 3] = CK_PAIRS_HIGH(s[4 * i + 1], s[4 * i + 3]);
  }
  CK_UNROLL for (int i = 0; i < 4; i++) {
    store_half(to + i * to_row, CK_HALVES_LOW(r[i], r[i + 4]));
    store_half(to + (i + 4) * to_row, CK_HALVES_HIGH(r[i], r[i + 4]));
  }
}

CK_INLINE void transpose_block(const float *from, long from_row, float *to, long to_row) {
  half_vf r[8];
  CK_UNROLL for (int i = 0; i < 8; i++) r[i] = load_half(from + i * from_row);
  transpose_registers(r, to, to_row);
}

static void transpose(
    long rows, long columns, const float *from, long from_row, float *to, long to_row) {
  if (rows < 8 || columns < 8) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) to[j * to_row + i] = from[i * from_row + j];
    }
    return;
  }
  // The last blocks overlap those before them.
  for (long start = 0; start < rows; start += 8) {
    const long i = start < rows - 8 ? start : rows - 8;
    for (long ahead = 0; ahead < columns; ahead += 8) {
      const long j = ahead < columns - 8 ? ahead : columns - 8;
      transpose_block(from + i * from_row + j, from_row, to + j * to_row + i, to_row);
    }
  }
}
