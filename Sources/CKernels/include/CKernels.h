// The numeric kernels, compiled once per instruction set and chosen at start-up; every choice gives the same bits.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ck_binary_operation {
  CK_ADD,
  CK_SUBTRACT,
  CK_MULTIPLY,
  CK_DIVIDE,
  CK_MAXIMUM,  // NaN if either is NaN
  CK_MINIMUM,
  CK_GATE,  // 0 where b <= 0, else a
  CK_GREATER,  // 1 where a > b, else 0
  CK_EQUAL,  // 1 where a = b, else 0
  CK_TANH_GRADIENT,  // a · (1 − b²): the gradient a of b = tanh(x), passed on to x
};

enum ck_unary_operation {
  CK_NEGATE,
  CK_ABSOLUTE,
  CK_SQUARE_ROOT,
  CK_RELU,  // NaN stays NaN
  CK_SIGN,  // -1, 0 or 1; NaN stays NaN
  // Bounds on the errors of these stand in Template/math.h.
  CK_EXP,
  CK_EXPM1,  // eˣ − 1
  CK_LOG,
  CK_LOG1P,  // ln (1 + x)
  CK_TANH,
  CK_SIGMOID,  // 1 / (1 + e⁻ˣ)
  CK_SOFTPLUS,  // ln (1 + eˣ)
};

// Extents or strides of four axes, outermost first.
typedef struct {
  long axis[4];
} ck_axes;

// Where the batch is among a tensor's axes.
enum ck_layout { CK_BATCH_FIRST, CK_BATCH_LAST };

typedef struct {
  long time, inputs, hidden, batch;
} ck_gru_shape;

// PyTorch's weight_ih [3 · hidden, inputs], weight_hh [3 · hidden, hidden], bias_ih and bias_hh [3 · hidden] of one
// direction, or their gradients; all NULL for a direction that does not exist.
typedef struct {
  float *weight_ih, *weight_hh, *bias_ih, *bias_hh;
} ck_gru_parameters;

// Something along the two axes of a plane. A line is a plane of height 1.
typedef struct {
  long height, width;
} ck_plane;

// A convolution over the positions of a plane; every extent is at least 1, the padding at least 0, and along either axis
// output = (input + 2 · padding - kernel) / stride + 1.
typedef struct {
  long in_channels, out_channels, batch;
  ck_plane input, output, kernel, stride, padding;
} ck_convolution_shape;

enum ck_pooling { CK_POOL_SUM, CK_POOL_AVERAGE, CK_POOL_MAXIMUM, CK_POOL_NORM };

// Windows of a plane's positions, `stride` apart; every extent is at least 1, and along either axis
// output = (input - window) / stride + 1.
typedef struct {
  long channels, batch;
  ck_plane input, output, window, stride;
} ck_pooling_shape;

// What is normalised channel by channel, contiguous: [outer, channels, inner].
typedef struct {
  long outer, channels, inner;
} ck_normalization_shape;

typedef struct {
  const char *name;
#define CK_KERNEL(kernel, parameters, arguments) void(*kernel) parameters;
#include "../Kernels/kernels.def"
#undef CK_KERNEL
} ck_table;

// The kernels in use, and their name. Another thread may choose others at any time.
extern const ck_table *ck_active;
const char *ck_active_name(void);

// The kernels called `name` (avx512, avx2, neon, portable), or NULL where this machine or build lacks them.
const ck_table *ck_find(const char *name);

// Uses the kernels called `name`; false, and no change, where they are lacking.
bool ck_select(const char *name);

// What MNIST1D_KERNELS asked for if that could not be had, else NULL.
const char *ck_rejected_request(void);

#define CK_KERNEL(kernel, parameters, arguments) \
  static inline void ck_##kernel parameters { \
    __atomic_load_n(&ck_active, __ATOMIC_RELAXED)->kernel arguments; \
  }
#include "../Kernels/kernels.def"
#undef CK_KERNEL

// Memory for `count` floats, aligned to 64 bytes and padded to a multiple of 16 whose last lanes start as
// zeros; NULL if the system refuses it. Blocks come from, and return to, a pool of the calling thread, whichever thread
// made them. A pool holds at most 256 MB; beyond 32 MB, what it has not used for some thousand calls goes back to the
// system.
float *ck_allocate(long count);
void ck_release(float *block, long count);

// How many blocks the calling thread has allocated more than released, how often it has asked the system for one,
// scratch memory included, and how many bytes wait in its pool.
typedef struct {
  long blocks_in_use, blocks_from_system, bytes_pooled;
} ck_memory;
ck_memory ck_memory_of_thread(void);

// Gives the calling thread's pooled blocks back to the system; for a thread that is about to end.
void ck_drain_pool(void);

// Scratch memory of the calling thread, valid until its next call.
float *ck_workspace(int64_t count);

// The status with which a process ends whose memory does not suffice: EX_OSERR of sysexits.h.
#define CK_OUT_OF_MEMORY_STATUS 71

// What is called, with one sentence, where the memory for a tensor or a kernel cannot be had. It should end the process
// and must not allocate. If there is none, or it returns, the sentence goes to standard error and the process ends with
// the status above.
typedef void ck_memory_handler(const char *sentence);
void ck_on_out_of_memory(ck_memory_handler *handler);

// Ends the process as said above, since a tensor with these extents cannot be had.
_Noreturn void ck_refuse_tensor(int rank, ck_axes extents);

// The most threads that one thread's kernels are split over.
#define CK_MOST_THREADS 1024

// Splits the calling thread's large kernels over `count` threads, this one included. Returns over how many they are
// split: fewer where the system refuses more threads; as many as before where a kernel is being split.
int ck_use_threads(int count);

// Over how many threads the calling thread's large kernels are split, this one included; 1 until it is said.
int ck_threads(void);

// How many threads the system has refused, at most, to any one call of ck_use_threads on any thread.
int ck_missing_threads(void);

// Something that no other thread has at the same time.
#if defined(__wasm__)
static inline uintptr_t ck_this_thread(void) { return 1; }
#else
extern _Thread_local char ck_thread_mark;
static inline uintptr_t ck_this_thread(void) { return (uintptr_t)&ck_thread_mark; }
#endif

// Calls `part` for ranges of at most `grain` items that make up 0 ..< count, on the threads in use.
typedef void ck_part(const void *arguments, long start, long end);
void ck_split(long count, long grain, ck_part *part, const void *arguments);

// A number that grows with every call on any thread.
uint64_t ck_next_identity(void);

#ifdef __cplusplus
}
#endif
