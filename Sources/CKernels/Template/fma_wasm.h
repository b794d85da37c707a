// Fused multiply-add of four lanes for WebAssembly, where no instruction is sure to round once.
typedef float quarter_vf __attribute__((ext_vector_type(4)));

// Computes a sum here and not later: the compiler for WebAssembly would bring products with the same register
// together, and keep more values than there are registers until then.
#define CK_HERE(x) __asm__ volatile("" : "+r"(x))

#if defined(CK_WASM_RELAXED)

// Fused where the processor has an instruction for it, which whoever starts the module must have seen.
CK_INLINE quarter_vf fma4(quarter_vf a, quarter_vf b, quarter_vf c) {
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
}

#else

// In double precision the product is exact and the sum is rounded once. A second rounding, to single precision, gives
// what one rounding gives unless the first ended half way between two floats, or the result is denormal, whose halves
// lie elsewhere. Those few sums are computed again.
typedef double ck_d2 __attribute__((ext_vector_type(2)));
typedef double ck_d4 __attribute__((ext_vector_type(4)));
typedef int64_t ck_l2 __attribute__((ext_vector_type(2)));
typedef uint64_t ck_u2 __attribute__((ext_vector_type(2)));

// The sum moved to the odd one of its two neighbours among the doubles if it is not exact, so that the second rounding is
// the only one that counts. Exact for every operand: denormal, infinite and NaN included.
CK_INLINE ck_d2 odd_fma2(ck_d2 a, ck_d2 b, ck_d2 c) {
  const ck_d2 p = a * b, s = p + c, t = s - p;
  const ck_d2 error = (p - (s - t)) + (c - t);
  // Which way the error points: it is finite, unless s is not, and then neither comparison holds.
  const ck_d2 turn = error * s;
  const ck_l2 beyond = turn > 0.0, short_of = turn < 0.0;
  return (ck_d2)(((ck_u2)s + (ck_u2)short_of) | ((ck_u2)(beyond | short_of) >> 63));
}

// Rounds two numbers to single precision, with zeros behind them. One instruction, as long as the compiler does not see
// that the zeros are dropped.
CK_INLINE quarter_vf demoted(ck_d2 x) {
  quarter_vf y = __builtin_convertvector(
      __builtin_shufflevector(x, (ck_d2)(0.0), 0, 1, 2, 3), quarter_vf);
  __asm__("" : "+r"(y));
  return y;
}
CK_INLINE ck_d2 low_half(quarter_vf x) { return __builtin_convertvector(x.lo, ck_d2); }
CK_INLINE ck_d2 high_half(quarter_vf x) { return __builtin_convertvector(x.hi, ck_d2); }

CK_INLINE quarter_vf exact_fma4(quarter_vf a, quarter_vf b, quarter_vf c) {
  const ck_d2 low = odd_fma2(low_half(a), low_half(b), low_half(c));
  const ck_d2 high = odd_fma2(high_half(a), high_half(b), high_half(c));
  return __builtin_shufflevector(demoted(low), demoted(high), 0, 1, 4, 5);
}
static __attribute__((noinline, unused)) quarter_vf fma4(quarter_vf a, quarter_vf b, quarter_vf c) {
  typedef int32_t i4 __attribute__((ext_vector_type(4)));
  typedef uint32_t u4 __attribute__((ext_vector_type(4)));
  const ck_d2 low = low_half(a) * low_half(b) + low_half(c);
  const ck_d2 high = high_half(a) * high_half(b) + high_half(c);
  const i4 ends = __builtin_shufflevector((i4)low, (i4)high, 0, 2, 4, 6) << 3;
  const u4 tops = (u4)__builtin_shufflevector((i4)low, (i4)high, 1, 3, 5, 7) & 0x7fffffff;
  // 2⁻¹²⁶ as a double begins with 0x381; nothing but 0 is less than 2⁻³⁰⁰.
  const i4 doubtful = (ends == (i4)INT32_MIN) | (i4)((tops - 1) < (u4)(0x38100000 - 1));
  if (__builtin_expect(
          __builtin_wasm_any_true_v128((__attribute__((vector_size(16))) signed char)doubtful), 0)) {
    return exact_fma4(a, b, c);
  }
  return __builtin_shufflevector(demoted(low), demoted(high), 0, 1, 4, 5);
}

#endif
