// Arithmetic on elements, with operands repeated along axes where their stride is 0.

CK_INLINE vf apply_binary(const int operation, vf a, vf b) {
  switch (operation) {
    case CK_ADD: return a + b;
    case CK_SUBTRACT: return a - b;
    case CK_MULTIPLY: return a * b;
    case CK_DIVIDE: return a / b;
    // A comparison with NaN is false, so `a + b` carries a NaN on.
    case CK_MAXIMUM: return select(a >= b, a, select(b > a, b, a + b));
    case CK_MINIMUM: return select(a <= b, a, select(b < a, b, a + b));
    case CK_GATE: return select(b <= splat(0), splat(0), a);
    case CK_GREATER: return select(a > b, splat(1), splat(0));
    case CK_TANH_GRADIENT: return a * (splat(1) - b * b);
    default: return select(a == b, splat(1), splat(0));
  }
}

// One row; a stride of 0 repeats the operand's first element. `padded` rows may run past `count`.
CK_INLINE void binary_row(
    const int operation, const int padded, long count, const float *a, const long a_stride,
    const float *b, const long b_stride, float *y) {
  vf first_a = splat(a[0]), first_b = splat(b[0]);
  long i = 0;
  for (; padded ? i < count : i + 16 <= count; i += 16) {
    vf left = a_stride ? load(a + i) : first_a;
    vf right = b_stride ? load(b + i) : first_b;
    store(y + i, apply_binary(operation, left, right));
  }
  if (i < count) {
    vf left = a_stride ? load_partial(a + i, count - i) : first_a;
    vf right = b_stride ? load_partial(b + i, count - i) : first_b;
    store_partial(y + i, apply_binary(operation, left, right), count - i);
  }
}

CK_INLINE void binary_rows(
    const int operation, const long *shape, const float *a, const long *a_strides, const float *b,
    const long *b_strides, float *y, const long a_stride, const long b_stride) {
  const long count = shape[3];
  if (shape[0] == 1 && shape[1] == 1 && shape[2] == 1) {
    binary_row(operation, 1, count, a, a_stride, b, b_stride, y);
    return;
  }
  for (long i = 0; i < shape[0]; i++) {
    for (long j = 0; j < shape[1]; j++) {
      for (long k = 0; k < shape[2]; k++) {
        binary_row(
            operation, 0, count, a + i * a_strides[0] + j * a_strides[1] + k * a_strides[2], a_stride,
            b + i * b_strides[0] + j * b_strides[1] + k * b_strides[2], b_stride, y);
        y += count;
      }
    }
  }
}

CK_INLINE void binary_operation(
    const int operation, const long *shape, const float *a, const long *a_strides, const float *b,
    const long *b_strides, float *y) {
  if (a_strides[3] && b_strides[3]) {
    binary_rows(operation, shape, a, a_strides, b, b_strides, y, 1, 1);
  } else if (a_strides[3]) {
    binary_rows(operation, shape, a, a_strides, b, b_strides, y, 1, 0);
  } else if (b_strides[3]) {
    binary_rows(operation, shape, a, a_strides, b, b_strides, y, 0, 1);
  } else {
    binary_rows(operation, shape, a, a_strides, b, b_strides, y, 0, 0);
  }
}

// Merges neighbouring axes that both operands step through alike; the merged axes end up innermost. 0 if there
// are no elements.
static int merge_axes(long *shape, long *a_strides, long *b_strides) {
  for (int axis = 0; axis < 4; axis++) {
    if (shape[axis] == 0) return 0;
  }
  for (int merged = 1; merged;) {
    merged = 0;
    for (int axis = 2; axis >= 0; axis--) {
      const int next = axis + 1;
      if (shape[axis] == 1) continue;
      const int alike = a_strides[axis] == a_strides[next] * shape[next] &&
                        b_strides[axis] == b_strides[next] * shape[next];
      if (!alike && shape[next] != 1) continue;
      if (shape[next] == 1) {
        a_strides[next] = a_strides[axis];
        b_strides[next] = b_strides[axis];
      }
      shape[next] *= shape[axis];
      shape[axis] = 1;
      merged = 1;
    }
  }
  return 1;
}

static void binary(
    int operation, ck_axes shape, const float *a, ck_axes a_strides, const float *b,
    ck_axes b_strides, float *y) {
  if (!merge_axes(shape.axis, a_strides.axis, b_strides.axis)) return;
#define CK_CASE(operation)                                                            \
  case operation:                                                                     \
    binary_operation(operation, shape.axis, a, a_strides.axis, b, b_strides.axis, y); \
    break;
  switch (operation) {
    CK_CASE(CK_ADD)
    CK_CASE(CK_SUBTRACT)
    CK_CASE(CK_MULTIPLY)
    CK_CASE(CK_DIVIDE)
    CK_CASE(CK_MAXIMUM)
    CK_CASE(CK_MINIMUM)
    CK_CASE(CK_GATE)
    CK_CASE(CK_GREATER)
    CK_CASE(CK_EQUAL)
    CK_CASE(CK_TANH_GRADIENT)
  }
#undef CK_CASE
}

CK_INLINE vf apply_unary(const int operation, vf x) {
  switch (operation) {
    case CK_NEGATE: return -x;
    case CK_ABSOLUTE: return (vf)((vi)x & 0x7fffffff);
    case CK_SQUARE_ROOT: return __builtin_elementwise_sqrt(x);
    case CK_RELU: return select(x <= splat(0), splat(0), x);
    case CK_EXP: return v_exp(x);
    case CK_EXPM1: return v_expm1(x);
    case CK_LOG: return v_log(x);
    case CK_LOG1P: return v_log1p(x);
    case CK_TANH: return v_tanh(x);
    case CK_SIGMOID: return v_sigmoid(x);
    case CK_SOFTPLUS: return v_softplus(x);
    default:
      return select(x > splat(0), splat(1), select(x < splat(0), splat(-1), x));
  }
}

static void unary(int operation, long count, const float *x, float *y) {
#define CK_CASE(operation)                                                                     \
  case operation:                                                                              \
    for (long i = 0; i < count; i += 16) store(y + i, apply_unary(operation, load(x + i)));    \
    break;
  switch (operation) {
    CK_CASE(CK_NEGATE)
    CK_CASE(CK_ABSOLUTE)
    CK_CASE(CK_SQUARE_ROOT)
    CK_CASE(CK_RELU)
    CK_CASE(CK_SIGN)
    CK_CASE(CK_EXP)
    CK_CASE(CK_EXPM1)
    CK_CASE(CK_LOG)
    CK_CASE(CK_LOG1P)
    CK_CASE(CK_TANH)
    CK_CASE(CK_SIGMOID)
    CK_CASE(CK_SOFTPLUS)
  }
#undef CK_CASE
}

// Functions of their own: those above take up a megabyte of stack where nothing is optimised.
static void gelu(long count, const float *x, float *y) {
  for (long i = 0; i < count; i += 16) store(y + i, v_gelu(load(x + i)));
}

static void gelu_gradient(long count, const float *dy, const float *x, float *dx) {
  for (long i = 0; i < count; i += 16) {
    store(dx + i, load(dy + i) * v_gelu_slope(load(x + i)));
  }
}
