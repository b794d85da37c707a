// Runs every kernel of one set over random shapes, and prints a digest of what each gives: `check` compares them.
//
//     kernels SET        avx512, avx2, neon or portable
//
// The kernels come from the tables of Sources/CKernels/Kernels: one that has no `try_…` here is a link error.
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Also the numbers that go in must be the same everywhere.
#pragma STDC FP_CONTRACT OFF

enum { ROUNDS = 40 };

// MARK: Random numbers and shapes, the same on every machine

static uint64_t state;

static uint64_t word(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// From `low` to `high`, both included.
static long between(long low, long high) { return low + (long)(word() % (uint64_t)(high - low + 1)); }
static int coin(void) { return word() & 1; }

// An extent: mostly small, now and then one that fills several blocks.
static long extent(long most) { return between(1, coin() ? (most < 20 ? most : 20) : most); }

// Now and then sums are longer than what is added one after the other.
static int is_rare(void) { return word() % 16 == 0; }

static float uniform(float low, float high) {
  return low + (high - low) * ((float)(word() >> 40) * 0x1p-24f);
}

// Any float at all: infinite, NaN and denormal ones, too.
static float any(void) {
  const uint32_t bits = (uint32_t)word();
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// Buffers live until the end of a round. Behind what was asked for is room up to the next multiple of sixteen.
static void *buffers[64];
static int buffer_count;

static void *buffer(size_t size) {
  void *memory = calloc(1, (size + 63) / 64 * 64 + 64);
  if (!memory || buffer_count == 64) abort();
  return buffers[buffer_count++] = memory;
}

static float *numbers(long count, float low, float high) {
  float *x = buffer((size_t)count * sizeof(float));
  for (long i = 0; i < count; i++) x[i] = uniform(low, high);
  return x;
}
static float *signs(long count) { return numbers(count, -1, 1); }
static float *result(long count) {
  float *y = buffer((size_t)count * sizeof(float));
  for (long i = 0; i < count; i++) y[i] = -77;
  return y;
}

// MARK: Digests

static uint64_t digest;

// Which NaN an operation gives is the processor's own affair.
static void add(const float *y, long count) {
  for (long i = 0; i < count; i++) {
    uint32_t bits = 0x7fc00000;
    if (y[i] == y[i]) memcpy(&bits, &y[i], 4);
    for (int byte = 0; byte < 4; byte++) digest = (digest ^ (bits >> 8 * byte & 255)) * 0x100000001b3;
  }
}

// MARK: The kernels

#define CK_KERNEL(kernel, parameters, arguments) static void try_##kernel(const ck_table *table);
#include "../../Sources/CKernels/Kernels/kernels.def"
#undef CK_KERNEL

static void try_matmul(const ck_table *table) {
  const long m = extent(90), n = extent(90), k = extent(120), c_row = n + between(0, 3);
  const long a_step = (coin() ? k : m) + between(0, 3), b_step = (coin() ? n : k) + between(0, 3);
  const int a_turned = a_step < k || coin(), b_turned = b_step < n || coin();
  const float *a = signs((m > k ? m : k) * (a_step > m ? a_step : m) + k * a_step);
  const float *b = signs((n > k ? n : k) * (b_step > n ? b_step : n) + n * b_step);
  const float *bias = coin() ? signs(n) : NULL;
  float *c = result(m * c_row);
  table->matmul(
      m, n, k, a, a_turned ? 1 : a_step, a_turned ? (a_step > m ? a_step : m) : 1, b,
      b_turned ? 1 : b_step, b_turned ? (b_step > k ? b_step : k) : 1, c, c_row, bias, coin());
  add(c, m * c_row - (c_row - n));
}

// Numbers for which a multiply-add that rounds twice gives itself away: a few bits far apart, so that sums lie half way
// between two floats or a little beside; some near the ends of the exponent, some denormal, some not finite.
static float *hard_numbers(long count) {
  float *x = buffer((size_t)count * sizeof(float));
  static const int middles[] = {127, 190, 65, 52};
  const int middle = middles[word() % 4];
  for (long i = 0; i < count; i++) {
    const uint32_t kind = word() % 16, mantissa = 1u << word() % 23 | (coin() ? 1u << word() % 23 : 0) | coin();
    const uint32_t exponent = kind == 0 ? 0 : (uint32_t)(middle + between(-14, 14));
    const uint32_t bits = (uint32_t)coin() << 31 | exponent << 23 | (kind < 8 ? mantissa : kind < 12 ? 0x7fffff ^ mantissa : 0);
    memcpy(x + i, &bits, 4);
    if (word() % 4096 == 0) x[i] = any();
  }
  return x;
}

// Products of a few terms, with lanes and rows enough for every kind of tile.
static void try_hard_products(const ck_table *table) {
  for (int i = 0; i < 20; i++) {
    const long m = extent(40), n = extent(90), k = between(1, 6);
    float *c = result(m * n);
    const float *a = hard_numbers(m * k), *b = hard_numbers(k * n), *bias = coin() ? hard_numbers(n) : NULL;
    table->matmul(m, n, k, a, k, 1, b, n, 1, c, n, bias, 0);
    add(c, m * n);
    while (buffer_count > 0) free(buffers[--buffer_count]);
  }
}

// ± 2ⁿ (1 ± 2⁻ⁱ) where i is 15, 19 or 23, or ± 2ⁿ.
static float near_power(int exponent) {
  float x = coin() ? 1 : -1;
  for (; exponent < 0; exponent++) x *= 0.5f;
  for (; exponent > 0; exponent--) x *= 2;
  const float little = 1.0f / (float)(1 << (15 + 4 * between(0, 2)));
  return x * (coin() ? 1 : coin() ? 1 + little : 1 - little);
}

// Sums that exactly half a last place, or a little less or more, is to be rounded off: to a number c come products
// ± (1 ± 2⁻ⁱ) (1 ± 2⁻ʲ) times what the last bit of c is worth, or all of c, or nearly. Where i is j, the little is less than
// doubles can tell. In every other round c is tiny or denormal, and sums may vanish and leave a signed zero. Now
// and then there are so many terms, nearly all 0, that they are added in two parts.
static void try_halfway_products(const ck_table *table) {
  for (int i = 0; i < 60; i++) {
    const int is_tiny = coin(), is_long = is_rare();
    const long m = extent(20), n = extent(60), k = is_long ? between(760, 800) : between(2, 5);
    const int exponent = is_tiny ? -(int)between(120, 149) : (int)between(-60, 120);
    const int last = coin() ? exponent : exponent - (int)between(22, 25);
    const int spread = is_tiny && coin() ? (int)between(0, 60) : 0;
    float *a = buffer((size_t)(m * k) * sizeof(float)), *b = buffer((size_t)(k * n) * sizeof(float));
    float *c = result(m * n);
    for (long row = 0; row < m; row++) {
      a[row * k] = (float)between(-2, 2) * near_power(exponent / 2 - (int)between(0, spread));
      for (long p = 1; p < k; p++) {
        const int is_zero = word() % 256 >= (is_long ? 2 : 192);
        a[row * k + p] = is_zero ? 0 : near_power(last / 2);
      }
    }
    for (long column = 0; column < n; column++) {
      b[column] = word() % 8 ? near_power(exponent - exponent / 2) : 0;
      for (long p = 1; p < k; p++) b[p * n + column] = near_power(last - last / 2 - (int)between(0, spread));
    }
    table->matmul(m, n, k, a, k, 1, b, n, 1, c, n, NULL, 0);
    add(c, m * n);
    while (buffer_count > 0) free(buffers[--buffer_count]);
  }
}

static void try_transpose(const ck_table *table) {
  const long rows = extent(70), columns = extent(70);
  const long from_row = columns + between(0, 3), to_row = rows + between(0, 3);
  const float *from = signs(rows * from_row);
  float *to = result(columns * to_row);
  table->transpose(rows, columns, from, from_row, to, to_row);
  for (long j = 0; j < columns; j++) add(to + j * to_row, rows);
}

static ck_axes axes(long a, long b, long c, long d) { return (ck_axes){{a, b, c, d}}; }

// The strides of a contiguous array, 0 along some axes where `repeats` says so.
static ck_axes strides(ck_axes shape, int repeats) {
  ck_axes result;
  long step = 1;
  for (int axis = 3; axis >= 0; axis--) {
    const int is_repeated = repeats && word() % 3 == 0;
    result.axis[axis] = is_repeated ? 0 : step;
    if (!is_repeated) step *= shape.axis[axis];
  }
  return result;
}
static ck_axes small_shape(void) { return axes(extent(4), extent(5), extent(20), extent(50)); }
static long size(ck_axes shape) {
  return shape.axis[0] * shape.axis[1] * shape.axis[2] * shape.axis[3];
}

static void try_binary(const ck_table *table) {
  for (int operation = CK_ADD; operation <= CK_TANH_GRADIENT; operation++) {
    const ck_axes shape = small_shape();
    const long count = size(shape);
    float *a = signs(count), *b = signs(count), *y = result(count);
    for (int i = 0; i < 8; i++) a[between(0, count - 1)] = any(), b[between(0, count - 1)] = any();
    for (int i = 0; i < 8; i++) b[between(0, count - 1)] = a[between(0, count - 1)];
    const ck_axes a_strides = strides(shape, 1);
    table->binary(operation, shape, a, a_strides, b, strides(shape, 1), y);
    add(y, count);
  }
}

static void try_gelu(const ck_table *table) {
  const long count = extent(300);
  float *y = result(count);
  table->gelu(count, numbers(count, -12, 12), y);
  add(y, count);
}

static void try_gelu_gradient(const ck_table *table) {
  const long count = extent(300);
  float *dx = result(count);
  const float *dy = signs(count), *x = numbers(count, -12, 12);
  table->gelu_gradient(count, dy, x, dx);
  add(dx, count);
}

static void try_unary(const ck_table *table) {
  for (int operation = CK_NEGATE; operation <= CK_SOFTPLUS; operation++) {
    const long count = extent(3000);
    const float reach = (float)(1L << between(0, 8));
    float *x = numbers(count, -reach, reach), *y = result(count);
    for (long i = 0; i < count; i += 3) x[i] = any();
    table->unary(operation, count, x, y);
    add(y, count);
  }
}

static void try_reduction(void (*kernel)(long, long, long, const float *, float *), int specials) {
  const long outer = extent(20), count = extent(300), inner = coin() ? 1 : extent(60);
  float *x = signs(outer * count * inner), *y = result(outer * inner);
  for (int i = 0; i < specials; i++) x[between(0, outer * count * inner - 1)] = any();
  kernel(outer, count, inner, x, y);
  add(y, outer * inner);
}
static void try_sum(const ck_table *table) { try_reduction(table->sum, 0); }
static void try_maximum(const ck_table *table) { try_reduction(table->maximum, 3); }

static void try_copy(const ck_table *table) {
  const ck_axes shape = small_shape();
  const long count = size(shape);
  const float *from = signs(count);
  float *to = result(count);
  ck_axes from_strides = strides(shape, 1), to_strides;
  if (coin()) {  // backwards along the last axis
    from += (shape.axis[3] - 1) * from_strides.axis[3];
    from_strides.axis[3] = -from_strides.axis[3];
  }
  // To a contiguous array with its axes in some other order.
  long step = 1;
  const int first = (int)between(0, 3);
  for (int i = 0; i < 4; i++) {
    const int axis = (first + 3 * i) % 4;
    to_strides.axis[axis] = step;
    step *= shape.axis[axis];
  }
  table->copy(shape, from, from_strides, to, to_strides);
  add(to, count);
}

static void try_adam(const ck_table *table) {
  const long count = extent(2000);
  float *p = signs(count), *g = signs(count), *m = signs(count), *v = numbers(count, 0, 1);
  for (long i = 0; i < count; i += 5) g[i] *= 1e-18f, m[i] *= 1e-30f, v[i] *= 1e-36f;
  const float decay = coin() ? 0 : 0.01f, epsilon = coin() ? 1e-8f : 0;
  const float share = coin() ? 1 : 0.999f;
  for (int step = 0; step < 3; step++) {
    table->adam(count, p, g, m, v, 0.01f, 0.1f, 0.999f, 0.001f, 0.03f, epsilon, decay, share);
  }
  add(p, count), add(m, count), add(v, count);
}

static void try_rmsprop(const ck_table *table) {
  const long count = extent(2000);
  float *p = signs(count), *g = signs(count), *v = numbers(count, 0, 1);
  for (long i = 0; i < count; i += 5) g[i] *= 1e-18f, v[i] *= 1e-36f;
  const float decay = coin() ? 0 : 0.01f, epsilon = coin() ? 1e-8f : 0;
  for (int step = 0; step < 3; step++) {
    table->rmsprop(count, p, g, v, 0.01f, 0.99f, 0.01f, epsilon, decay);
  }
  add(p, count), add(v, count);
}

static void try_sgd(const ck_table *table) {
  const long count = extent(2000);
  float *p = signs(count), *v = coin() ? signs(count) : NULL;
  const float *g = signs(count);
  const float decay = coin() ? 0 : 0.01f, share = v && coin() ? 0.5f : 1;
  table->sgd(count, p, g, v, 0.1f, v ? 0.9f : 0, share, v && coin(), decay);
  add(p, count);
  if (v) add(v, count);
}

static int32_t *labels(long batch, long classes) {
  int32_t *labels = buffer((size_t)batch * sizeof *labels);
  for (long i = 0; i < batch; i++) labels[i] = (int32_t)between(0, classes - 1);
  return labels;
}

static void try_softmax_cross_entropy(const ck_table *table) {
  const int is_long = is_rare();
  const long batch = is_long ? 65000 + extent(2000) : extent(130), classes = is_long ? 2 : extent(40);
  const float *logits = numbers(batch * classes, -20, 20);
  float loss = -77, *gradient = coin() ? result(batch * classes) : NULL;
  table->softmax_cross_entropy(
      coin() ? CK_BATCH_LAST : CK_BATCH_FIRST, batch, classes, logits, labels(batch, classes),
      &loss, gradient);
  add(&loss, 1);
  if (gradient) add(gradient, batch * classes);
}

static void try_log_softmax(const ck_table *table) {
  const long batch = extent(130), classes = extent(40);
  float *y = result(batch * classes);
  const float *logits = numbers(batch * classes, -20, 20);
  table->log_softmax(coin() ? CK_BATCH_LAST : CK_BATCH_FIRST, batch, classes, logits, y);
  add(y, batch * classes);
}

static void try_softmax(const ck_table *table) {
  const long batch = extent(130), classes = extent(70);
  float *y = result(batch * classes);
  table->softmax(batch, classes, numbers(batch * classes, -20, 20), y);
  add(y, batch * classes);
}

static void try_softmax_gradient(const ck_table *table) {
  const long batch = extent(130), classes = extent(70);
  float *dx = result(batch * classes);
  const float *y = numbers(batch * classes, 0, 1), *dy = signs(batch * classes);
  table->softmax_gradient(batch, classes, y, dy, dx);
  add(dx, batch * classes);
}

static ck_normalization_shape normalization_shape(int across) {
  ck_normalization_shape shape = {extent(60), extent(40), extent(is_rare() ? 1500 : 40)};
  // One number of each channel is no layer.
  if (across && coin()) shape.outer = 1;
  return shape;
}

static void try_normalize(const ck_table *table) {
  const int across = coin();
  const ck_normalization_shape s = normalization_shape(across);
  const long count = s.outer * s.channels * s.inner, weights = across ? s.inner : s.channels;
  const float *x = signs(count), *weight = signs(weights), *bias = signs(weights);
  float *y = result(count), *mean = result(s.channels), *variance = result(s.channels);
  table->normalize(s, 1e-5f, across, x, weight, bias, y, mean, variance);
  add(y, count);
  add(mean, s.channels);
  add(variance, s.channels);
}

static void try_normalize_gradient(const ck_table *table) {
  const int across = coin();
  const ck_normalization_shape s = normalization_shape(across);
  const long count = s.outer * s.channels * s.inner, weights = across ? s.inner : s.channels;
  const float *dy = signs(count), *x = signs(count), *weight = signs(weights);
  const float *mean = signs(s.channels), *variance = numbers(s.channels, 0, 1);
  float *dx = result(count), *dweight = result(weights), *dbias = result(weights);
  table->normalize_gradient(s, 1e-5f, across, dy, x, weight, mean, variance, dx, dweight, dbias);
  add(dx, count);
  add(dweight, weights);
  add(dbias, weights);
}

static const ck_gru_parameters absent;

static ck_gru_parameters parameters(ck_gru_shape s, float *make(long count)) {
  ck_gru_parameters p;
  p.weight_ih = make(3 * s.hidden * s.inputs);
  p.weight_hh = make(3 * s.hidden * s.hidden);
  p.bias_ih = make(3 * s.hidden);
  p.bias_hh = make(3 * s.hidden);
  return p;
}
static void add_parameters(ck_gru_shape s, ck_gru_parameters p) {
  add(p.weight_ih, 3 * s.hidden * s.inputs), add(p.weight_hh, 3 * s.hidden * s.hidden);
  add(p.bias_ih, 3 * s.hidden), add(p.bias_hh, 3 * s.hidden);
}

static void try_gru(const ck_table *table, int is_backward) {
  ck_gru_shape s = {extent(9), extent(4), extent(9), extent(50)};
  if (is_rare()) s = (ck_gru_shape){4000 + extent(500), 2, 2, extent(33)};
  const int directions = 1 + coin();
  const ck_gru_parameters forward = parameters(s, signs);
  const ck_gru_parameters reverse = directions == 2 ? parameters(s, signs) : absent;
  const long outputs = s.time * directions * s.hidden * s.batch;
  const float *x = signs(s.time * s.inputs * s.batch);
  const float *initial = coin() ? signs(directions * s.hidden * s.batch) : NULL;
  float *y = result(outputs);
  float *saved = result(4 * s.time * directions * s.hidden * ((s.batch + 15) / 16 * 16));
  table->gru_forward(s, forward, reverse, x, initial, y, is_backward || coin() ? saved : NULL);
  add(y, outputs);
  if (!is_backward) return;
  float *dx = coin() ? result(s.time * s.inputs * s.batch) : NULL;
  float *dinitial = coin() ? result(directions * s.hidden * s.batch) : NULL;
  const ck_gru_parameters dforward = parameters(s, result);
  const ck_gru_parameters dreverse = directions == 2 ? parameters(s, result) : absent;
  table->gru_backward(
      s, forward, reverse, x, initial, y, saved, signs(outputs), dx, dinitial, dforward, dreverse);
  if (dx) add(dx, s.time * s.inputs * s.batch);
  if (dinitial) add(dinitial, directions * s.hidden * s.batch);
  add_parameters(s, dforward);
  if (directions == 2) add_parameters(s, dreverse);
}
static void try_gru_forward(const ck_table *table) { try_gru(table, 0); }
static void try_gru_backward(const ck_table *table) { try_gru(table, 1); }

static long area(ck_plane plane) { return plane.height * plane.width; }

// How many windows there are in so much room.
static ck_plane windows(ck_plane room, ck_plane window, ck_plane stride) {
  return (ck_plane){
      (room.height - window.height) / stride.height + 1, (room.width - window.width) / stride.width + 1};
}

static ck_convolution_shape convolution_shape(void) {
  ck_convolution_shape s = {
      .in_channels = extent(18), .out_channels = extent(18), .batch = extent(40),
      .input = {1, extent(24)}, .stride = {1, between(1, 3)}, .padding = {0, between(0, 3)}};
  if (coin()) s.input.height = extent(7), s.stride.height = between(1, 3), s.padding.height = between(0, 2);
  const ck_plane room = {
      s.input.height + 2 * s.padding.height, s.input.width + 2 * s.padding.width};
  s.kernel.height = between(1, room.height < 4 ? room.height : 4);
  s.kernel.width = between(1, room.width < 6 ? room.width : 6);
  s.output = windows(room, s.kernel, s.stride);
  return s;
}
static long weight_count(ck_convolution_shape s) { return s.out_channels * s.in_channels * area(s.kernel); }
static long input_count(ck_convolution_shape s) { return s.in_channels * area(s.input) * s.batch; }
static long output_count(ck_convolution_shape s) { return s.out_channels * area(s.output) * s.batch; }

static void try_convolution(const ck_table *table) {
  const ck_convolution_shape s = convolution_shape();
  const float *x = signs(input_count(s)), *w = signs(weight_count(s));
  const float *bias = coin() ? signs(s.out_channels) : NULL;
  float *y = result(output_count(s));
  table->convolution(s, x, w, bias, coin(), y);
  add(y, output_count(s));
}
static void try_convolution_input_gradient(const ck_table *table) {
  const ck_convolution_shape s = convolution_shape();
  const float *dy = signs(output_count(s)), *w = signs(weight_count(s));
  float *dx = result(input_count(s));
  table->convolution_input_gradient(s, dy, w, dx);
  add(dx, input_count(s));
}
static void try_convolution_weight_gradient(const ck_table *table) {
  const ck_convolution_shape s = convolution_shape();
  const float *dy = signs(output_count(s)), *x = signs(input_count(s));
  float *dw = result(weight_count(s));
  table->convolution_weight_gradient(s, dy, x, dw);
  add(dw, weight_count(s));
}

static void try_pooling(const ck_table *table, int is_backward) {
  for (int pooling = CK_POOL_SUM; pooling <= CK_POOL_NORM; pooling++) {
    ck_pooling_shape s = {
        .channels = extent(9), .batch = extent(40), .input = {1, extent(30)},
        .stride = {1, between(1, 4)}};
    if (coin()) s.input.height = extent(9), s.stride.height = between(1, 3);
    s.window.height = between(1, s.input.height < 3 ? s.input.height : 3);
    s.window.width = between(1, s.input.width < 5 ? s.input.width : 5);
    if (is_rare()) s.channels = 2, s.input.width = s.window.width = 4000 + extent(500), s.stride.width = 1;
    s.output = windows(s.input, s.window, s.stride);
    const long inputs = s.channels * area(s.input) * s.batch;
    const long outputs = s.channels * area(s.output) * s.batch;
    float *x = signs(inputs), *y = result(outputs), *dx = result(inputs);
    for (long i = 0; i < inputs; i += 4) x[i] = 0.5f;  // equals
    table->pool(pooling, s, x, coin() ? x : signs(inputs), y);
    add(y, outputs);
    if (!is_backward) continue;
    table->unpool(pooling, s, x, y, signs(outputs), dx);
    add(dx, inputs);
  }
}
static void try_pool(const ck_table *table) { try_pooling(table, 0); }
static void try_unpool(const ck_table *table) { try_pooling(table, 1); }

// Lines of a matrix of which about a third of the elements survive, in some order.
typedef struct {
  long lines, columns, count;
  int32_t *start, *index, *order;
} survivors;

static survivors sparse_lines(void) {
  survivors s = {.lines = extent(40), .columns = extent(60)};
  s.start = buffer((size_t)(s.lines + 1) * 4);
  s.index = buffer((size_t)(s.lines * s.columns) * 4);
  s.order = buffer((size_t)(s.lines * s.columns) * 4);
  for (long i = 0; i < s.lines; i++) {
    for (long j = 0; j < s.columns; j++) {
      if (word() % 3 == 0) s.index[s.count++] = (int32_t)j;
    }
    s.start[i + 1] = (int32_t)s.count;
  }
  for (long k = 0; k < s.count; k++) {
    const long other = between(0, k);
    s.order[k] = s.order[other];
    s.order[other] = (int32_t)k;
  }
  return s;
}

static void try_sparse_product(const ck_table *table) {
  const survivors s = sparse_lines();
  const long batch = extent(70);
  const float *values = signs(s.count), *x = signs(s.columns * batch);
  const float *bias = coin() ? signs(s.lines) : NULL;
  float *y = result(s.lines * batch);
  table->sparse_product(s.lines, s.start, s.index, s.order, values, batch, x, bias, coin(), y);
  add(y, s.lines * batch);
}
static void try_sparse_gradient(const ck_table *table) {
  const survivors s = sparse_lines();
  const long batch = extent(70);
  const float *z = signs(s.lines * batch), *x = signs(s.columns * batch);
  float *g = result(s.count);
  table->sparse_gradient(s.lines, s.start, s.index, s.order, batch, z, x, g);
  add(g, s.count);
}

static void try_multiply_add(const ck_table *table) {
  float *x = signs(384);
  table->multiply_add(extent(50), uniform(-1, 1), uniform(-1, 1), x);
  add(x, 384);
}

// Elements near each other, for which derivatives are taken from panels, or far apart.
static float *elements(long count) {
  const float reach = coin() ? 3 : 30;
  return numbers(count, -reach, reach);
}

static void try_tanh_units(const ck_table *table) {
  const long count = extent(4000), units = extent(40);
  const float *x = elements(count), *a = signs(units), *b = signs(units), *w = signs(units);
  float *y = result(count);
  table->tanh_units((int)between(0, 15), count, units, x, a, b, w, y);
  add(y, count);
}
static void try_tanh_units_with_derivative(const ck_table *table) {
  const long count = extent(4000), units = extent(40);
  const float *x = elements(count), *a = signs(units), *b = signs(units), *w = signs(units);
  float *y = result(count), *derivative = result(count);
  table->tanh_units_with_derivative(count, units, x, a, b, w, y, derivative);
  add(y, count), add(derivative, count);
}
static void try_tanh_moments(const ck_table *table) {
  const long count = extent(4000), units = extent(40);
  const float *x = elements(count), *a = signs(units), *b = signs(units), *u = signs(count);
  float *y = result(units);
  table->tanh_moments((int)between(0, 15), count, units, x, a, b, u, y);
  add(y, units);
}
static void try_tanh_units_backward(const ck_table *table) {
  const long count = extent(4000), units = extent(40);
  const float *x = elements(count), *a = signs(units), *b = signs(units), *w = signs(units);
  const float *u = coin() ? signs(count) : NULL, *v = !u || coin() ? signs(count) : NULL;
  float *dx = coin() ? result(count) : NULL;
  float *da = result(units), *db = result(units), *dw = result(units);
  table->tanh_units_backward(count, units, x, a, b, w, u, v, dx, da, db, dw);
  add(da, units), add(db, units), add(dw, units);
  if (dx) add(dx, count);
}

static void try_tsne_forces(const ck_table *table) {
  const long count = extent(150), start = between(0, count - 1), end = between(start + 1, count);
  const float *x = signs(count), *y = signs(count), *affinities = numbers(count * count, 0, 1);
  float *forces = result(5 * count);
  table->tsne_forces(start, end, count, x, y, affinities, forces);
  for (int part = 0; part < 5; part++) add(forces + part * count + start, end - start);
}

// MARK: Memory and threads

static void fill(const void *context, long start, long end) {
  float *const *blocks = context;
  for (long i = start; i < end; i++) blocks[i % 4][i / 4] = (float)i;
}

// Blocks off the pool, old ones too, filled by three threads; the lanes behind the last element are zeros.
static void try_memory_and_threads(const ck_table *table) {
  (void)table;
  const long count = extent(3000);
  float *blocks[4];
  for (int i = 0; i < 4; i++) blocks[i] = ck_allocate(count);
  ck_use_threads(3);
  ck_split(4 * count, between(1, 60), fill, blocks);
  ck_use_threads(1);
  for (int i = 0; i < 4; i++) {
    add(blocks[i], (count + 15) / 16 * 16);
    ck_release(blocks[i], count);
  }
}

static const struct {
  const char *name;
  void (*try)(const ck_table *table);
} kernels[] = {
#define CK_KERNEL(kernel, parameters, arguments) {#kernel, try_##kernel},
#include "../../Sources/CKernels/Kernels/kernels.def"
#undef CK_KERNEL
    {"hard_products", try_hard_products},
    {"halfway_products", try_halfway_products},
    {"memory_and_threads", try_memory_and_threads},
};

int main(int count, char **arguments) {
  const ck_table *table = count == 2 ? ck_find(arguments[1]) : NULL;
  if (!table) return 2;
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    digest = 0xcbf29ce484222325;
    for (int round = 0; round < ROUNDS; round++) {
      state = 1000 * i + (uint64_t)round;
      kernels[i].try(table);
      while (buffer_count > 0) free(buffers[--buffer_count]);
    }
    printf("%-30s %016llx\n", kernels[i].name, (unsigned long long)digest);
  }
  ck_drain_pool();
  return 0;
}
