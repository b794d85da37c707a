// Sums of products of a scalar and a vector over two nested loops, in which convolutions and matrix products are
// the same: to[r, c] = f(Σ weight[r] · from[c] + bias), r being the row of an output and c its place in the row.
//
// A tile holds some rows × up to four registers. Each output is one chain of fused multiply-adds in the order of
// the loops, however the work is tiled, and lanes never meet: so the last register of a ragged row overlaps the
// one before it, computing a few outputs twice.

typedef float lanes __attribute__((ext_vector_type(CK_REGISTER_LANES)));
typedef int32_t lane_mask __attribute__((ext_vector_type(CK_REGISTER_LANES)));
typedef float lanes_unaligned __attribute__((ext_vector_type(CK_REGISTER_LANES), aligned(4)));

CK_INLINE lanes load_lanes(const float *p) { return *(const lanes_unaligned *)p; }
CK_INLINE void store_lanes(float *p, lanes x) { *(lanes_unaligned *)p = x; }

// The first `width` lanes of memory, and to memory.
CK_INLINE lanes load_few(const float *p, long width) {
  const vf wide = load_partial(p, width);
  return load_lanes((const float *)&wide);
}
CK_INLINE void store_few(float *p, lanes x, long width) {
  vf wide = splat(0);
  store_lanes((float *)&wide, x);
  store_partial(p, wide, width);
}

// The most rows and registers in a tile, as far as there are accumulators.
#define CK_TILE_ROWS 12
#define CK_TILE_VECTORS (CK_ACCUMULATORS < 12 ? 4 : CK_ACCUMULATORS < 24 ? 2 : 3)

// `outer` × `inner` terms; steps are in elements.
typedef struct {
  long outer, inner;
  long weight_outer, weight_inner, weight_row;
  long from_outer, from_inner, to_row;
} ck_contraction;

typedef struct {
  const float *weight, *from;
  float *to;
  const float *row_bias, *column_bias;  // or NULL
  int activation;                       // 1 for relu
  int continued;                        // `to` holds the sums so far
} ck_operands;

// Some neighbouring registers of a row: all but the last, which begins `last` elements behind the first, follow
// each other. A row that is shorter than a register has one of `width` lanes.
typedef struct {
  long first, vectors, last, width;
} ck_strip;

CK_INLINE long strip_count(long length) {
  const long vectors = (length + CK_REGISTER_LANES - 1) / CK_REGISTER_LANES;
  return (vectors + CK_TILE_VECTORS - 1) / CK_TILE_VECTORS;
}

// Strips are of nearly equal width: a narrow one would have to wait for its own sums.
CK_INLINE ck_strip strip_at(long index, long length) {
  const long vectors = (length + CK_REGISTER_LANES - 1) / CK_REGISTER_LANES, count = strip_count(length);
  const long start = index * vectors / count, end = (index + 1) * vectors / count;
  if (length < CK_REGISTER_LANES) return (ck_strip){0, 1, 0, length};
  const long ragged = length - CK_REGISTER_LANES, whole = (end - 1) * CK_REGISTER_LANES;
  const long last = whole < ragged ? whole : ragged;
  const long first = end - start == 1 ? last : start * CK_REGISTER_LANES;
  return (ck_strip){first, end - start, last - first, last - first + CK_REGISTER_LANES};
}

#include "guess.h"

