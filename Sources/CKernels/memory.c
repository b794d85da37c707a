// A pool of blocks per thread: a training step allocates the same sizes again and again, so after the first one
// every block comes off a list. What a pool holds is bounded, and what has not been used for a while goes back to the
// system, so that neither a thread that drops what others made nor one large tensor keeps memory from everybody else.
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

// What the last class holds, and no more than half of what can be addressed.
#define MOST_LINES (SIZE_MAX / 128 < (uint64_t)1 << 33 ? SIZE_MAX / 128 : (uint64_t)1 << 33)

// The most bytes that a thread's pool holds, and how many it holds without looking whether they are used.
#define MOST_POOLED ((size_t)256 << 20)
#define WARM ((size_t)32 << 20)

// After so many allocations and releases the blocks that were never used meanwhile go back to the system.
enum { PERIOD = 16384 };

typedef struct block {
  struct block *next;
} block;

typedef struct {
  block *first;
  // How many there are, and the fewest that there were since the period began: those were of no use.
  long count, unused;
} size_class;

static _Thread_local size_class pool[CLASSES];
static _Thread_local size_t pooled;
static _Thread_local int calls;
static _Thread_local ck_memory memory_use;

static _Thread_local float *workspace;
static _Thread_local int64_t workspace_count, workspace_used;

ck_memory ck_memory_of_thread(void) {
  memory_use.bytes_pooled = (long)pooled;
  return memory_use;
}

// Nothing here allocates: it is called where no memory is left.
static ck_memory_handler *handler;

void ck_on_out_of_memory(ck_memory_handler *chosen) { handler = chosen; }

static _Noreturn void refuse(const char *sentence) {
  if (handler) handler(sentence);
  const struct {
    const char *text;
    size_t length;
  } parts[] = {{sentence, strlen(sentence)}, {"\n", 1}};
  for (int i = 0; i < 2; i++) {
    if (write(STDERR_FILENO, parts[i].text, parts[i].length) < 0) break;
  }
  _Exit(CK_OUT_OF_MEMORY_STATUS);
}

void ck_refuse_tensor(int rank, ck_axes extents) {
  char sentence[256] = "Out of memory: a tensor of shape [";
  int length = (int)strlen(sentence);
  double bytes = sizeof(float);
  for (int i = 0; i < rank && i < 4; i++) {
    const char *separator = i > 0 ? ", " : "";
    length += snprintf(
        sentence + length, sizeof sentence - (size_t)length, "%s%ld", separator, extents.axis[i]);
    bytes *= (double)extents.axis[i];
  }
  snprintf(
      sentence + length, sizeof sentence - (size_t)length,
      "] takes %.3g MB, which cannot be had.", bytes / 1e6);
  refuse(sentence);
}

static _Noreturn void refuse_bytes(double bytes) {
  char sentence[128];
  snprintf(
      sentence, sizeof sentence, "Out of memory: a kernel needs %.3g MB, which cannot be had.",
      bytes / 1e6);
  refuse(sentence);
}

// A thread that ends gives its blocks back by itself.
#if defined(__wasm__)
static void drain_at_end(void) {}
#else
#include <pthread.h>

static pthread_key_t at_end;
static bool has_key;
static _Thread_local bool is_noted;

static void drain(void *unused) {
  (void)unused;
  ck_drain_pool();
  is_noted = false;
}
static void make_key(void) { has_key = pthread_key_create(&at_end, drain) == 0; }
static void drain_at_end(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  if (is_noted) return;
  is_noted = true;
  pthread_once(&once, make_key);
  // Where the system has no key left, or no memory to note one, the blocks stay with a thread that ends.
  if (has_key) pthread_setspecific(at_end, &at_end);
}
#endif

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

// How many bytes a block of a class holds.
static size_t bytes_of(int class) {
  if (class < 4) return (size_t)(class + 1) * 64;
  const int power = (class - 4) / 4 + 2, steps = (class - 4) % 4 + 1;
  return (((size_t)1 << power) + ((size_t)steps << (power - 2))) * 64;
}

