// Splits large kernels over threads, where the split cannot change a bit: over rows or elements of the output,
// never over a sum.
#include "CKernels.h"

#if defined(__wasm__)

void ck_use_threads(int count) { (void)count; }
void ck_split(long count, long grain, ck_part *part, const void *arguments) {
  (void)grain;
  part(arguments, 0, count);
}

#else

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// The helpers of one thread. A new `round` tells them to take chunks until none is left.
typedef struct team {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  _Atomic uint64_t round;
  _Atomic int ending, waiting, working;
  _Atomic long next;
  long count, grain;
  ck_part *part;
  const void *arguments;
  int helpers;
  pthread_t threads[];
} team;

static _Thread_local team *own;

static void take_chunks(team *team) {
  for (;;) {
    const long start = atomic_fetch_add(&team->next, team->grain);
    if (start >= team->count) return;
    const long end = start + team->grain;
    team->part(team->arguments, start, end < team->count ? end : team->count);
  }
}

static void *help(void *context) {
  team *team = context;
  for (uint64_t seen = 0;;) {
    // Kernels follow each other closely: look for a while before going to sleep.
    for (int look = 0; look < 4000 && atomic_load(&team->round) == seen; look++) {
    }
    if (atomic_load(&team->round) == seen) {
      pthread_mutex_lock(&team->mutex);
      atomic_fetch_add(&team->waiting, 1);
      while (atomic_load(&team->round) == seen) pthread_cond_wait(&team->wake, &team->mutex);
      atomic_fetch_sub(&team->waiting, 1);
      pthread_mutex_unlock(&team->mutex);
    }
    seen = atomic_load(&team->round);
    if (atomic_load(&team->ending)) break;
    take_chunks(team);
    atomic_fetch_sub(&team->working, 1);
  }
  ck_drain_pool();
  return NULL;
}

static void announce(team *team) {
  atomic_fetch_add(&team->round, 1);
  if (atomic_load(&team->waiting) == 0) return;
  pthread_mutex_lock(&team->mutex);
  pthread_cond_broadcast(&team->wake);
  pthread_mutex_unlock(&team->mutex);
}

void ck_use_threads(int count) {
  if ((own ? own->helpers : 0) == (count > 1 ? count - 1 : 0)) return;
  if (own) {
    atomic_store(&own->ending, 1);
    announce(own);
    for (int i = 0; i < own->helpers; i++) pthread_join(own->threads[i], NULL);
    pthread_cond_destroy(&own->wake);
    pthread_mutex_destroy(&own->mutex);
    free(own);
    own = NULL;
  }
  if (count < 2) return;
  team *team = calloc(1, sizeof *team + (size_t)(count - 1) * sizeof(pthread_t));
  if (!team) abort();
  pthread_mutex_init(&team->mutex, NULL);
  pthread_cond_init(&team->wake, NULL);
  while (team->helpers < count - 1 &&
         pthread_create(&team->threads[team->helpers], NULL, help, team) == 0) {
    team->helpers++;
  }
  own = team;
}

void ck_split(long count, long grain, ck_part *part, const void *arguments) {
  if (!own || own->helpers == 0 || count <= grain) {
    part(arguments, 0, count);
    return;
  }
  own->count = count;
  own->grain = grain;
  own->part = part;
  own->arguments = arguments;
  atomic_store(&own->next, 0);
  atomic_store(&own->working, own->helpers);
  announce(own);
  take_chunks(own);
  for (int look = 0; atomic_load(&own->working) > 0; look++) {
    if (look > 1000) sched_yield();
  }
}

#endif

typedef struct {
  long m, n, k, a_row, a_column, b_row, b_column, c_row;
  const float *a, *b, *bias;
  float *c;
  int activation;
} product;

static void product_rows(const void *arguments, long start, long end) {
  const product *p = arguments;
  ck_matmul(end - start, p->n, p->k, p->a + start * p->a_row, p->a_row, p->a_column, p->b, p->b_row,
            p->b_column, p->c + start * p->c_row, p->c_row, p->bias, p->activation);
}

void ck_split_matmul(
    long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long b_row,
    long b_column, float *c, long c_row, const float *bias, int activation) {
  const product p = {m, n, k, a_row, a_column, b_row, b_column, c_row, a, b, bias, c, activation};
  // Chunks of at least a million terms, which take tens of microseconds, in whole register tiles.
  const long rows = n * k > 0 ? (1000000 / (n * k) / 24 + 1) * 24 : m;
  ck_split(m, rows < m ? rows : m, product_rows, &p);
}

typedef struct {
  int operation;
  const float *x;
  float *y;
} map;

static void map_lines(const void *arguments, long start, long end) {
  const map *m = arguments;
  ck_unary(m->operation, (end - start) * 16, m->x + start * 16, m->y + start * 16);
}

void ck_split_unary(int operation, long count, const float *x, float *y) {
  const map m = {operation, x, y};
  ck_split((count + 15) / 16, 2048, map_lines, &m);
}
