// The kernels in the compiler's own terms, for any machine. Where the hardware has no fused multiply-add, the
// C library's exact one is called: slow, and the same bits.
#if !defined(CK_WASM_RELAXED) && !defined(CK_WASM_EMULATED)
#define CK_TABLE ck_table_portable
#define CK_NAME "portable"
#define CK_REGISTER_LANES 8
#define CK_ACCUMULATORS 12
#include "Template/table.h"
#endif
