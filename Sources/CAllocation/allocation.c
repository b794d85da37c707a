#include "CAllocation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static _Atomic(void (*)(const char *)) handler;

void ca_on_refusal(void (*chosen)(const char *)) { atomic_store(&handler, chosen); }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CA_HAS_ANOTHER_ALLOCATOR
#endif
#endif

#if defined(__GLIBC__) && !defined(CA_HAS_ANOTHER_ALLOCATOR)

// The C library's own, under the names that stay when a program replaces the usual ones.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void *checked(void *memory, double size) {
  if (memory || size == 0) return memory;
  void (*const action)(const char *) = atomic_load(&handler);
  if (!action) return NULL;
  char sentence[128];
  snprintf(sentence, sizeof sentence, "Out of memory: the system refuses %.3g MB more.", size / 1e6);
  action(sentence);
  return NULL;
}

// Weak, so that a program that contains the whole C library links, with that one's.
#define CA_REPLACED __attribute__((weak, visibility("default")))

CA_REPLACED void *malloc(size_t size) { return checked(__libc_malloc(size), (double)size); }

CA_REPLACED void *calloc(size_t count, size_t size) {
  return checked(__libc_calloc(count, size), (double)count * (double)size);
}

CA_REPLACED void *realloc(void *memory, size_t size) {
  return checked(__libc_realloc(memory, size), (double)size);
}

CA_REPLACED int posix_memalign(void **to, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *memory = checked(__libc_memalign(alignment, size), (double)size);
  if (!memory) return ENOMEM;
  *to = memory;
  return 0;
}

// The names by which a linker that is told to wrap the usual ones finds these, in a program that contains the C library.
#define CA_WRAPPER(name) extern __typeof__(name) __wrap_##name __attribute__((weak, alias(#name)))

CA_WRAPPER(malloc);
CA_WRAPPER(calloc);
CA_WRAPPER(realloc);
CA_WRAPPER(posix_memalign);

#endif
