// The kernels for arm64: sixteen lanes are four registers of four. NEON is part of the architecture.
#if defined(__aarch64__) && !defined(CK_PORTABLE_ONLY)
#define CK_TABLE ck_table_neon
#define CK_NAME "neon"
#define CK_REGISTER_LANES 8
#define CK_ACCUMULATORS 12
#include "Template/table.h"
#endif
