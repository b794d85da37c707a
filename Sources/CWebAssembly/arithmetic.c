// Arithmetic that the compiler leaves to a library.
#include <stdint.h>

// A product of 128 bits.
typedef unsigned __int128 wide;
wide __multi3(wide a, wide b) {
  const uint64_t x = (uint64_t)a, y = (uint64_t)b;
  const uint64_t x0 = (uint32_t)x, x1 = x >> 32, y0 = (uint32_t)y, y1 = y >> 32;
  const uint64_t low = x0 * y0, left = x1 * y0, right = x0 * y1;
  const uint64_t middle = (low >> 32) + (uint32_t)left + (uint32_t)right;
  const uint64_t high = x1 * y1 + (left >> 32) + (right >> 32) + (middle >> 32) +
                        x * (uint64_t)(b >> 64) + (uint64_t)(a >> 64) * y;
  return (wide)high << 64 | (middle << 32 | (uint32_t)low);
}

// a · b + c, rounded once, for every operand. The product is exact in double precision; the sum is moved to the odd one of
// its two neighbours among the doubles if it is not exact, so that only the rounding to single precision counts.
float fmaf(float a, float b, float c) {
#pragma STDC FP_CONTRACT OFF
  const double product = (double)a * b;
  double sum = product + c;
  const double taken = sum - product;
  const double error = (product - (sum - taken)) + (c - taken);
  const double turn = error * sum;
  uint64_t bits;
  __builtin_memcpy(&bits, &sum, 8);
  if (turn > 0) bits |= 1;
  if (turn < 0) bits = (bits - 1) | 1;
  __builtin_memcpy(&sum, &bits, 8);
  return (float)sum;
}
