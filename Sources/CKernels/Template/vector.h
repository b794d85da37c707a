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

// The first `count` lanes of memory, zeros behind them; never reads past `count`.
CK_INLINE vf load_partial(const float *p, long count) {
  vf x = splat(0);
  memcpy(&x, p, (size_t)count * sizeof(float));
  return x;
}
CK_INLINE void store_partial(float *p, vf x, long count) {
  memcpy(p, &x, (size_t)count * sizeof(float));
}

// a · b + c, rounded once.
CK_INLINE vf fma16(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
CK_INLINE half_vf fma8(half_vf a, half_vf b, half_vf c) {
  return __builtin_elementwise_fma(a, b, c);
}

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
