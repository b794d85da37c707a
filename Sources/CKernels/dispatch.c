// Chooses the kernels for this machine, once, before main.
#include "CKernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(CK_WASM_RELAXED) || defined(CK_WASM_EMULATED)
extern const ck_table ck_table_wasm;
#define CK_FIRST ck_table_wasm
#else
extern const ck_table ck_table_portable;
#define CK_FIRST ck_table_portable
#endif
#if defined(__x86_64__) && !defined(CK_PORTABLE_ONLY)
extern const ck_table ck_table_avx2, ck_table_avx512;
#elif defined(__aarch64__) && !defined(CK_PORTABLE_ONLY)
extern const ck_table ck_table_neon;
#endif

const ck_table *ck_active = &CK_FIRST;
static const char *rejected_request;

const char *ck_active_name(void) { return __atomic_load_n(&ck_active, __ATOMIC_RELAXED)->name; }

const ck_table *ck_find(const char *name) {
  if (strcmp(name, CK_FIRST.name) == 0) return &CK_FIRST;
#if defined(__x86_64__) && !defined(CK_PORTABLE_ONLY)
  __builtin_cpu_init();
  if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &ck_table_avx2;
  if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
    return &ck_table_avx512;
#elif defined(__aarch64__) && !defined(CK_PORTABLE_ONLY)
  if (strcmp(name, "neon") == 0) return &ck_table_neon;
#endif
  return NULL;
}

bool ck_select(const char *name) {
  const ck_table *table = ck_find(name);
  if (table) __atomic_store_n(&ck_active, table, __ATOMIC_RELAXED);
  return table != NULL;
}

const char *ck_rejected_request(void) { return rejected_request; }

// A module of WebAssembly has the kernels that it was built with.
#if !defined(__wasm__)
__attribute__((constructor)) static void choose(void) {
  const char *request = getenv("MNIST1D_KERNELS");
  if (request && *request) {
    if (ck_select(request)) return;
    rejected_request = request;
  }
  if (ck_select("avx512") || ck_select("avx2") || ck_select("neon")) return;
}
#endif

uint64_t ck_next_identity(void) {
  static _Atomic uint64_t last;
  return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}
