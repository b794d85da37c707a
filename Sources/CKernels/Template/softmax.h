// Softmax and its cross-entropy, sixteen examples in the lanes whichever way the batch lies.

// The logits of up to sixteen examples as rows of sixteen lanes, from or to memory in either layout.
static void load_examples(
    int layout, long batch, long classes, long start, long width, const float *from, float *rows) {
  if (layout == CK_BATCH_FIRST) {
    transpose(width, classes, from + start * classes, classes, rows, 16);
    return;
  }
  for (long c = 0; c < classes; c++) {
    const float *row = from + c * batch + start;
    store(rows + 16 * c, width == 16 ? load(row) : load_partial(row, width));
  }
}
static void store_examples(
    int layout, long batch, long classes, long start, long width, const float *rows, float *to) {
  if (layout == CK_BATCH_FIRST) {
    transpose(classes, width, rows, 16, to + start * classes, classes);
    return;
  }
  for (long c = 0; c < classes; c++) {
    float *row = to + c * batch + start;
    if (width == 16) {
      store(row, load(rows + 16 * c));
    } else {
      store_partial(row, load(rows + 16 * c), width);
    }
  }
}

// Subtracts the largest of the rows from each; an infinite or undefined one makes a lane undefined.
CK_INLINE void subtract_maximum(long classes, float *rows) {
  vf largest = load(rows);
  for (long c = 1; c < classes; c++) {
    vf logit = load(rows + 16 * c);
    largest = select(logit > largest, logit, largest);
  }
  for (long c = 0; c < classes; c++) store(rows + 16 * c, load(rows + 16 * c) - largest);
}

// The sum of the exponentials of the rows, which take the rows' place if `kept`.
CK_INLINE vf sum_of_exponentials(const int kept, long classes, float *rows) {
  ck_pairwise_sum sum;
  begin_sum(&sum);
  for (long start = 0; start < classes; start += block_terms(classes)) {
    const long rest = classes - start, size = block_terms(classes);
    vf block = splat(0);
    for (long c = start; c < start + (rest < size ? rest : size); c++) {
      const vf power = v_exp(load(rows + 16 * c));
      block = block + power;
      if (kept) store(rows + 16 * c, power);
    }
    add_block(&sum, block);
  }
  return total_of_blocks(&sum);
}

static void softmax_cross_entropy(
    int layout, long batch, long classes, const float *logits, const int32_t *labels, float *loss,
    float *gradient) {
  float *rows = ck_workspace((int64_t)16 * classes);
  memset(rows, 0, (size_t)classes * 16 * sizeof(float));
  const vf share = splat(1.0f / (float)batch);
  // The losses, a block of vectors after another.
  ck_pairwise_sum total;
  begin_sum(&total);
  vf block = splat(0);
  const long block_end = 16 * block_terms((batch + 15) / 16);
  for (long start = 0; start < batch; start += 16) {
    const long width = batch - start < 16 ? batch - start : 16;
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vi label = lane & 0;
    memcpy(&label, labels + start, (size_t)width * sizeof(int32_t));
    load_examples(layout, batch, classes, start, width, logits, rows);
    subtract_maximum(classes, rows);
    vf chosen = splat(0);
    for (long c = 0; c < classes; c++) {
      chosen = select(label == (int32_t)c, load(rows + 16 * c), chosen);
    }
    const vf sum = sum_of_exponentials(1, classes, rows);
    block = block + select(lane < (int32_t)width, v_log(sum) - chosen, splat(0));
    if ((start + 16) % block_end == 0 || start + 16 >= batch) {
      add_block(&total, block);
      block = splat(0);
    }
    if (!gradient) continue;
    vf scale = share / sum;
    for (long c = 0; c < classes; c++) {
      vf one = select(label == (int32_t)c, share, splat(0));
      store(rows + 16 * c, fma16(load(rows + 16 * c), scale, -one));
    }
    store_examples(layout, batch, classes, start, width, rows, gradient);
  }
  *loss = sum_lanes(total_of_blocks(&total)) / (float)batch;
}

static void log_softmax(int layout, long batch, long classes, const float *logits, float *y) {
  float *rows = ck_workspace((int64_t)16 * classes);
  memset(rows, 0, (size_t)classes * 16 * sizeof(float));
  for (long start = 0; start < batch; start += 16) {
    const long width = batch - start < 16 ? batch - start : 16;
    load_examples(layout, batch, classes, start, width, logits, rows);
    subtract_maximum(classes, rows);
    const vf logarithm = v_log(sum_of_exponentials(0, classes, rows));
    for (long c = 0; c < classes; c++) store(rows + 16 * c, load(rows + 16 * c) - logarithm);
    store_examples(layout, batch, classes, start, width, rows, y);
  }
}

static void softmax(long batch, long classes, const float *logits, float *y) {
  float *rows = ck_workspace((int64_t)16 * classes);
  memset(rows, 0, (size_t)classes * 16 * sizeof(float));
  for (long start = 0; start < batch; start += 16) {
    const long width = batch - start < 16 ? batch - start : 16;
    load_examples(CK_BATCH_FIRST, batch, classes, start, width, logits, rows);
    subtract_maximum(classes, rows);
    const vf scale = splat(1) / sum_of_exponentials(1, classes, rows);
    for (long c = 0; c < classes; c++) store(rows + 16 * c, load(rows + 16 * c) * scale);
    store_examples(CK_BATCH_FIRST, batch, classes, start, width, rows, y);
  }
}

static void softmax_gradient(
    long batch, long classes, const float *y, const float *dy, float *dx) {
  for (long n = 0; n < batch; n++, y += classes, dy += classes, dx += classes) {
    ck_pairwise_sum sum;
    begin_sum(&sum);
    const long vectors = (classes + 15) / 16, size = block_terms(vectors);
    for (long start = 0; start < vectors; start += size) {
      const long end = start + size < vectors ? start + size : vectors;
      vf block = splat(0);
      for (long v = start; v < end; v++) {
        const long at = 16 * v, width = classes - at;
        block = fma16(load_first(y + at, width), load_first(dy + at, width), block);
      }
      add_block(&sum, block);
    }
    const vf mean = splat(sum_lanes(total_of_blocks(&sum)));
    for (long at = 0; at < classes; at += 16) {
      const long width = classes - at;
      store_first(
          dx + at, load_first(y + at, width) * (load_first(dy + at, width) - mean), width);
    }
  }
}
