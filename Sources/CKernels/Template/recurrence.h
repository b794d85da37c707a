// The gated recurrent unit over a whole sequence, sixteen examples in the lanes.
//
//     r = σ(W_ir x + b_ir + W_hr h + b_hr)        n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))
//     z = σ(W_iz x + b_iz + W_hz h + b_hz)        h′ = n + z ∘ (h − n)
//
// Sixteen examples pass through all time steps before the next sixteen start. The two directions take their
// steps in turns, so that one computes while the other waits for its own last step.

// The steps whose gate gradients are kept before they are multiplied into the gradients of the weights: as many
// as fit the first-level cache.
#define CK_GRU_BLOCK 8

// What a unit saves of a step, and in the same places its gradients.
enum { CK_RESET, CK_UPDATE, CK_NEW, CK_HIDDEN_NEW, CK_GATES };

// Sixteen lanes of a batch. A last group of fewer examples lies against the batch's end, and those of its
// examples that the group before it holds too are not counted again.
typedef struct {
  long start, width;
  vi counted;
} ck_group;

CK_INLINE ck_group batch_group(long batch, long index) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const long start = 16 * index;
  if (batch < 16) return (ck_group){0, batch, lane < (int32_t)batch};
  if (start + 16 <= batch) return (ck_group){start, 16, lane >= 0};
  return (ck_group){batch - 16, 16, lane >= (int32_t)(start - (batch - 16))};
}
CK_INLINE vf load_group(const float *row, ck_group group) {
  return group.width == 16 ? load(row + group.start) : load_partial(row, group.width);
}
CK_INLINE void store_group(float *row, vf x, ck_group group) {
  if (group.width == 16) {
    store(row + group.start, x);
  } else {
    store_partial(row, x, group.width);
  }
}

// σ(x) within 2e-7 of the exact value: as ½ + ½ tanh(x / 2) it needs no exponential, and is not accurate
// relative to its size where that is tiny.
CK_INLINE void gate_sigmoids(const int count, vf *x) {
  CK_UNROLL for (int i = 0; i < count; i++) x[i] = splat(0.5f) * x[i];
  unbounded_tanhs(count, x);
  CK_UNROLL for (int i = 0; i < count; i++) x[i] = fma16(splat(0.5f), x[i], splat(0.5f));
}

// A direction's parameters, unit by unit: four biases (reset and update are sums), then the weights of the
// three gates for each input and each hidden unit.
static void pack_gru(long inputs, long hidden, ck_gru_parameters p, float *packed) {
  for (long j = 0; j < hidden; j++) {
    *packed++ = p.bias_ih[j] + p.bias_hh[j];
    *packed++ = p.bias_ih[hidden + j] + p.bias_hh[hidden + j];
    *packed++ = p.bias_ih[2 * hidden + j];
    *packed++ = p.bias_hh[2 * hidden + j];
    for (long i = 0; i < inputs; i++) {
      for (long g = 0; g < 3; g++) *packed++ = p.weight_ih[(g * hidden + j) * inputs + i];
    }
    for (long k = 0; k < hidden; k++) {
      for (long g = 0; g < 3; g++) *packed++ = p.weight_hh[(g * hidden + j) * hidden + k];
    }
  }
}

// One direction's step: its parameters, and where it finds the input and the state before.
typedef struct {
  const float *packed, *x, *h;
  float *next, *y, *gates;
} ck_gru_step;

// How many directions take a step together, as far as there are registers: each hides the other's latencies.
#define CK_GRU_TOGETHER (CK_REGISTER_LANES == 16 ? 2 : 1)

