// The kernels for WebAssembly with SIMD: sixteen lanes are four registers of four. A module is valid or not as a whole,
// so each is built with one set of kernels, and the page chooses the module.
#if defined(CK_WASM_RELAXED)
#define CK_TARGET "simd128,relaxed-simd"
#define CK_NAME "relaxed"
#define CK_ACCUMULATORS 12
#elif defined(CK_WASM_EMULATED)
#define CK_TARGET "simd128"
#define CK_NAME "emulated"
#define CK_ACCUMULATORS 4
#endif

#if defined(CK_TARGET)
#pragma clang attribute push(__attribute__((target(CK_TARGET))), apply_to = function)
#define CK_TABLE ck_table_wasm
#define CK_REGISTER_LANES 4
#include "Template/table.h"
#pragma clang attribute pop
#endif
