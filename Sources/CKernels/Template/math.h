// Elementary functions of sixteen lanes, in nothing but exactly rounded operations, so with one set of bits.
//
// Polynomials are minimax fits of relative error, leading coefficients held at their exact values. Bounds are
// in units in the last place (ulp) of the exact result, over every float: denormal, infinite and NaN included.

// A NaN passes through.
CK_INLINE vf at_most(float bound, vf x) { return select(x > splat(bound), splat(bound), x); }
CK_INLINE vf at_least(float bound, vf x) { return select(x < splat(bound), splat(bound), x); }

CK_INLINE vf magnitude(vf x) { return (vf)((vi)x & 0x7fffffff); }

// 2ⁿ for −126 ≤ n ≤ 127.
CK_INLINE vf power_of_two(vi n) { return (vf)((n + 127) << 23); }

// x = n · ln 2 + r with |r| ≤ ln 2 / 2; returns eʳ − 1 − r, for |x| < 2²¹.
CK_INLINE vf reduced_exp(vf x, vi *n, vf *r) {
  // Adding 1.5 · 2²³ rounds to an integer and leaves it in the low bits.
  const vf shifter = splat(12582912);
  vf shifted = fma16(x, splat(1.44269504f), shifter);
  *n = (vi)shifted - (vi)shifter;
  vf whole = shifted - shifter;
  vf y = fma16(whole, splat(-0.693145752f), x);
  y = fma16(whole, splat(-1.42860677e-6f), y);
  *r = y;
  vf q = splat(0.00138145379f);
  q = fma16(q, y, splat(0.00836874532f));
  q = fma16(q, y, splat(0.0416683908f));
  q = fma16(q, y, splat(0.166665204f));
  q = fma16(q, y, splat(0.499999934f));
  return y * y * q;
}

// eˣ within 1 ulp.
CK_INLINE vf v_exp(vf x) {
  vi n;
  vf r;
  vf q = reduced_exp(at_least(-104, at_most(89, x)), &n, &r);
  // In two steps, so that only the last one can round (into the denormals) or overflow.
  vi half = n >> 1;
  return (splat(1) + (r + q)) * power_of_two(half) * power_of_two(n - half);
}

// eˣ − 1 within 2 ulp.
CK_INLINE vf v_expm1(vf x) {
  vi n;
  vf r;
  vf q = reduced_exp(at_least(-20, at_most(89, x)), &n, &r);
  vf scale = power_of_two(n - 1);
  vf y = splat(2) * fma16(scale, r + q, scale - splat(0.5f));
  return select(magnitude(x) < splat(0x1p-25f), x, y);
}

// ln x + small, for a `small` of less than an ulp.
CK_INLINE vf log_plus(vf x, vf small) {
  vi denormal = x < splat(0x1p-126f);
  vf scaled = select(denormal, x * splat(0x1p23f), x);
  // x = m · 2ᵉ with √½ ≤ m < √2.
  const int32_t root_half = 0x3f3504f3;
  vi bits = (vi)scaled - root_half;
  vf e = __builtin_convertvector((bits >> 23) - (denormal & 23), vf);
  vf f = (vf)((bits & 0x7fffff) + root_half) - splat(1);
  vf p = splat(0.0674668011f);
  p = fma16(p, f, splat(-0.11675685f));
  p = fma16(p, f, splat(0.118881629f));
  p = fma16(p, f, splat(-0.124055829f));
  p = fma16(p, f, splat(0.142195512f));
  p = fma16(p, f, splat(-0.166679962f));
  p = fma16(p, f, splat(0.200021187f));
  p = fma16(p, f, splat(-0.250000096f));
  p = fma16(p, f, splat(0.333333126f));
  vf square = f * f;
  vf y = fma16(square * f, p, fma16(e, splat(-2.12194440e-4f), small));
  y = f + fma16(splat(-0.5f), square, y);
  y = fma16(e, splat(0.693359375f), y);
  y = select(x > splat(0), y, splat(__builtin_nanf("")));
  y = select(x == splat(0), splat(-__builtin_inff()), y);
  return select(x == splat(__builtin_inff()), x, y);
}

// ln x within 1 ulp.
CK_INLINE vf v_log(vf x) { return log_plus(x, splat(0)); }

// ln (1 + x) within 1 ulp.
CK_INLINE vf v_log1p(vf x) {
  vf sum = splat(1) + x;
  vf added = sum - splat(1);
  vf lost = (splat(1) - (sum - added)) + (x - added);
  return select(magnitude(x) < splat(0x1p-25f), x, log_plus(sum, lost / sum));
}

// tanh x within 5 ulp, by which it may exceed 1. The coefficients were searched for among the floats near the
// minimax fit, for roundings take that one beyond 5 ulp; from 8.9 on the quotient is exactly 1.
// Several at a time, step by step, keep a processor busier than one after the other.
CK_INLINE void unbounded_tanhs(const int count, vf *x) {
  static const float above[] = {1.34352041e-8f, 2.06725472e-5f, 0.00349968905f, 0.133845732f, 1};
  static const float below[] = {7.81108326e-7f, 0.000329216564f, 0.0258928612f, 0.467179f, 1};
  vf u[4], p[4], q[4];
  CK_UNROLL for (int i = 0; i < count; i++) {
    x[i] = at_least(-8.9f, at_most(8.9f, x[i]));
    u[i] = x[i] * x[i];
    p[i] = splat(above[0]);
    q[i] = splat(below[0]);
  }
  CK_UNROLL for (int k = 1; k < 5; k++) {
    CK_UNROLL for (int i = 0; i < count; i++) {
      p[i] = fma16(p[i], u[i], splat(above[k]));
      q[i] = fma16(q[i], u[i], splat(below[k]));
    }
  }
  CK_UNROLL for (int i = 0; i < count; i++) x[i] = x[i] * p[i] / q[i];
}
CK_INLINE vf unbounded_tanh(vf x) {
  unbounded_tanhs(1, &x);
  return x;
}

// tanh x within 5 ulp: odd, at most 1, and x itself near 0.
CK_INLINE vf v_tanh(vf x) { return at_least(-1, at_most(1, unbounded_tanh(x))); }

// 1 / (1 + e⁻ˣ) within 3 ulp, also where the result is tiny.
CK_INLINE vf v_sigmoid(vf x) {
  // e^−|x| cannot overflow.
  vf small = v_exp((vf)((vi)x | (int32_t)0x80000000));
  return select(x < splat(0), small, splat(1)) / (splat(1) + small);
}

// ln (1 + eˣ) within 2 ulp.
CK_INLINE vf v_softplus(vf x) {
  return at_least(0, x) + v_log1p(v_exp((vf)((vi)x | (int32_t)0x80000000)));
}

// gelu(x) = ½ x (1 + tanh(u)) with u = √(2/π) (x + 0.044715 x³), and its derivative. Beyond ±10 the hyperbolic tangent is ±1,
// whatever x is.
CK_INLINE vf gelu_argument(vf x) { return at_least(-10, at_most(10, x)); }
CK_INLINE vf gelu_tanh(vf z) {
  return v_tanh(z * fma16(z * z, splat(0.035677408f), splat(0.79788456f)));
}
CK_INLINE vf v_gelu(vf x) {
  return x * splat(0.5f) * (gelu_tanh(gelu_argument(x)) + splat(1));
}
CK_INLINE vf v_gelu_slope(vf x) {
  const vf z = gelu_argument(x), t = gelu_tanh(z);
  const vf slope = fma16(z * z, splat(0.10703222f), splat(0.79788456f));
  return splat(0.5f) * ((t + splat(1)) + z * (splat(1) - t * t) * slope);
}
