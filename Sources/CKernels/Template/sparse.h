// Products with few survivors: the batch in the lanes, up to four vectors of it at a time.

// relu as the dense product has it: a NaN stays one, so that a training that diverges is seen to.
CK_INLINE vf rectified(vf x) { return select(x <= splat(0), splat(0), x); }

// A line's sums over `vectors` vectors of the batch, of which the last one starts at `last`.
CK_INLINE void sparse_line(
    const int vectors, long first, long end, const int32_t *index, const int32_t *order,
    const float *values, long batch, const float *x, long last, const float *bias, int activation,
    float *y) {
  vf sum[4];
  CK_UNROLL for (int v = 0; v < vectors; v++) sum[v] = splat(0);
  for (long k = first; k < end; k++) {
    const vf value = splat(values[order[k]]);
    const float *row = x + index[k] * batch;
    CK_UNROLL for (int v = 0; v < vectors; v++) {
      sum[v] = fma16(value, load(row + (v == vectors - 1 ? last : 16 * v)), sum[v]);
    }
  }
  CK_UNROLL for (int v = 0; v < vectors; v++) {
    vf out = sum[v];
    if (bias) out = out + splat(*bias);
    if (activation) out = rectified(out);
    store(y + (v == vectors - 1 ? last : 16 * v), out);
  }
}

// Whether a line is longer than one chain.
CK_INLINE int is_long_line(long first, long end, const int32_t *index) {
  return first < end && index[end - 1] >= CK_LONGEST_CHAIN;
}

// Such a line: its blocks are those of the dense product.
static void sparse_long_line(
    long first, long end, const int32_t *index, const int32_t *order, const float *values,
    long batch, const float *x, const float *bias, int activation, float *y) {
  for (long n = 0; n < batch; n += 16) {
    const long width = batch - n < 16 ? batch - n : 16;
    ck_pairwise_sum sum;
    begin_sum(&sum);
    for (long k = first, start = 0; k < end; start += CK_LONGEST_CHAIN) {
      vf block = splat(0);
      for (; k < end && index[k] < start + CK_LONGEST_CHAIN; k++) {
        block = fma16(splat(values[order[k]]), load_partial(x + index[k] * batch + n, width), block);
      }
      add_block(&sum, block);
    }
    vf out = total_of_blocks(&sum);
    if (bias) out = out + splat(*bias);
    if (activation) out = rectified(out);
    store_partial(y + n, out, width);
  }
}

#define CK_SPARSE_LINE(V)                                                                          \
  case V:                                                                                          \
    sparse_line(                                                                                   \
        V, start[i], start[i + 1], index, order, values, batch, x + n, last, bias ? bias + i : NULL, \
        activation, y + i * batch + n);                                                            \
    break;

// Lanes never meet, so the last vector of a ragged batch overlaps the one before it. A batch under 16 is widened.
static void sparse_product(
    long lines, const int32_t *start, const int32_t *index, const int32_t *order,
    const float *values, long batch, const float *x, const float *bias, int activation, float *y) {
  if (batch < 16) {
    for (long i = 0; i < lines; i++) {
      if (is_long_line(start[i], start[i + 1], index)) {
        sparse_long_line(
            start[i], start[i + 1], index, order, values, batch, x, bias ? bias + i : NULL,
            activation, y + i * batch);
        continue;
      }
      vf sum = splat(0);
      for (long k = start[i]; k < start[i + 1]; k++) {
        sum = fma16(
            splat(values[order[k]]), load_partial(x + index[k] * batch, batch), sum);
      }
      if (bias) sum = sum + splat(bias[i]);
      if (activation) sum = rectified(sum);
      store_partial(y + i * batch, sum, batch);
    }
    return;
  }
  for (long n = 0; n < batch; n += 64) {
    const long width = batch - n < 64 ? batch - n : 64;
    // A group's last vector may reach back into the group before it.
    const long last = width - 16;
    for (long i = 0; i < lines; i++) {
      if (is_long_line(start[i], start[i + 1], index)) {
        if (n > 0) continue;
        sparse_long_line(
            start[i], start[i + 1], index, order, values, batch, x, bias ? bias + i : NULL,
            activation, y + i * batch);
        continue;
      }
      switch ((width + 15) / 16) {
        CK_SPARSE_LINE(1)
        CK_SPARSE_LINE(2)
        CK_SPARSE_LINE(3)
        CK_SPARSE_LINE(4)
      }
    }
  }
}

// Sixteen survivors of a line in the lanes: their rows of x are transposed, eight examples at a time.
static void sparse_gradient(
    long lines, const int32_t *start, const int32_t *index, const int32_t *order, long batch,
    const float *z, const float *x, float *g) {
  for (long i = 0; i < lines; i++, z += batch) {
    for (long k = start[i]; k < start[i + 1]; k += 16) {
      const long count = start[i + 1] - k < 16 ? start[i + 1] - k : 16;
      const float *rows[16];
      for (int j = 0; j < 16; j++) rows[j] = x + index[j < count ? k + j : k] * batch;
      ck_pairwise_sum total;
      begin_sum(&total);
      for (long n = 0; n == 0 || n < batch;) {
        const long block_end = batch - n < CK_LONGEST_CHAIN ? batch : n + CK_LONGEST_CHAIN;
        vf sum = splat(0);
        for (; n + 8 <= block_end; n += 8) {
          float block[8 * 16];
          half_vf r[8];
          for (int half = 0; half < 2; half++) {
            CK_UNROLL for (int j = 0; j < 8; j++) r[j] = load_half(rows[8 * half + j] + n);
            transpose_registers(r, block + 8 * half, 16);
          }
          CK_UNROLL for (int j = 0; j < 8; j++) {
            sum = fma16(splat(z[n + j]), load(block + 16 * j), sum);
          }
        }
        for (; n < block_end; n++) {
          vf column = splat(0);
          for (int j = 0; j < 16; j++) column[j] = rows[j][n];
          sum = fma16(splat(z[n]), column, sum);
        }
        add_block(&total, sum);
        if (n == 0) break;
      }
      const vf sum = total_of_blocks(&total);
      for (long j = 0; j < count; j++) g[order[k + j]] = sum[j];
    }
  }
}
