// Convolutions with pixels as rows: results of the few targets that are left when the others have filled vectors.
#pragma once

#include "gemm.h"

namespace volute::VOLUTE_LEVEL {

// out[target, y, x] = activation(bias[target] + sum over runs r and terms k of
// in[depth.starts[r] + k * plane + y * pitch + x] * w[target, r, k]). The weights are packed for vectors that hold some
// pixels of a row for each target: lane target * pixels + i of packed[r, k] is w[target, r, k].
struct FewTargets {
  Depth depth;
  const float* packed;
  const float* bias;  // may be null
  Activation activation;
  int64_t targets;
  int64_t pixels;  // a power of two, at most as many as there are columns
  const float* in;
  int64_t pitch, plane;
  float* out;
  int64_t lines, columns;
  int64_t out_pitch, out_plane;
};

void sum_few_targets(const FewTargets& few);

}  // namespace volute::VOLUTE_LEVEL