// The rows from `row` on. `width` is that of the strip if it is less than a register, else 0.
CK_INLINE void contraction_tile(
    const int rows, const int vectors, const ck_contraction *n, const ck_operands *at, long row,
    long last, const long width, const ck_guess *guess) {
  lanes sum[CK_TILE_ROWS][CK_TILE_VECTORS];
  long lane[CK_TILE_VECTORS];
#define CK_EACH                                        \
  CK_UNROLL for (int i = 0; i < rows; i++) CK_UNROLL for (int j = 0; j < vectors; j++)
  CK_UNROLL for (int j = 0; j < vectors; j++) {
    lane[j] = j == vectors - 1 ? last : j * CK_REGISTER_LANES;
  }
  float *const first_to = at->to + row * n->to_row;
  int is_guessed = guess != NULL;
  CK_UNROLL for (int i = 0; i < rows; i++) {
    const float *to = at->continued ? first_to + i * n->to_row : NULL;
    is_guessed = is_guessed && guess_row(vectors, guess, row + i, to, lane, sum[i]);
  }
  if (!is_guessed) {
    CK_EACH sum[i][j] = (lanes)0.0f;
    if (at->continued) {
      CK_EACH {
        const float *to = first_to + i * n->to_row + lane[j];
        sum[i][j] = width ? load_few(to, width) : load_lanes(to);
      }
    }
    const long weight_row = n->weight_row;
    for (long p = 0; p < n->outer; p++) {
      const float *from = at->from + p * n->from_outer;
      // One pointer for four rows is what addresses can express without arithmetic.
      const float *weight[CK_TILE_ROWS / 4];
      CK_UNROLL for (int g = 0; 4 * g < rows; g++) {
        weight[g] = at->weight + p * n->weight_outer + (row + 4 * g) * weight_row;
      }
      for (long q = 0; q < n->inner; q++) {
        lanes right[CK_TILE_VECTORS];
        CK_UNROLL for (int j = 0; j < vectors; j++) right[j] = load_lanes(from + lane[j]);
        CK_UNROLL for (int i = 0; i < rows; i++) {
          const lanes left = (lanes)weight[i / 4][i % 4 * weight_row];
          CK_UNROLL for (int j = 0; j < vectors; j++) {
            sum[i][j] = CK_FMA_LANES(left, right[j], sum[i][j]);
            CK_HERE(sum[i][j]);
          }
        }
        CK_UNROLL for (int g = 0; 4 * g < rows; g++) weight[g] += n->weight_inner;
        from += n->from_inner;
      }
    }
  }
  if (at->row_bias) {
    CK_EACH sum[i][j] = sum[i][j] + (lanes)at->row_bias[row + i];
  }
  if (at->column_bias) {
    CK_EACH {
      const float *bias = at->column_bias + lane[j];
      sum[i][j] = sum[i][j] + (width ? load_few(bias, width) : load_lanes(bias));
    }
  }
  if (at->activation) {
    // A NaN stays one.
    CK_EACH sum[i][j] = (lanes)(~(sum[i][j] <= (lanes)0.0f) & (lane_mask)sum[i][j]);
  }
  CK_EACH {
    float *to = first_to + i * n->to_row + lane[j];
    if (width) {
      store_few(to, sum[i][j], width);
    } else {
      store_lanes(to, sum[i][j]);
    }
  }
#undef CK_EACH
}

// A browser's compiler gives a function of this many tiles fewer registers than a small one, so that there each is a
// function of its own; elsewhere they are parts of their caller.
#if CK_REGISTER_LANES == 4
#define CK_TILE_FUNCTION(R, V)                                                                      \
  static __attribute__((noinline)) void tile_##R##_##V(                                             \
      const ck_contraction *n, const ck_operands *at, long row, long last,                          \
      const ck_guess *guess) {                                                                      \
    if (R * V <= CK_ACCUMULATORS) contraction_tile(R, V, n, at, row, last, 0, guess);               \
  }                                                                                                 \
  static __attribute__((noinline, unused)) void narrow_tile_##R##_##V(                              \
      const ck_contraction *n, const ck_operands *at, long row, long last, long width) {            \
    if (V == 1) contraction_tile(R, V, n, at, row, last, width, NULL);                              \
  }
#define CK_TILE_FUNCTIONS(V)                                                                        \
  CK_TILE_FUNCTION(1, V) CK_TILE_FUNCTION(2, V) CK_TILE_FUNCTION(3, V) CK_TILE_FUNCTION(4, V)       \
  CK_TILE_FUNCTION(5, V) CK_TILE_FUNCTION(6, V) CK_TILE_FUNCTION(7, V) CK_TILE_FUNCTION(8, V)       \
  CK_TILE_FUNCTION(9, V) CK_TILE_FUNCTION(10, V) CK_TILE_FUNCTION(11, V) CK_TILE_FUNCTION(12, V)
