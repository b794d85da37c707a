// What Tests/Arm/kernels.c needs of a C library and has not in a module of WebAssembly; included before it.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__attribute__((import_module("test"), import_name("report"))) void report(const char *name, uint64_t digest);
#define printf(format, name, digest) report(name, digest)

static inline void *calloc(size_t count, size_t size) {
  void *memory = malloc(count * size);
  return memory ? memset(memory, 0, count * size) : memory;
}

int main(int count, char **arguments);
__attribute__((export_name("run"))) int run(void) {
  char *arguments[] = {"kernels", KERNELS};
  return main(2, arguments);
}
