// Optimizer updates, one pass each.

// Denormal moments would slow every further step down, so tiny ones are set to 0, but only where no update can tell.
#define CK_TINY 1e-35f

// Sets tiny steps to 0 that, `reach` times as large, do not reach the parameter. An undefined product does.
CK_INLINE vf flush_step(vf step, float reach, vf parameter) {
  const vf size = magnitude(step);
  const vi lost = (size < splat(CK_TINY)) & (size * splat(reach) < magnitude(parameter));
  return select(lost, splat(0), step);
}

// A parameter does not change by less than 2⁻²⁵ of itself. Steps that go on for ever add up to 1 / (what the moment
// takes up of each) times a single one.
CK_INLINE float reach_of_step(float rate, double share) {
  return share > 0 ? (float)(0x1p26 * __builtin_fabs((double)rate) / share) : __builtin_inff();
}

// Below which a mean of squares may be set to 0: a mean that takes up no more than this each time stays below
// (2⁻²⁶ ε)², and its root adds nothing to ε.
CK_INLINE float tiny_square(float share, float epsilon) {
  const double least = 0x1p-26 * (double)epsilon, bound = (double)share * (least * least);
  return bound < (double)CK_TINY ? (float)bound : CK_TINY;
}

CK_INLINE vf decayed(vf gradient, vf parameter, float decay) {
  return decay == 0 ? gradient : fma16(splat(decay), parameter, gradient);
}

static void adam(
    long count, float *p, const float *g, float *m, float *v, float rate, float first, float beta2,
    float second, float correction, float epsilon, float decay, float share) {
  const float reach = reach_of_step(rate, (double)first * (double)epsilon);
  const float tiny = tiny_square(second, epsilon);
  for (long i = 0; i < count; i += 16) {
    vf parameter = load(p + i);
    vf gradient = decayed(load(g + i), parameter, decay);
    vf mean = load(m + i), variance = load(v + i);
    mean = flush_step(fma16(splat(first), gradient - mean, mean), reach, parameter);
    variance = fma16(splat(second) * gradient, gradient, splat(beta2) * variance);
    variance = select(variance < splat(tiny), splat(0), variance);
    vf scale = __builtin_elementwise_sqrt(variance) / splat(correction) + splat(epsilon);
    store(m + i, mean);
    store(v + i, variance);
    store(p + i, fma16(splat(-rate), mean / scale, parameter * splat(share)));
  }
}

static void rmsprop(
    long count, float *p, const float *g, float *v, float rate, float alpha, float second,
    float epsilon, float decay) {
  const float tiny = tiny_square(second, epsilon);
  for (long i = 0; i < count; i += 16) {
    vf parameter = load(p + i);
    vf gradient = decayed(load(g + i), parameter, decay);
    vf variance = fma16(splat(second) * gradient, gradient, splat(alpha) * load(v + i));
    variance = select(variance < splat(tiny), splat(0), variance);
    store(v + i, variance);
    vf scale = __builtin_elementwise_sqrt(variance) + splat(epsilon);
    store(p + i, fma16(splat(-rate), gradient / scale, parameter));
  }
}

static void sgd(
    long count, float *p, const float *g, float *v, float rate, float momentum, float share,
    int nesterov, float decay) {
  const float reach = reach_of_step(rate, 1 - (double)momentum);
  for (long i = 0; i < count; i += 16) {
    const vf parameter = load(p + i), gradient = decayed(load(g + i), parameter, decay);
    vf step = gradient;
    if (v) {
      const vf velocity = fma16(splat(momentum), load(v + i), gradient * splat(share));
      step = flush_step(velocity, reach, parameter);
      store(v + i, step);
      if (nesterov) step = fma16(splat(momentum), step, gradient);
    }
    store(p + i, fma16(splat(-rate), step, parameter));
  }
}
