// A pool of blocks per thread: a training step allocates the same sizes again and again, so after the first one
// every block comes off a list.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

// The address sanitizer sees accesses beyond what was asked for, and to blocks that wait in the pool.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

// Size classes: powers of two of 64-byte lines, with four steps between one power and the next.
enum { CLASSES = 128 };

typedef struct block {
  struct block *next;
} block;

static _Thread_local block *pool[CLASSES];
static _Thread_local ck_memory memory_use;

ck_memory ck_memory_of_thread(void) { return memory_use; }

// A thread that ends gives its blocks back by itself.
#if defined(__wasm__)
static void drain_at_end(void) {}
#else
#include <pthread.h>

static pthread_key_t at_end;

static void drain(void *unused) {
  (void)unused;
  ck_drain_pool();
}
static void make_key(void) {
  if (pthread_key_create(&at_end, drain) != 0) abort();
}
static void drain_at_end(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_key);
  pthread_setspecific(at_end, &at_end);
}
#endif

static void *aligned_block(size_t lines) {
  void *memory = aligned_alloc(64, lines * 64);
  if (!memory) abort();
  memory_use.blocks_from_system++;
  drain_at_end();
  return memory;
}

// The class whose blocks hold `lines` 64-byte lines, and in *size how many they hold.
static int class_of(size_t lines, size_t *size) {
  if (lines <= 4) {
    *size = lines;
    return (int)lines - 1;
  }
  int power = 63 - __builtin_clzll(lines - 1);
  size_t step = (size_t)1 << (power - 2);
  size_t steps = (lines - 1 - ((size_t)1 << power)) / step + 1;
  *size = ((size_t)1 << power) + steps * step;
  return (power - 2) * 4 + (int)steps + 3;
}

float *ck_allocate(long count) {
  size_t lines = count > 0 ? ((size_t)count + 15) / 16 : 1, size;
  int class = class_of(lines, &size);
  void *memory = pool[class];
  if (memory) {
    ASAN_UNPOISON_MEMORY_REGION(memory, lines * 64);
    pool[class] = pool[class]->next;
  } else {
    memory = aligned_block(size);
    ASAN_POISON_MEMORY_REGION((char *)memory + lines * 64, (size - lines) * 64);
  }
  memory_use.blocks_in_use++;
  float *floats = memory;
  memset(floats + (lines - 1) * 16, 0, 64);
  return floats;
}

void ck_release(float *floats, long count) {
  size_t size;
  int class = class_of(count > 0 ? ((size_t)count + 15) / 16 : 1, &size);
  block *freed = (block *)floats;
  freed->next = pool[class];
  pool[class] = freed;
  memory_use.blocks_in_use--;
  ASAN_POISON_MEMORY_REGION(freed, size * 64);
}

static _Thread_local float *workspace;
static _Thread_local long workspace_count;

float *ck_workspace(long count) {
  if (count > workspace_count) {
    free(workspace);
    workspace = aligned_block(((size_t)count + 15) / 16);
    workspace_count = count;
  }
  return workspace;
}

void ck_drain_pool(void) {
  for (int class = 0; class < CLASSES; class++) {
    while (pool[class]) {
      ASAN_UNPOISON_MEMORY_REGION(pool[class], sizeof(block));
      block *next = pool[class]->next;
      free(pool[class]);
      pool[class] = next;
    }
  }
  free(workspace);
  workspace = NULL;
  workspace_count = 0;
}