CK_TILE_FUNCTIONS(1)
CK_TILE_FUNCTIONS(2)
CK_TILE_FUNCTIONS(3)
CK_TILE_FUNCTIONS(4)
#define CK_TILE(R)                                                                                  \
  case R:                                                                                           \
    if (R * vectors <= CK_ACCUMULATORS) {                                                           \
      if (width) {                                                                                  \
        narrow_tile_##R##_1(n, at, row, last, width);                                               \
      } else if (vectors == 1) {                                                                    \
        tile_##R##_1(n, at, row, last, guess);                                                      \
      } else if (vectors == 2) {                                                                    \
        tile_##R##_2(n, at, row, last, guess);                                                      \
      } else if (vectors == 3) {                                                                    \
        tile_##R##_3(n, at, row, last, guess);                                                      \
      } else {                                                                                      \
        tile_##R##_4(n, at, row, last, guess);                                                      \
      }                                                                                             \
    }                                                                                               \
    break;
#else
#define CK_TILE(R)                                                                       \
  case R:                                                                                \
    if (R * vectors <= CK_ACCUMULATORS) {                                                \
      contraction_tile(R, vectors, n, at, row, last, width, guess);                      \
    }                                                                                    \
    break;
#endif

// All rows of a strip of `vectors` registers, in tiles of nearly equal height.
CK_INLINE void contract_tiles(
    const int vectors, long rows, const ck_contraction *n, const ck_operands *at, long last,
    const long width, const ck_guess *guess) {
  long most = CK_ACCUMULATORS / vectors;
  if (most > CK_TILE_ROWS) most = CK_TILE_ROWS;
  long row = 0;
  for (long tiles = (rows + most - 1) / most; tiles > 0; tiles--) {
    const long taken = (rows - row + tiles - 1) / tiles;
    switch (taken) {
      CK_TILE(1) CK_TILE(2) CK_TILE(3) CK_TILE(4) CK_TILE(5) CK_TILE(6)
      CK_TILE(7) CK_TILE(8) CK_TILE(9) CK_TILE(10) CK_TILE(11) CK_TILE(12)
    }
    row += taken;
  }
}
#undef CK_TILE

// All rows of one strip, at whose beginning the operands are.
static void contract_strip(
    long rows, const ck_contraction *n, const ck_operands *at, const ck_strip *strip,
    ck_guess *guess) {
  if (strip->width < CK_REGISTER_LANES) {
    contract_tiles(1, rows, n, at, 0, strip->width, NULL);
    return;
  }
  const ck_guess *guessing = may_guess(guess, rows, n, at, strip);
  if (strip->vectors == 1) {
    contract_tiles(1, rows, n, at, 0, 0, guessing);
  } else if (CK_TILE_VECTORS == 2 || strip->vectors == 2) {
    contract_tiles(2, rows, n, at, strip->last, 0, guessing);
  } else if (CK_TILE_VECTORS == 3 || strip->vectors == 3) {
    contract_tiles(3, rows, n, at, strip->last, 0, guessing);
  } else {
    contract_tiles(4, rows, n, at, strip->last, 0, guessing);
  }
}

// `rows` rows of `length` outputs each, at least as many as a register holds; `from` holds as many.
static void contract(long rows, long length, ck_contraction n, ck_operands at) {
  if (n.inner == 1) {
    // One loop is faster than two, and the order is the same.
    n.inner = n.outer;
    n.weight_inner = n.weight_outer;
    n.from_inner = n.from_outer;
    n.outer = 1;
  }
  ck_guess guess = {0};
  const long strips = strip_count(length);
  for (long index = 0; index < strips; index++) {
    const ck_strip strip = strip_at(index, length);
    ck_operands here = at;
    here.from += strip.first;
    here.to += strip.first;
    contract_strip(rows, &n, &here, &strip, &guess);
  }
  end_guess(&guess);
}
