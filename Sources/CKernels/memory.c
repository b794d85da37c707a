// A pool of blocks per thread: a training step allocates the same sizes again and again, so after the first one
// every block comes off a list.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

// Size classes: powers of two of 64-byte lines, with four steps between one power and the next.
enum { CLASSES = 128 };

typedef struct block {
  struct block *next;
} block;

static _Thread_local block *pool[CLASSES];

static void *aligned_block(size_t lines) {
  void *memory = aligned_alloc(64, lines * 64);
  if (!memory) abort();
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
    pool[class] = pool[class]->next;
  } else {
    memory = aligned_block(size);
  }
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
      block *next = pool[class]->next;
      free(pool[class]);
      pool[class] = next;
    }
  }
  free(workspace);
  workspace = NULL;
  workspace_count = 0;
}
