#pragma once
#include <stddef.h>

void *malloc(size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **block, size_t alignment, size_t size);
void free(void *block);
_Noreturn void abort(void);
_Noreturn void _Exit(int status);