CK_INLINE void gru_steps(
    const int count, const long inputs, const long hidden, long batch, ck_group group,
    const ck_gru_step *steps) {
  ck_gru_step at[CK_GRU_TOGETHER];
  CK_UNROLL for (int d = 0; d < count; d++) at[d] = steps[d];
  for (long j = 0; j < hidden; j++) {
    vf gates[2 * CK_GRU_TOGETHER], n[CK_GRU_TOGETHER], hn[CK_GRU_TOGETHER];
    CK_UNROLL for (int d = 0; d < count; d++) {
      const float *packed = at[d].packed;
      gates[2 * d] = splat(packed[0]);
      gates[2 * d + 1] = splat(packed[1]);
      n[d] = splat(packed[2]);
      hn[d] = splat(packed[3]);
      at[d].packed += 4;
    }
    for (long i = 0; i < inputs; i++) {
      CK_UNROLL for (int d = 0; d < count; d++) {
        const vf value = load_group(at[d].x + i * batch, group);
        gates[2 * d] = fma16(splat(at[d].packed[0]), value, gates[2 * d]);
        gates[2 * d + 1] = fma16(splat(at[d].packed[1]), value, gates[2 * d + 1]);
        n[d] = fma16(splat(at[d].packed[2]), value, n[d]);
        at[d].packed += 3;
      }
    }
    for (long k = 0; k < hidden; k++) {
      CK_UNROLL for (int d = 0; d < count; d++) {
        const vf value = load(at[d].h + 16 * k);
        gates[2 * d] = fma16(splat(at[d].packed[0]), value, gates[2 * d]);
        gates[2 * d + 1] = fma16(splat(at[d].packed[1]), value, gates[2 * d + 1]);
        hn[d] = fma16(splat(at[d].packed[2]), value, hn[d]);
        at[d].packed += 3;
      }
    }
    gate_sigmoids(2 * count, gates);
    CK_UNROLL for (int d = 0; d < count; d++) n[d] = fma16(gates[2 * d], hn[d], n[d]);
    unbounded_tanhs(count, n);
    CK_UNROLL for (int d = 0; d < count; d++) {
      const vf result = fma16(gates[2 * d + 1], load(at[d].h + 16 * j) - n[d], n[d]);
      store(at[d].next + 16 * j, result);
      store(at[d].gates + 16 * CK_RESET, gates[2 * d]);
      store(at[d].gates + 16 * CK_UPDATE, gates[2 * d + 1]);
      store(at[d].gates + 16 * CK_NEW, n[d]);
      store(at[d].gates + 16 * CK_HIDDEN_NEW, hn[d]);
      at[d].gates += 16 * CK_GATES;
    }
  }
  // Not above, where a branch would keep the directions apart.
  for (int d = 0; d < count; d++) {
    for (long j = 0; j < hidden; j++) {
      store_group(steps[d].y + j * batch, load(steps[d].next + 16 * j), group);
    }
  }
}

static void gru_forward(
    ck_gru_shape shape, ck_gru_parameters forward, ck_gru_parameters reverse, const float *x,
    const float *initial, float *y, float *saved) {
  const long time = shape.time, inputs = shape.inputs, hidden = shape.hidden, batch = shape.batch;
  const long directions = reverse.weight_ih ? 2 : 1;
  const long weights = (hidden * (4 + 3 * (inputs + hidden)) + 15) / 16 * 16;
  const long step_gates = directions * hidden * CK_GATES * 16;
  float *packed = ck_workspace((int64_t)directions * (weights + 2 * 16 * hidden) + step_gates);
  float *states = packed + directions * weights, *unsaved = states + 2 * directions * hidden * 16;
  for (long d = 0; d < directions; d++) {
    pack_gru(inputs, hidden, d ? reverse : forward, packed + d * weights);
  }
  for (long index = 0; 16 * index < batch; index++) {
    const ck_group group = batch_group(batch, index);
    float *h = states, *next = states + directions * hidden * 16;
    for (long j = 0; j < directions * hidden; j++) {
      store(h + 16 * j, initial ? load_group(initial + j * batch, group) : splat(0));
    }
    for (long step = 0; step < time; step++) {
      ck_gru_step steps[2];
      for (long d = 0; d < directions; d++) {
        const long t = d ? time - 1 - step : step;
        steps[d] = (ck_gru_step){
            packed + d * weights, x + t * inputs * batch, h + d * hidden * 16,
            next + d * hidden * 16, y + (t * directions + d) * hidden * batch,
            (saved ? saved + (index * time + t) * step_gates : unsaved) + d * hidden * CK_GATES * 16};
      }
      if (directions == CK_GRU_TOGETHER) {
        gru_steps(CK_GRU_TOGETHER, inputs, hidden, batch, group, steps);
      } else {
        for (long d = 0; d < directions; d++) {
          gru_steps(1, inputs, hidden, batch, group, steps + d);
        }
      }
      float *last = h;
      h = next;
      next = last;
    }
  }
}

