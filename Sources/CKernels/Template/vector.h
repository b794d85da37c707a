// The vocabulary of every kernel: sixteen lanes, whatever the machine's registers hold.
//
// A kernel is written once in these terms and compiled once per instruction set. The compiler splits a
// 16-lane value into as many registers as the instruction set needs, which cannot change a result: every
// operation is named (no contraction, no reassociation), and a fused multiply-add rounds once everywhere.
#pragma once
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Every function that takes a vector is inlined, so none has a calling convention to worry about.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_INLINE static inline __attribute__((always_inline, unused))
#define CK_UNROLL _Pragma("clang loop unroll(full)")
#define CK_LANES 16

typedef float vf __attribute__((ext_vector_type(16)));
typedef int32_t vi __attribute__((ext_vector_type(16)));
typedef float vf_unaligned __attribute__((ext_vector_type(16), aligned(4)));
typedef float half_vf __attribute__((ext_vector_type(8)));
typedef float half_vf_unaligned __attribute__((ext_vector_type(8), aligned(4)));

CK_INLINE vf splat(float x) { return (vf)x; }
CK_INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
CK_INLINE void store(float *p, vf x) { *(vf_unaligned *)p = x; }
CK_INLINE half_vf load_half(const float *p) { return *(const half_vf_unaligned *)p; }
CK_INLINE void store_half(float *p, half_vf x) { *(half_vf_unaligned *)p = x; }

// The first `count` lanes of memory, zeros behind them, and to memory; neither touches what lies past `count`.
#if CK_REGISTER_LANES == 16
CK_INLINE vf load_partial(const float *p, long count) {
  return __builtin_ia32_loadups512_mask(p, splat(0), (uint16_t)((1u << count) - 1));
}
CK_INLINE void store_partial(float *p, vf x, long count) {
  __builtin_ia32_storeups512_mask(p, x, (uint16_t)((1u << count) - 1));
}
#else
// Copies of a fixed size need no call; two of them that overlap make up any size.
CK_INLINE void copy_partial(char *to, const char *from, size_t size) {
  CK_UNROLL for (size_t half = 32; half >= 4; half /= 2) {
    if (size >= half) {
      memcpy(to, from, half);
      memcpy(to + size - half, from + size - half, half);
      return;
    }
  }
}
CK_INLINE vf load_partial(const float *p, long count) {
  vf x = splat(0);
  if (count < 16) copy_partial((char *)&x, (const char *)p, (size_t)count * sizeof(float));
  return count < 16 ? x : load(p);
}
CK_INLINE void store_partial(float *p, vf x, long count) {
  copy_partial((char *)p, (const char *)&x, (size_t)count * sizeof(float));
}
#endif

// All sixteen lanes or, with zeros behind, the first `width` of them.
CK_INLINE vf load_first(const float *p, long width) {
  return width < 16 ? load_partial(p, width) : load(p);
}
CK_INLINE void store_first(float *p, vf x, long width) {
  if (width < 16) {
    store_partial(p, x, width);
  } else {
    store(p, x);
  }
}

// a · b + c, rounded once.
#if CK_REGISTER_LANES == 4
#include "fma_wasm.h"
CK_INLINE half_vf fma8(half_vf a, half_vf b, half_vf c) {
  const quarter_vf low = fma4(a.lo, b.lo, c.lo), high = fma4(a.hi, b.hi, c.hi);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}
CK_INLINE vf fma16(vf a, vf b, vf c) {
  const half_vf low = fma8(a.lo, b.lo, c.lo), high = fma8(a.hi, b.hi, c.hi);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#define CK_FMA_LANES(a, b, c) fma4(a, b, c)
#else
#define CK_HERE(x)
CK_INLINE vf fma16(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
CK_INLINE half_vf fma8(half_vf a, half_vf b, half_vf c) {
  return __builtin_elementwise_fma(a, b, c);
}
#define CK_FMA_LANES(a, b, c) __builtin_elementwise_fma(a, b, c)
#endif

// Lane-wise `mask ? a : b`; a mask is all ones or all zeros, as comparisons make it.
CK_INLINE vf select(vi mask, vf a, vf b) {
  return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

// The sum of sixteen lanes in one fixed order: halves are added until one lane is left.
CK_INLINE float sum_lanes(vf x) {
  half_vf a = x.lo + x.hi;
  float __attribute__((ext_vector_type(4))) b = a.lo + a.hi;
  float __attribute__((ext_vector_type(2))) c = b.lo + b.hi;
  return c.x + c.y;
}

// The sums of sixteen vectors' lanes, each in the order of sum_lanes.
CK_INLINE vf sum_lanes_of_16(const vf *x) {
  vf a[8], b[4], c[2];
  // What ends in lane 4 j + i comes through step i and then place j of the four below.
  CK_UNROLL for (int i = 0; i < 8; i++) {
    const vf left = x[i % 2 * 8 + i / 2], right = x[i % 2 * 8 + i / 2 + 4];
    a[i] = __builtin_shufflevector(
               left, right, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(
               left, right, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 4; i++) {
    const vf left = a[2 * i], right = a[2 * i + 1];
    b[i] = __builtin_shufflevector(
               left, right, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
           __builtin_shufflevector(
               left, right, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  }
  CK_UNROLL for (int i = 0; i < 2; i++) {
    const vf left = b[2 * i], right = b[2 * i + 1];
    c[i] = __builtin_shufflevector(
               left, right, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
           __builtin_shufflevector(
               left, right, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
  return __builtin_shufflevector(
             c[0], c[1], 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30) +
         __builtin_shufflevector(
             c[0], c[1], 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
}
