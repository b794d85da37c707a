// The table of one instruction set: includes every kernel, then names them in the order of kernels.def.
#include "../include/CKernels.h"

#include "vector.h"
#include "transpose.h"
#include "contraction.h"
#include "matmul.h"
#include "math.h"
#include "elementwise.h"
#include "reduction.h"
#include "copy.h"
#include "optimizer.h"
#include "softmax.h"
#include "recurrence.h"
#include "convolution.h"
#include "convolution_weights.h"
#include "pooling.h"
#include "normalization.h"
#include "sparse.h"
#include "peak.h"
#include "tanh_panels.h"
#include "tanh_units.h"
#include "tsne.h"

const ck_table CK_TABLE = {
    .name = CK_NAME,
#define CK_KERNEL(kernel, parameters, arguments) .kernel = kernel,
#include "../Kernels/kernels.def"
#undef CK_KERNEL
};