// The registers that hold sixteen lanes of a sum: one value of all lanes or, where registers hold four, four of them, so that
// the order in which they are worked on can be chosen.
#if CK_REGISTER_LANES == 4
typedef quarter_vf gate_lanes;
typedef float gate_lanes_unaligned __attribute__((ext_vector_type(4), aligned(4)));
CK_INLINE gate_lanes gate_fma(gate_lanes a, gate_lanes b, gate_lanes c) { return fma4(a, b, c); }
#else
typedef vf gate_lanes;
typedef vf_unaligned gate_lanes_unaligned;
CK_INLINE gate_lanes gate_fma(gate_lanes a, gate_lanes b, gate_lanes c) { return fma16(a, b, c); }
#endif
CK_INLINE gate_lanes load_gate(const float *p) { return *(const gate_lanes_unaligned *)p; }
CK_INLINE void store_gate(float *p, gate_lanes x) { *(gate_lanes_unaligned *)p = x; }
#define CK_PART (sizeof(gate_lanes) / sizeof(float))
#define CK_PARTS (16 / CK_PART)

// sum[c] += Σ over units and gates of weights[gate, unit, c] · gradient[unit, gate], for `columns` outputs.
CK_INLINE void gate_products(
    const int columns, const int last_gate, long hidden, long width, const float *weights,
    const float *gradients, float *sums) {
  gate_lanes sum[6][CK_PARTS];
#define CK_EACH                                   \
  CK_UNROLL for (int c = 0; c < columns; c++)     \
    CK_UNROLL for (size_t i = 0; i < CK_PARTS; i++)
  CK_EACH sum[c][i] = load_gate(sums + 16 * c + i * CK_PART);
  for (long j = 0; j < hidden; j++) {
    const float *gates = gradients + j * CK_GATES * 16, *row = weights + j * width;
    CK_UNROLL for (int g = 0; g < 3; g++) {
      gate_lanes gradient[CK_PARTS];
      CK_UNROLL for (size_t i = 0; i < CK_PARTS; i++) {
        gradient[i] = load_gate(gates + 16 * (g < 2 ? g : last_gate) + i * CK_PART);
      }
      CK_UNROLL for (int c = 0; c < columns; c++) {
        const gate_lanes weight = (gate_lanes)row[g * hidden * width + c];
        CK_UNROLL for (size_t i = 0; i < CK_PARTS; i++) {
          sum[c][i] = gate_fma(weight, gradient[i], sum[c][i]);
          CK_HERE(sum[c][i]);
        }
      }
    }
  }
  CK_EACH store_gate(sums + 16 * c + i * CK_PART, sum[c][i]);
#undef CK_EACH
}

CK_INLINE void add_gate_products(
    const int last_gate, long hidden, long width, const float *weights, const float *gradients,
    float *sums) {
  const int most = CK_REGISTER_LANES == 4 ? 3 : 6;
  long c = 0;
  for (; c + most <= width; c += most) {
    gate_products(most, last_gate, hidden, width, weights + c, gradients, sums + 16 * c);
  }
  for (; c + 2 <= width; c += 2) {
    gate_products(2, last_gate, hidden, width, weights + c, gradients, sums + 16 * c);
  }
  for (; c < width; c++) {
    gate_products(1, last_gate, hidden, width, weights + c, gradients, sums + 16 * c);
  }
}

// How many inputs or hidden units are multiplied with a unit's gates together, as far as there are registers.
#define CK_GRU_COLUMNS (CK_REGISTER_LANES == 16 ? 6 : CK_REGISTER_LANES == 8 ? 2 : 3)

