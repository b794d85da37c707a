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

// The helpers of one thread, and the round of work that they take chunks of. A helper joins a round while it is
// open; the round is over when it is closed and all who joined have left. So nobody waits for a helper that the
// system has given no core.
typedef struct team {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  _Atomic uint64_t round;  // its number · 2³² + OPEN + how many helpers are in it
  _Atomic int ending, sleeping;
  _Atomic long next;
  long count, grain;
  ck_part *part;
  const void *arguments;
  int helpers;
  pthread_t threads[];
} team;

static const uint64_t OPEN = (uint64_t)1 << 31, NUMBER = (uint64_t)1 << 32;

static _Thread_local team *own;

static void take_chunks(team *team) {
  for (;;) {
    const long start = atomic_fetch_add(&team->next, team->grain);
    if (start >= team->count) return;
    const long end = start + team->grain;
    team->part(team->arguments, start, end < team->count ? end : team->count);
  }
}

// Whether there is something for a helper to do that last took part in the round `seen`.
static bool is_news(team *team, uint64_t seen) {
  const uint64_t round = atomic_load(&team->round);
  return (round & OPEN && round / NUMBER != seen) || atomic_load(&team->ending);
}

static void *help(void *context) {
  team *team = context;
  for (uint64_t seen = 0;;) {
    // Kernels follow each other closely: look for some microseconds before going to sleep. Who sleeps is woken at
    // once; who offers the core to others may get it back a whole time slice later.
    for (int look = 0; look < 8000 && !is_news(team, seen); look++) {
    }
    if (!is_news(team, seen)) {
      pthread_mutex_lock(&team->mutex);
      atomic_fetch_add(&team->sleeping, 1);
      while (!is_news(team, seen)) pthread_cond_wait(&team->wake, &team->mutex);
      atomic_fetch_sub(&team->sleeping, 1);
      pthread_mutex_unlock(&team->mutex);
    }
    if (atomic_load(&team->ending)) break;
    uint64_t round = atomic_load(&team->round);
    if (!(round & OPEN) || !atomic_compare_exchange_strong(&team->round, &round, round + 1)) continue;
    seen = round / NUMBER;
    take_chunks(team);
    atomic_fetch_sub(&team->round, 1);
  }
  ck_drain_pool();
  return NULL;
}

static void wake(team *team) {
  if (atomic_load(&team->sleeping) == 0) return;
  pthread_mutex_lock(&team->mutex);
  pthread_cond_broadcast(&team->wake);
  pthread_mutex_unlock(&team->mutex);
}

void ck_use_threads(int count) {
  if ((own ? own->helpers : 0) == (count > 1 ? count - 1 : 0)) return;
  if (own) {
    atomic_store(&own->ending, 1);
    wake(own);
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
  team *team = own;
  if (!team || team->helpers == 0 || count <= grain) {
    part(arguments, 0, count);
    return;
  }
  team->count = count;
  team->grain = grain;
  team->part = part;
  team->arguments = arguments;
  atomic_store(&team->next, 0);
  atomic_store(&team->round, (atomic_load(&team->round) / NUMBER + 1) * NUMBER + OPEN);
  wake(team);
  take_chunks(team);
  atomic_fetch_and(&team->round, ~OPEN);
  for (int look = 0; atomic_load(&team->round) % NUMBER > 0; look++) {
    if (look > 50000) sched_yield();
  }
}

#endif
