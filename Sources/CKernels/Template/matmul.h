// Matrix products: panels of 16 columns of b, register tiles of CK_TILE_ROWS × (16 · CK_TILE_COLUMNS) outputs.
//
// Each output is one chain of fused multiply-adds in the order of the inner dimension, however the work is tiled.

// As many terms as keep a panel of b in the first-level cache.
#define CK_DEPTH 256

typedef struct {
  const float *bias;
  int activation;
} ck_epilogue;

// rows × (16 · columns) outputs over k terms. Panels of b are b_panel apart and rows of a panel b_row.
// `continued`: c holds the sum so far.
CK_INLINE void matmul_tile(
    const int rows, const int columns, long k, const float *a, long a_row, long a_column,
    const float *b, long b_row, long b_panel, float *c, long c_row, long width, int continued,
    const ck_epilogue *epilogue) {
  vf sum[CK_TILE_ROWS][CK_TILE_COLUMNS];
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK_UNROLL for (int j = 0; j < columns; j++) {
      long valid = width - 16 * j;
      sum[i][j] = !continued ? splat(0)
                  : valid >= 16 ? load(c + i * c_row + 16 * j)
                                : load_partial(c + i * c_row + 16 * j, valid);
    }
  }
  for (long p = 0; p < k; p++) {
    vf right[CK_TILE_COLUMNS];
    CK_UNROLL for (int j = 0; j < columns; j++) right[j] = load(b + p * b_row + j * b_panel);
    CK_UNROLL for (int i = 0; i < rows; i++) {
      vf left = splat(a[i * a_row + p * a_column]);
      CK_UNROLL for (int j = 0; j < columns; j++) sum[i][j] = fma16(left, right[j], sum[i][j]);
    }
  }
  CK_UNROLL for (int j = 0; j < columns; j++) {
    long valid = width - 16 * j;
    vf bias = splat(0);
    if (epilogue && epilogue->bias) {
      bias = valid >= 16 ? load(epilogue->bias + 16 * j)
                         : load_partial(epilogue->bias + 16 * j, valid);
    }
    CK_UNROLL for (int i = 0; i < rows; i++) {
      vf y = sum[i][j];
      if (epilogue) {
        if (epilogue->bias) y = y + bias;
        if (epilogue->activation) y = select(y > splat(0), y, splat(0));
      }
      if (valid >= 16) {
        store(c + i * c_row + 16 * j, y);
      } else {
        store_partial(c + i * c_row + 16 * j, y, valid);
      }
    }
  }
}

#define CK_MATMUL_ROWS(R)                                                                       \
  case R:                                                                                       \
    matmul_tile(                                                                                \
        R, columns, k, a, a_row, a_column, b, b_row, b_panel, c, c_row, width, continued, end); \
    break;

CK_INLINE void matmul_panel(
    const int columns, long m, long k, const float *a, long a_row, long a_column, const float *b,
    long b_row, long b_panel, float *c, long c_row, long width, int continued,
    const ck_epilogue *end) {
  for (; m >= CK_TILE_ROWS; m -= CK_TILE_ROWS) {
    matmul_tile(
        CK_TILE_ROWS, columns, k, a, a_row, a_column, b, b_row, b_panel, c, c_row, width, continued,
        end);
    a += CK_TILE_ROWS * a_row;
    c += CK_TILE_ROWS * c_row;
  }
  switch (m) {
    CK_MATMUL_ROWS(1)
#if CK_TILE_ROWS > 2
    CK_MATMUL_ROWS(2)
    CK_MATMUL_ROWS(3)
    CK_MATMUL_ROWS(4)
    CK_MATMUL_ROWS(5)
#endif
#if CK_TILE_ROWS > 6
    CK_MATMUL_ROWS(6)
    CK_MATMUL_ROWS(7)
#endif
  }
}

// One panel of b, `width` ≤ 16 columns over k terms, as rows of 16 with zeros behind the last column.
CK_INLINE void pack_panel(
    long width, long k, const float *b, long b_row, long b_column, float *panel) {
  if (b_column == 1) {
    for (long p = 0; p < k; p++) {
      store(panel + 16 * p,
            width == 16 ? load(b + p * b_row) : load_partial(b + p * b_row, width));
    }
    return;
  }
  if (width < 16) memset(panel, 0, (size_t)k * 16 * sizeof(float));
  transpose(width, k, b, b_column, panel, 16);
}

static void matmul(
    long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long b_row,
    long b_column, float *c, long c_row, const float *bias, int activation) {
  const long group = 16 * CK_TILE_COLUMNS;
  float *packed = ck_workspace(group * CK_DEPTH);
  // A few rows do not repay the packing of a whole b.
  const int direct = b_column == 1 && m <= 4;
  for (long start = 0; start == 0 || start < k; start += CK_DEPTH) {
    const long depth = k - start < CK_DEPTH ? k - start : CK_DEPTH;
    const int last = start + depth >= k;
    for (long j = 0; j < n; j += group) {
      const long width = n - j < group ? n - j : group;
      const float *source = b + start * b_row + j * b_column;
      const float *panel = packed;
      long panel_row = 16, panel_step = 16 * depth;
      if (direct && width % 16 == 0) {
        panel = source;
        panel_row = b_row;
        panel_step = 16;
      } else {
        for (long q = 0; q < width; q += 16) {
          pack_panel(
              width - q < 16 ? width - q : 16, depth, source + q * b_column, b_row, b_column,
              packed + q * depth);
        }
      }
      ck_epilogue epilogue = {bias ? bias + j : NULL, activation};
      const ck_epilogue *end = last && (bias || activation) ? &epilogue : NULL;
      const float *left = a + start * a_column;
#if CK_TILE_COLUMNS > 2
      if (width > 32) {
        matmul_panel(
            3, m, depth, left, a_row, a_column, panel, panel_row, panel_step, c + j, c_row, width,
            start > 0, end);
        continue;
      }
      if (width > 16) {
        matmul_panel(
            2, m, depth, left, a_row, a_column, panel, panel_row, panel_step, c + j, c_row, width,
            start > 0, end);
        continue;
      }
#endif
      matmul_panel(
          1, m, depth, left, a_row, a_column, panel, panel_row, panel_step, c + j, c_row, width,
          start > 0, end);
    }
  }
}