// sums[c, gate] += Σₛ gradients[s, gate] · right[s, c] in each lane, for one unit.
CK_INLINE void gate_dots(
    const int columns, const int last_gate, long steps, long hidden, long width,
    const float *gradients, const float *right, float *sums) {
  for (size_t lane = 0; lane < 16; lane += CK_PART) {
    gate_lanes sum[CK_GRU_COLUMNS][3];
#define CK_EACH                               \
  CK_UNROLL for (int c = 0; c < columns; c++) \
    CK_UNROLL for (int g = 0; g < 3; g++)
    CK_EACH sum[c][g] = load_gate(sums + 16 * (3 * c + g) + lane);
    for (long s = 0; s < steps; s++) {
      const float *gates = gradients + s * hidden * CK_GATES * 16 + lane;
      gate_lanes gradient[3];
      CK_UNROLL for (int g = 0; g < 3; g++) {
        gradient[g] = load_gate(gates + 16 * (g < 2 ? g : last_gate));
      }
      CK_UNROLL for (int c = 0; c < columns; c++) {
        const gate_lanes value = load_gate(right + (s * width + c) * 16 + lane);
        CK_UNROLL for (int g = 0; g < 3; g++) {
          sum[c][g] = gate_fma(gradient[g], value, sum[c][g]);
          CK_HERE(sum[c][g]);
        }
      }
    }
    CK_EACH store_gate(sums + 16 * (3 * c + g) + lane, sum[c][g]);
#undef CK_EACH
  }
}

CK_INLINE void add_gate_dots(
    const int last_gate, long steps, long hidden, long width, const float *gradients,
    const float *right, float *sums) {
  for (long j = 0; j < hidden; j++) {
    const float *gates = gradients + j * CK_GATES * 16;
    long c = 0;
    for (; c + CK_GRU_COLUMNS <= width; c += CK_GRU_COLUMNS, sums += CK_GRU_COLUMNS * 3 * 16) {
      gate_dots(
          CK_GRU_COLUMNS, last_gate, steps, hidden, width, gates, right + 16 * c, sums);
    }
    for (; c + 2 <= width; c += 2, sums += 6 * 16) {
      gate_dots(2, last_gate, steps, hidden, width, gates, right + 16 * c, sums);
    }
    for (; c < width; c++, sums += 3 * 16) {
      gate_dots(1, last_gate, steps, hidden, width, gates, right + 16 * c, sums);
    }
  }
}

CK_INLINE void add_gate_sums(long steps, long hidden, const float *gradients, float *sums) {
  for (long j = 0; j < hidden * CK_GATES; j++) {
    vf sum = load(sums + 16 * j);
    for (long s = 0; s < steps; s++) {
      sum = sum + load(gradients + (s * hidden * CK_GATES + j) * 16);
    }
    store(sums + 16 * j, sum);
  }
}

// One direction's share of the scratch memory.
typedef struct {
  float *carry;      // [hidden] ∂/∂h from the step after
  float *gradients;  // [block, hidden, gates]
  float *states;     // [block, hidden] h before the step
  float *x;          // [block, inputs]
  float *dots_ih;    // [hidden, inputs, 3]
  float *dots_hh;    // [hidden, hidden, 3]
  float *sums;       // [hidden, gates]
} ck_gru_scratch;

// The gradients of the gates of one step, from ∂/∂y and what the step after carries back.
CK_INLINE void gru_step_back(
    const long hidden, long batch, ck_group group, const float *weight_hh, const float *saved,
    const float *h, const float *upstream, float *states, float *gradients, float *carry) {
  for (long j = 0; j < hidden; j++) {
    const float *gates = saved + j * CK_GATES * 16;
    vf r = load(gates + 16 * CK_RESET), z = load(gates + 16 * CK_UPDATE);
    vf n = load(gates + 16 * CK_NEW), hn = load(gates + 16 * CK_HIDDEN_NEW);
    vf before = h ? load_group(h + j * batch, group) : splat(0);
    vf dy = select(group.counted, load_group(upstream + j * batch, group), splat(0));
    vf dh = dy + load(carry + 16 * j);
    vf keep = dh * z;
    vf dn = (dh - keep) * fma16(-n, n, splat(1));
    vf dz = keep * (before - n) * (splat(1) - z);
    vf dhn = dn * r;
    vf dr = dhn * hn * (splat(1) - r);
    float *to = gradients + j * CK_GATES * 16;
    store(to + 16 * CK_RESET, dr);
    store(to + 16 * CK_UPDATE, dz);
    store(to + 16 * CK_NEW, dn);
    store(to + 16 * CK_HIDDEN_NEW, dhn);
    store(states + 16 * j, before);
    store(carry + 16 * j, keep);
  }
  add_gate_products(CK_HIDDEN_NEW, hidden, hidden, weight_hh, gradients, carry);
}