static block *take(size_class *from) {
  block *taken = from->first;
  if (!taken) return NULL;
  ASAN_UNPOISON_MEMORY_REGION(taken, sizeof(block));
  from->first = taken->next;
  from->count--;
  if (from->unused > from->count) from->unused = from->count;
  pooled -= bytes_of((int)(from - pool));
  return taken;
}

// Gives blocks back, the largest first, until the pool holds no more than `most` bytes: those that were of no use in
// this period, or any.
static void give_back(size_t most, bool only_unused) {
  for (int class = CLASSES - 1; class >= 0 && pooled > most; class--) {
    while (pooled > most && (only_unused ? pool[class].unused : pool[class].count) > 0) {
      // Taking one lowers `unused` only when no other is left, and the one taken was of no use.
      if (only_unused) pool[class].unused--;
      free(take(&pool[class]));
    }
  }
}

static void drop_workspace(void) {
  free(workspace);
  workspace = NULL;
  workspace_count = 0;
}

static void end_period(void) {
  calls = 0;
  give_back(WARM, true);
  for (int class = 0; class < CLASSES; class++) pool[class].unused = pool[class].count;
  if (workspace_used < workspace_count / 2 && (size_t)workspace_count * sizeof(float) > WARM) {
    drop_workspace();
  }
  workspace_used = 0;
}

// NULL if the system refuses, also after the pool has been given back.
static void *aligned_block(size_t lines) {
  if (lines > MOST_LINES) return NULL;
  void *memory = aligned_alloc(64, lines * 64);
  if (!memory) {
    give_back(0, false);
    memory = aligned_alloc(64, lines * 64);
    if (!memory) return NULL;
  }
  memory_use.blocks_from_system++;
  drain_at_end();
  return memory;
}

static size_t lines_of(long count) { return count > 0 ? ((size_t)count - 1) / 16 + 1 : 1; }

float *ck_allocate(long count) {
  const size_t lines = lines_of(count);
  if (lines > MOST_LINES) return NULL;
  size_t size;
  const int class = class_of(lines, &size);
  if (++calls >= PERIOD) end_period();
  void *memory = take(&pool[class]);
  if (memory) {
    ASAN_UNPOISON_MEMORY_REGION(memory, lines * 64);
  } else {
    memory = aligned_block(size);
    if (!memory) return NULL;
    ASAN_POISON_MEMORY_REGION((char *)memory + lines * 64, (size - lines) * 64);
  }
  memory_use.blocks_in_use++;
  float *floats = memory;
  memset(floats + (lines - 1) * 16, 0, 64);
  return floats;
}

void ck_release(float *floats, long count) {
  size_t size;
  size_class *class = &pool[class_of(lines_of(count), &size)];
  block *freed = (block *)floats;
  freed->next = class->first;
  class->first = freed;
  class->count++;
  pooled += size * 64;
  drain_at_end();
  memory_use.blocks_in_use--;
  ASAN_POISON_MEMORY_REGION(freed, size * 64);
  if (pooled > MOST_POOLED) {
    give_back(MOST_POOLED, true);
    give_back(MOST_POOLED, false);
  }
  if (++calls >= PERIOD) end_period();
}

float *ck_workspace(int64_t count) {
  if (count > workspace_used) workspace_used = count;
  if (count > workspace_count || !workspace) {
    drop_workspace();
    // On a machine of 32 bits the count may be more than its sizes can say.
    if (count >= 0 && count / 16 < (int64_t)MOST_LINES) workspace = aligned_block(lines_of((long)count));
    if (!workspace) refuse_bytes((double)count * sizeof(float));
    workspace_count = count;
  }
  return workspace;
}

void ck_drain_pool(void) {
  give_back(0, false);
  drop_workspace();
}
