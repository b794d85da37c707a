// Matrix products, as contractions of one loop over the inner dimension.
//
// The lanes hold neighbouring columns of c. The columns of b that belong to a strip are copied to where they lie
// together, unless they can be read in place and so few rows of a share them that the copy is not repaid.

// The size of the copy, in floats: what the first-level cache holds beside the rest.
#define CK_PANEL 12288
// The most rows for which b is read in place; fewer if rows of b lie whole pages apart, where they would drive each
// other out of the cache.
#define CK_DIRECT_ROWS 128
#define CK_DIRECT_PAGED_ROWS 16

// `width` columns of b over `depth` terms, as rows `panel_row` apart.
CK_INLINE void pack_panel(
    ck_strip strip, long depth, const float *b, long b_row, long b_column, float *panel,
    long panel_row) {
  if (b_column != 1) {
    if (strip.width < CK_REGISTER_LANES) {
      memset(panel, 0, (size_t)(depth * panel_row) * sizeof(float));
    }
    transpose(strip.width, depth, b, b_column, panel, panel_row);
    return;
  }
  for (long p = 0; p < depth; p++, b += b_row, panel += panel_row) {
    if (strip.width < CK_REGISTER_LANES) {
      store_lanes(panel, load_few(b, strip.width));
      continue;
    }
    for (long j = 0; j + 1 < strip.vectors; j++) {
      store_lanes(panel + j * CK_REGISTER_LANES, load_lanes(b + j * CK_REGISTER_LANES));
    }
    store_lanes(panel + strip.last, load_lanes(b + strip.last));
  }
}

CK_INLINE long whole_lanes(long count) {
  return (count + CK_REGISTER_LANES - 1) / CK_REGISTER_LANES * CK_REGISTER_LANES;
}

static void matmul(
    long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long b_row,
    long b_column, float *c, long c_row, const float *bias, int activation) {
  if (a_row == 1 && m >= CK_REGISTER_LANES && whole_lanes(m) * n <= whole_lanes(n) * m * 7 / 8) {
    // Columns would leave lanes empty, so the lanes hold neighbouring rows, and what comes out is turned.
    float *turned = ck_workspace((int64_t)n * m);
    const ck_contraction terms = {
        .outer = 1, .inner = k, .weight_inner = b_row, .weight_row = b_column,
        .from_inner = a_column, .to_row = m};
    contract(n, m, terms, (ck_operands){b, a, turned, bias, NULL, activation, 0});
    transpose(n, m, turned, m, c, c_row);
    return;
  }
  const long most_direct = b_row % 1024 == 0 ? CK_DIRECT_PAGED_ROWS : CK_DIRECT_ROWS;
  const int direct = b_column == 1 && n >= CK_REGISTER_LANES && m <= most_direct;
  const long strips = strip_count(n);
  ck_guess guess = {0};
  for (long index = 0; index < strips; index++) {
    const ck_strip strip = strip_at(index, n);
    const long panel_row = (strip.width + 15) / 16 * 16;
    const long depth = CK_PANEL / panel_row;
    float *panel = direct ? NULL : ck_workspace(CK_PANEL);
    for (long start = 0; start == 0 || start < k; start += depth) {
      const long taken = k - start < depth ? k - start : depth;
      const int last = start + taken >= k;
      const float *right = b + start * b_row + strip.first * b_column;
      if (!direct) pack_panel(strip, taken, right, b_row, b_column, panel, panel_row);
      const ck_contraction terms = {
          .outer = 1, .inner = taken, .weight_inner = a_column, .weight_row = a_row,
          .from_inner = direct ? b_row : panel_row, .to_row = c_row};
      const ck_operands operands = {
          a + start * a_column, direct ? right : panel, c + strip.first, NULL,
          last && bias ? bias + strip.first : NULL, last && activation, start > 0};
      contract_strip(m, &terms, &operands, &strip, &guess);
    }
  }
  end_guess(&guess);
}