static void store_gru_gradients(
    long inputs, long hidden, ck_gru_scratch scratch, ck_gru_parameters to) {
  for (long j = 0; j < hidden; j++) {
    for (long g = 0; g < 3; g++) {
      const long row = g * hidden + j;
      for (long i = 0; i < inputs; i++) {
        to.weight_ih[row * inputs + i] =
            sum_lanes(load(scratch.dots_ih + ((j * inputs + i) * 3 + g) * 16));
      }
      for (long k = 0; k < hidden; k++) {
        to.weight_hh[row * hidden + k] =
            sum_lanes(load(scratch.dots_hh + ((j * hidden + k) * 3 + g) * 16));
      }
      const float *sums = scratch.sums + j * CK_GATES * 16;
      to.bias_ih[row] = sum_lanes(load(sums + 16 * g));
      to.bias_hh[row] = sum_lanes(load(sums + 16 * (g < 2 ? g : CK_HIDDEN_NEW)));
    }
  }
}

// Puts the sums of a block of terms, `count` floats, behind those of the blocks before it, of which neighbours are added
// first, as in a `ck_pairwise_sum`; `sums` starts again at 0.
static void fold_sums(long count, long *blocks, float *folded, float *sums) {
  float *end = folded + __builtin_popcountl((unsigned long)*blocks) * count;
  for (long n = (*blocks)++; n & 1; n >>= 1) {
    end -= count;
    for (long i = 0; i < count; i += 16) store(sums + i, load(end + i) + load(sums + i));
  }
  memcpy(end, sums, (size_t)count * sizeof(float));
  memset(sums, 0, (size_t)count * sizeof(float));
}

// Adds what has been folded to the sums of the last block.
static void unfold_sums(long count, long blocks, const float *folded, float *sums) {
  for (int i = __builtin_popcountl((unsigned long)blocks) - 1; i >= 0; i--) {
    for (long j = 0; j < count; j += 16) store(sums + j, load(folded + i * count + j) + load(sums + j));
  }
}

