// Optimizer updates, one pass each.

CK_INLINE vf flush_tiny(vf x) { return select((vf)((vi)x & 0x7fffffff) < splat(1e-35f), splat(0), x); }

CK_INLINE vf decayed(vf gradient, vf parameter, float decay) {
  return decay == 0 ? gradient : fma16(splat(decay), parameter, gradient);
}

static void adam(
    long count, float *p, const float *g, float *m, float *v, float rate, float first, float beta2,
    float second, float correction, float epsilon, float decay) {
  for (long i = 0; i < count; i += 16) {
    vf parameter = load(p + i);
    vf gradient = decayed(load(g + i), parameter, decay);
    vf mean = load(m + i), variance = load(v + i);
    mean = flush_tiny(fma16(splat(first), gradient - mean, mean));
    variance = flush_tiny(fma16(splat(second) * gradient, gradient, splat(beta2) * variance));
    vf scale = __builtin_elementwise_sqrt(variance) / splat(correction) + splat(epsilon);
    store(m + i, mean);
    store(v + i, variance);
    store(p + i, fma16(splat(-rate), mean / scale, parameter));
  }
}

static void rmsprop(
    long count, float *p, const float *g, float *v, float rate, float alpha, float second,
    float epsilon, float decay) {
  for (long i = 0; i < count; i += 16) {
    vf parameter = load(p + i);
    vf gradient = decayed(load(g + i), parameter, decay);
    vf variance =
        flush_tiny(fma16(splat(second) * gradient, gradient, splat(alpha) * load(v + i)));
    store(v + i, variance);
    vf scale = __builtin_elementwise_sqrt(variance) + splat(epsilon);
    store(p + i, fma16(splat(-rate), gradient / scale, parameter));
  }
}

static void sgd(
    long count, float *p, const float *g, float *v, float rate, float momentum, float decay) {
  for (long i = 0; i < count; i += 16) {
    vf parameter = load(p + i);
    vf step = decayed(load(g + i), parameter, decay);
    if (v) {
      step = flush_tiny(fma16(splat(momentum), load(v + i), step));
      store(v + i, step);
    }
    store(p + i, fma16(splat(-rate), step, parameter));
  }
}
