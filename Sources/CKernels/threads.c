// Splits large kernels over threads, where the split cannot change a bit: over rows or elements of the output,
// never over a sum.
#include "CKernels.h"

#if defined(__wasm__)

int ck_use_threads(int count) {
  (void)count;
  return 1;
}
int ck_threads(void) { return 1; }
int ck_missing_threads(void) { return 0; }
void ck_split(long count, long grain, ck_part *part, const void *arguments) {
  (void)grain;
  part(arguments, 0, count);
}

#else

#include <limits.h>
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
  bool is_busy;  // a round is under way: what a part of it splits is not split again
  int helpers;
  pthread_t threads[];
} team;

static const uint64_t OPEN = (uint64_t)1 << 31, NUMBER = (uint64_t)1 << 32;

static _Thread_local team *own;

_Thread_local char ck_thread_mark;

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

// A helper runs kernels, whose frames are small; the usual megabytes for each would fill a limited address space.
static const size_t STACK = 1 << 20;

static bool add_helper(team *team) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  const bool is_there =
      pthread_attr_setstacksize(&attributes, STACK) == 0 &&
      pthread_create(&team->threads[team->helpers], &attributes, help, team) == 0;
  pthread_attr_destroy(&attributes);
  if (is_there) team->helpers++;
  return is_there;
}

static void dismiss(team *team) {
  atomic_store(&team->ending, 1);
  wake(team);
  for (int i = 0; i < team->helpers; i++) pthread_join(team->threads[i], NULL);
  pthread_cond_destroy(&team->wake);
  pthread_mutex_destroy(&team->mutex);
  free(team);
}

int ck_threads(void) { return own ? own->helpers + 1 : 1; }

static _Atomic int most_missing;

int ck_missing_threads(void) { return atomic_load(&most_missing); }

static void note_missing(int count) {
  int most = atomic_load(&most_missing);
  while (count > most && !atomic_compare_exchange_weak(&most_missing, &most, count)) continue;
}

// A team of this thread and as many of `helpers` others as the system grants; NULL if it grants none.
static team *assemble(int helpers) {
  team *team = calloc(1, sizeof *team + (size_t)helpers * sizeof(pthread_t));
  if (!team) return NULL;
  if (pthread_mutex_init(&team->mutex, NULL) == 0) {
    if (pthread_cond_init(&team->wake, NULL) == 0) {
      while (team->helpers < helpers && add_helper(team)) continue;
      if (team->helpers > 0) return team;
      pthread_cond_destroy(&team->wake);
    }
    pthread_mutex_destroy(&team->mutex);
  }
  free(team);
  return NULL;
}

int ck_use_threads(int count) {
  if (count > CK_MOST_THREADS) count = CK_MOST_THREADS;
  if (count < 1) count = 1;
  if (count == ck_threads() || (own && own->is_busy)) return ck_threads();
  if (own) dismiss(own);
  own = count > 1 ? assemble(count - 1) : NULL;
  note_missing(count - ck_threads());
  return ck_threads();
}

void ck_split(long count, long grain, ck_part *part, const void *arguments) {
  team *team = own;
  if (grain < 1) grain = 1;
  // `next` goes past `count` by a grain for each thread.
  const bool fits = count <= LONG_MAX / 2 && grain <= LONG_MAX / 2 / CK_MOST_THREADS;
  if (!team || team->helpers == 0 || team->is_busy || count <= grain || !fits) {
    part(arguments, 0, count);
    return;
  }
  team->is_busy = true;
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
  team->is_busy = false;
}

#endif