static void gru_backward(
    ck_gru_shape shape, ck_gru_parameters forward, ck_gru_parameters reverse, const float *x,
    const float *initial, const float *y, const float *saved, const float *upstream, float *dx,
    float *dinitial, ck_gru_parameters dforward, ck_gru_parameters dreverse) {
  const long time = shape.time, inputs = shape.inputs, hidden = shape.hidden, batch = shape.batch;
  const long directions = reverse.weight_ih ? 2 : 1;
  const long kept = hidden * (3 * (inputs + hidden) + CK_GATES);
  const long one = 16 * (hidden + CK_GRU_BLOCK * (hidden * CK_GATES + hidden + inputs) + kept);
  // The terms of a lane, one per step and group of examples. Blocks of them end after CK_GRU_BLOCK steps.
  const int64_t terms = (int64_t)((batch + 15) / 16) * time;
  const int is_long = terms > CK_LONGEST_CHAIN;
  int levels = 0;
  while (is_long && terms >> levels >= CK_LONGEST_CHAIN / 2) levels++;
  const long dx_size = dx ? time * inputs * 16 : 0;
  float *next = ck_workspace((int64_t)directions * (one + (int64_t)levels * 16 * kept) + dx_size);
  ck_gru_scratch scratch[2];
  for (long d = 0; d < directions; d++) {
    ck_gru_scratch *s = scratch + d;
    s->dots_ih = next;
    s->dots_hh = s->dots_ih + 16 * hidden * inputs * 3;
    s->sums = s->dots_hh + 16 * hidden * hidden * 3;
    s->carry = s->sums + 16 * hidden * CK_GATES;
    s->gradients = s->carry + 16 * hidden;
    s->states = s->gradients + 16 * CK_GRU_BLOCK * hidden * CK_GATES;
    s->x = s->states + 16 * CK_GRU_BLOCK * hidden;
    memset(next, 0, (size_t)kept * 16 * sizeof(float));
    next += one;
  }
  float *dx_group = next, *folded = next + dx_size;
  long taken = 0, blocks[2] = {0, 0};
  for (long index = 0; 16 * index < batch; index++) {
    const ck_group group = batch_group(batch, index);
    for (long d = 0; d < directions; d++) {
      memset(scratch[d].carry, 0, (size_t)hidden * 16 * sizeof(float));
    }
    if (dx) memset(dx_group, 0, (size_t)(time * inputs) * 16 * sizeof(float));
    for (long start = 0; start < time; start += CK_GRU_BLOCK) {
      const long steps = time - start < CK_GRU_BLOCK ? time - start : CK_GRU_BLOCK;
      for (long s = 0; s < steps; s++) {
        for (long d = 0; d < directions; d++) {
          const ck_gru_scratch to = scratch[d];
          const long t = d ? start + s : time - 1 - start - s;
          const long before = d ? t + 1 : t - 1;
          const float *h = before >= 0 && before < time
                               ? y + (before * directions + d) * hidden * batch
                           : initial ? initial + d * hidden * batch
                                     : NULL;
          float *gradients = to.gradients + s * hidden * CK_GATES * 16;
          gru_step_back(
              hidden, batch, group, (d ? reverse : forward).weight_hh,
              saved + ((index * time + t) * directions + d) * hidden * CK_GATES * 16, h,
              upstream + (t * directions + d) * hidden * batch, to.states + s * hidden * 16,
              gradients, to.carry);
          for (long i = 0; i < inputs; i++) {
            store(to.x + (s * inputs + i) * 16, load_group(x + (t * inputs + i) * batch, group));
          }
          if (dx) {
            add_gate_products(
                CK_NEW, hidden, inputs, (d ? reverse : forward).weight_ih, gradients,
                dx_group + t * inputs * 16);
          }
        }
      }
      for (long d = 0; d < directions; d++) {
        const ck_gru_scratch s = scratch[d];
        add_gate_dots(CK_NEW, steps, hidden, inputs, s.gradients, s.x, s.dots_ih);
        add_gate_dots(CK_HIDDEN_NEW, steps, hidden, hidden, s.gradients, s.states, s.dots_hh);
        add_gate_sums(steps, hidden, s.gradients, s.sums);
      }
      taken += steps;
      if (!is_long || taken + CK_GRU_BLOCK <= CK_LONGEST_CHAIN) continue;
      taken = 0;
      for (long d = 0; d < directions; d++) {
        fold_sums(16 * kept, blocks + d, folded + d * levels * 16 * kept, scratch[d].dots_ih);
      }
    }
    for (long row = 0; dx && row < time * inputs; row++) {
      float *to = dx + row * batch;
      vf old = index > 0 ? load_group(to, group) : splat(0);
      store_group(to, select(group.counted, load(dx_group + 16 * row), old), group);
    }
    for (long row = 0; dinitial && row < directions * hidden; row++) {
      float *to = dinitial + row * batch;
      vf old = index > 0 ? load_group(to, group) : splat(0);
      vf carry = load(scratch[row / hidden].carry + row % hidden * 16);
      store_group(to, select(group.counted, carry, old), group);
    }
  }
  for (long d = 0; d < directions; d++) {
    unfold_sums(16 * kept, blocks[d], folded + d * levels * 16 * kept, scratch[d].dots_ih);
    store_gru_gradients(inputs, hidden, scratch[d], d ? dreverse : dforward);
  }
}
