// What each kernel family offers: runs a record and answers with a code of volute.h.
#pragma once

#include "../volute.h"

namespace volute {

class Pool;

// OpenBLAS, where it was found.
struct Blas {
  using Single = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*,
                          int);
  using Double = void (*)(int, int, int, int, int, int, double, const double*, int, const double*, int, double,
                          double*, int);
  Single single = nullptr;
  Double twice = nullptr;
};

namespace VOLUTE_LEVEL {

// The lengths and strides that stand behind a record.
template <class Record>
const int64_t* behind(const Record& record) {
  return reinterpret_cast<const int64_t*>(&record + 1);
}

// Which way of volute.h a record is computed by: the same for every level.
int algorithm(const volute_call& call);

int run_elementwise(Pool& pool, volute_strided& call);
int run_accumulate(Pool& pool, volute_strided& call);
int run_reduce(Pool& pool, volute_reduce& call);
int run_matmul(Pool& pool, const Blas& blas, volute_matmul& call);
int run_gather(Pool& pool, volute_gather& call);
int run_scatter_add(Pool& pool, volute_gather& call);
int run_random(Pool& pool, volute_random& call);
int run_linear(Pool& pool, const Blas& blas, volute_linear& call);
int run_pack_linear(Pool& pool, volute_linear& call);
int run_pack_filters(Pool& pool, volute_convolution& call);
int run_convolution(Pool& pool, volute_convolution& call);
int run_convolution_chain(Pool& pool, volute_convolution_chain& call);
int run_convolution_input_gradient(Pool& pool, volute_convolution& call);
int run_convolution_filter_gradient(Pool& pool, volute_convolution& call);
int run_recurrent(Pool& pool, volute_recurrent& call);
int run_pack_recurrent(Pool& pool, volute_recurrent& call);
int run_recurrent_gradient(Pool& pool, volute_recurrent& call);
int run_max_pool(Pool& pool, volute_pool& call);
int run_max_pool_gradient(Pool& pool, volute_pool& call);
int run_average_pool(Pool& pool, volute_pool& call);
int run_average_pool_gradient(Pool& pool, volute_pool& call);
int run_batch_norm_training(Pool& pool, volute_batch_norm& call);
int run_batch_norm_gradient(Pool& pool, volute_batch_norm& call);
int run_batch_norm_inference(Pool& pool, volute_batch_norm& call);
int run_softmax(Pool& pool, volute_softmax& call);
int run_softmax_gradient(Pool& pool, volute_softmax& call);
int run_cross_entropy(Pool& pool, volute_softmax& call);
int run_cross_entropy_gradient(Pool& pool, volute_softmax& call);
int run_sgd(Pool& pool, volute_update& call);
int run_adam(Pool& pool, volute_update& call);

// Runs any record on this level.
int run(Pool& pool, const Blas& blas, volute_call& call);

}  // namespace VOLUTE_LEVEL
}  // namespace volute
