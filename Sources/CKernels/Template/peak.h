// Chains of fused multiply-adds that fill the registers and touch no memory: the machine's peak.

// A multiple of what any instruction set holds in its accumulators.
#define CK_PEAK_COUNT 384

static void multiply_add(long steps, float a, float b, float *x) {
  const lanes factor = (lanes)a, term = (lanes)b;
  for (long start = 0; start < CK_PEAK_COUNT; start += CK_ACCUMULATORS * CK_REGISTER_LANES) {
    lanes chain[CK_ACCUMULATORS];
    CK_UNROLL for (int i = 0; i < CK_ACCUMULATORS; i++) {
      chain[i] = load_lanes(x + start + i * CK_REGISTER_LANES);
    }
    for (long step = 0; step < steps; step++) {
      CK_UNROLL for (int i = 0; i < CK_ACCUMULATORS; i++) {
        chain[i] = CK_FMA_LANES(factor, chain[i], term);
      }
    }
    CK_UNROLL for (int i = 0; i < CK_ACCUMULATORS; i++) {
      store_lanes(x + start + i * CK_REGISTER_LANES, chain[i]);
    }
  }
}

_Static_assert(
    CK_PEAK_COUNT % (CK_ACCUMULATORS * CK_REGISTER_LANES) == 0, "elements would be left over");
