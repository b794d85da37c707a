// The kernels for x86-64 with AVX2 and FMA: sixteen lanes are two registers of eight.
#if defined(__x86_64__) && !defined(CK_PORTABLE_ONLY)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_TABLE ck_table_avx2
#define CK_NAME "avx2"
#define CK_REGISTER_LANES 8
#define CK_ACCUMULATORS 12
#include "Template/table.h"
#pragma clang attribute pop
#endif
