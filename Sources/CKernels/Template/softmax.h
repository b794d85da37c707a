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

static void softmax_cross_entropy(
    int layout, long batch, long classes, const float *logits, const int32_t *labels, float *loss,
    float *gradient) {
  float *rows = ck_workspace(16 * classes);
  memset(rows, 0, (size_t)classes * 16 * sizeof(float));
  const vf share = splat(1.0f / (float)batch);
  vf total = splat(0);
  for (long start = 0; start < batch; start += 16) {
    const long width = batch - start < 16 ? batch - start : 16;
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vi label = lane & 0;
    memcpy(&label, labels + start, (size_t)width * sizeof(int32_t));
    load_examples(layout, batch, classes, start, width, logits, rows);
    subtract_maximum(classes, rows);
    vf sum = splat(0), chosen = splat(0);
    for (long c = 0; c < classes; c++) {
      vf logit = load(rows + 16 * c);
      vf power = v_exp(logit);
      sum = sum + power;
      chosen = select(label == (int32_t)c, logit, chosen);
      store(rows + 16 * c, power);
    }
    total = total + select(lane < (int32_t)width, v_log(sum) - chosen, splat(0));
    if (!gradient) continue;
    vf scale = share / sum;
    for (long c = 0; c < classes; c++) {
      vf one = select(label == (int32_t)c, share, splat(0));
      store(rows + 16 * c, fma16(load(rows + 16 * c), scale, -one));
    }
    store_examples(layout, batch, classes, start, width, rows, gradient);
  }
  *loss = sum_lanes(total) / (float)batch;
}

static void log_softmax(int layout, long batch, long classes, const float *logits, float *y) {
  float *rows = ck_workspace(16 * classes);
  memset(rows, 0, (size_t)classes * 16 * sizeof(float));
  for (long start = 0; start < batch; start += 16) {
    const long width = batch - start < 16 ? batch - start : 16;
    load_examples(layout, batch, classes, start, width, logits, rows);
    subtract_maximum(classes, rows);
    vf sum = splat(0);
    for (long c = 0; c < classes; c++) sum = sum + v_exp(load(rows + 16 * c));
    vf logarithm = v_log(sum);
    for (long c = 0; c < classes; c++) store(rows + 16 * c, load(rows + 16 * c) - logarithm);
    store_examples(layout, batch, classes, start, width, rows, y);
  }
}
