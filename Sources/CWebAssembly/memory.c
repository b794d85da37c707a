// Bytes and blocks.
#include <stdint.h>

#include "headers/stdio.h"
#include "headers/stdlib.h"
#include "headers/string.h"
#include "headers/unistd.h"

// The machine has instructions for these two.
void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  return __builtin_memcpy(to, from, n);
}
void *memmove(void *to, const void *from, size_t n) { return __builtin_memmove(to, from, n); }
void *memset(void *to, int value, size_t n) { return __builtin_memset(to, value, n); }

int memcmp(const void *a, const void *b, size_t n) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < n; i++) {
    if (x[i] != y[i]) return x[i] - y[i];
  }
  return 0;
}
size_t strlen(const char *s) {
  size_t n = 0;
  while (s[n]) n++;
  return n;
}
int strncmp(const char *a, const char *b, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (a[i] != b[i] || !a[i]) return (unsigned char)a[i] - (unsigned char)b[i];
  }
  return 0;
}
int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

// Blocks of 16 bytes times a power of two, with four steps between one power and the next, or of 64 bytes likewise for
// those that lie at multiples of 64. A block that is freed waits on its class's list for the next of its class; nothing
// is ever divided or joined.
enum { CLASSES = 128, WIDE = CLASSES };

typedef struct block {
  struct block *next;
  uint32_t class, unused[2];
} block;  // 16 bytes in front of what is handed out

static block *waiting[2 * CLASSES];
static char *top, *end;
extern char __heap_base;

__attribute__((export_name("heapBytes"))) size_t lab_heap_bytes(void) { return top ? (size_t)(top - &__heap_base) : 0; }

static uint32_t class_of(size_t units, size_t *size) {
  if (units <= 4) {
    *size = units;
    return (uint32_t)units - 1;
  }
  const int power = 31 - __builtin_clz((uint32_t)units - 1);
  const size_t step = (size_t)1 << (power - 2);
  const size_t steps = (units - 1 - ((size_t)1 << power)) / step + 1;
  *size = ((size_t)1 << power) + steps * step;
  return (uint32_t)(power - 2) * 4 + (uint32_t)steps + 3;
}

// Memory whose address is `offset` less than a multiple of `alignment`.
static void *from_system(size_t size, size_t alignment, size_t offset) {
  if (!top) {
    top = &__heap_base;
    end = (char *)(__builtin_wasm_memory_size(0) << 16);
  }
  char *memory = (char *)((((uintptr_t)top + offset + alignment - 1) & ~(alignment - 1)) - offset);
  if (memory + size > end) {
    // A little more than is missing, so that small blocks do not grow the memory one by one.
    const size_t pages = ((size_t)(memory + size - end) >> 16) + 1 + 16;
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return NULL;
    end += pages << 16;
  }
  top = memory + size;
  return memory;
}

static void *allocate(size_t n, size_t unit, uint32_t first_class) {
  if (n > (size_t)1 << 30) return NULL;
  size_t size;
  const uint32_t class = first_class + class_of(n ? (n + unit - 1) / unit : 1, &size);
  block *b = waiting[class];
  if (b) {
    waiting[class] = b->next;
  } else {
    b = from_system(16 + unit * size, unit, 16);
    if (!b) return NULL;
    b->class = class;
  }
  return b + 1;
}

// Whoever asks for memory in these two ways takes it for granted, and address 0 is a place like any other here.
static void *granted(void *memory, size_t n) {
  char text[96];
  if (memory) return memory;
  write(STDERR_FILENO, text, (size_t)snprintf(text, sizeof text, "Out of memory: %ld bytes cannot be had.", (long)n));
  abort();
}

void *malloc(size_t n) { return granted(allocate(n, 16, 0), n); }

void free(void *p) {
  if (!p) return;
  block *b = (block *)p - 1;
  b->next = waiting[b->class];
  waiting[b->class] = b;
}

// NULL where there is no memory.
void *aligned_alloc(size_t alignment, size_t n) {
  if (alignment > 64) return NULL;
  return alignment <= 16 ? allocate(n, 16, 0) : allocate(n, 64, WIDE);
}
int posix_memalign(void **p, size_t alignment, size_t n) {
  *p = granted(aligned_alloc(alignment, n), n);
  return 0;
}
