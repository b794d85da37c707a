// The forces between the points of a t-SNE embedding in the plane, sixteen partners of a point in the lanes.

// What sixteen partners add to the five sums of a point: attraction and repulsion along x and y, and Σ q.
CK_INLINE void add_partners(
    vf x, vf y, vf partner_x, vf partner_y, vf affinity, vi counted, vf *sums) {
  const vf dx = x - partner_x, dy = y - partner_y;
  const vf square = fma16(dx, dx, fma16(dy, dy, splat(1)));
  const vf q = (vf)(counted & (vi)(splat(1) / square));
  const vf attraction = affinity * q, repulsion = q * q;
  sums[0] = fma16(attraction, dx, sums[0]);
  sums[1] = fma16(attraction, dy, sums[1]);
  sums[2] = fma16(repulsion, dx, sums[2]);
  sums[3] = fma16(repulsion, dy, sums[3]);
  sums[4] = sums[4] + q;
}

static void tsne_forces(
    long start, long end, long count, const float *x, const float *y, const float *affinities,
    float *forces) {
  const vi lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const vi all = (vi)(int32_t)-1;
  for (long i = start; i < end; i++) {
    const float *row = affinities + i * count;
    const vf own_x = splat(x[i]), own_y = splat(y[i]);
    vf sums[5];
    CK_UNROLL for (int s = 0; s < 5; s++) sums[s] = splat(0);
    long j = 0;
    for (; j + 16 <= count; j += 16) {
      // A point is no partner of its own.
      const vi counted = i - j >= 0 && i - j < 16 ? lane != (vi)(int32_t)(i - j) : all;
      add_partners(own_x, own_y, load(x + j), load(y + j), load(row + j), counted, sums);
    }
    if (j < count) {
      const long rest = count - j;
      const vi counted = (lane < (vi)(int32_t)rest) & (lane != (vi)(int32_t)(i - j));
      add_partners(
          own_x, own_y, load_partial(x + j, rest), load_partial(y + j, rest),
          load_partial(row + j, rest), counted, sums);
    }
    CK_UNROLL for (int s = 0; s < 5; s++) forces[s * count + i] = sum_lanes(sums[s]);
  }
}
