// Copies between strided arrays: slices, transpositions, reversals and repetitions.

static void copy(
    ck_axes shape, const float *from, ck_axes from_steps, float *to, ck_axes to_steps) {
  if (!merge_axes(shape.axis, from_steps.axis, to_steps.axis)) return;
  const long *from_strides = from_steps.axis, *to_strides = to_steps.axis;
  const long rows = shape.axis[2], columns = shape.axis[3];
  for (long i = 0; i < shape.axis[0]; i++) {
    for (long j = 0; j < shape.axis[1]; j++) {
      const float *source = from + i * from_strides[0] + j * from_strides[1];
      float *target = to + i * to_strides[0] + j * to_strides[1];
      if (from_strides[3] == 1 && to_strides[3] == 1) {
        for (long k = 0; k < rows; k++) {
          memcpy(target + k * to_strides[2], source + k * from_strides[2],
                 (size_t)columns * sizeof(float));
        }
      } else if (from_strides[3] == 1 && to_strides[2] == 1) {
        transpose(rows, columns, source, from_strides[2], target, to_strides[3]);
      } else if (from_strides[2] == 1 && to_strides[3] == 1) {
        transpose(columns, rows, source, from_strides[3], target, to_strides[2]);
      } else {
        for (long k = 0; k < rows; k++) {
          for (long l = 0; l < columns; l++) {
            target[k * to_strides[2] + l * to_strides[3]] =
                source[k * from_strides[2] + l * from_strides[3]];
          }
        }
      }
    }
  }
}
