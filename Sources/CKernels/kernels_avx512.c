// The kernels for x86-64 with AVX-512: sixteen lanes are one register.
#if defined(__x86_64__) && !defined(CK_PORTABLE_ONLY)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define CK_TABLE ck_table_avx512
#define CK_NAME "avx512"
#define CK_REGISTER_LANES 16
#define CK_ACCUMULATORS 24
#include "Template/table.h"
#pragma clang attribute pop
#endif
