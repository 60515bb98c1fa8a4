#include "../sizes.h"
#include "convolution.h"
#include "kernels.h"

namespace volute::VOLUTE_LEVEL {

namespace {

int minimal_filtering(int64_t tile) { return tile == 2 ? VOLUTE_MINIMAL_FILTERING_BY_2 : VOLUTE_MINIMAL_FILTERING_BY_4; }

}  // namespace

int algorithm(const volute_call& call) {
  const volute_convolution& c = reinterpret_cast<const volute_convolution&>(call);
  switch (call.kind) {
    case VOLUTE_CONVOLUTION:
      return winograd_forward(c)     ? minimal_filtering(winograd_forward(c))
             : depthwise(c)          ? VOLUTE_DEPTHWISE
             : pixel_rows_forward(c) ? VOLUTE_PIXEL_ROWS
                                     : VOLUTE_PATCHES;
    case VOLUTE_CONVOLUTION_INPUT_GRADIENT:
      return winograd_input_gradient(c)     ? minimal_filtering(winograd_input_gradient(c))
             : pixel_rows_input_gradient(c) ? VOLUTE_PIXEL_ROWS
                                            : VOLUTE_PATCHES;
    case VOLUTE_CONVOLUTION_FILTER_GRADIENT:
      return winograd_filter_gradient(c) ? minimal_filtering(4) : VOLUTE_PATCHES;
    case VOLUTE_CONVOLUTION_CHAIN:
      return chain_algorithm(reinterpret_cast<const volute_convolution_chain&>(call));
    case VOLUTE_RECURRENT:
      return inputs_ahead(reinterpret_cast<const volute_recurrent&>(call)) ? VOLUTE_INPUTS_AHEAD
                                                                           : VOLUTE_INPUTS_BY_STEP;
    default:
      return VOLUTE_ONE_WAY;
  }
}

int run(Pool& pool, const Blas& blas, volute_call& call) {
  switch (call.kind) {
    case VOLUTE_ELEMENTWISE:
      return run_elementwise(pool, reinterpret_cast<volute_strided&>(call));
    case VOLUTE_ACCUMULATE:
      return run_accumulate(pool, reinterpret_cast<volute_strided&>(call));
    case VOLUTE_REDUCE:
      return run_reduce(pool, reinterpret_cast<volute_reduce&>(call));
    case VOLUTE_MATMUL:
      return run_matmul(pool, blas, reinterpret_cast<volute_matmul&>(call));
    case VOLUTE_GATHER:
      return run_gather(pool, reinterpret_cast<volute_gather&>(call));
    case VOLUTE_SCATTER_ADD:
      return run_scatter_add(pool, reinterpret_cast<volute_gather&>(call));
    case VOLUTE_RANDOM:
    case VOLUTE_DROPOUT:
      return run_random(pool, reinterpret_cast<volute_random&>(call));
    case VOLUTE_LINEAR:
      return run_linear(pool, blas, reinterpret_cast<volute_linear&>(call));
    case VOLUTE_MAX_POOL:
      return run_max_pool(pool, reinterpret_cast<volute_pool&>(call));
    case VOLUTE_MAX_POOL_GRADIENT:
      return run_max_pool_gradient(pool, reinterpret_cast<volute_pool&>(call));
    case VOLUTE_AVERAGE_POOL:
      return run_average_pool(pool, reinterpret_cast<volute_pool&>(call));
    case VOLUTE_AVERAGE_POOL_GRADIENT:
      return run_average_pool_gradient(pool, reinterpret_cast<volute_pool&>(call));
    case VOLUTE_BATCH_NORM_TRAINING:
      return run_batch_norm_training(pool, reinterpret_cast<volute_batch_norm&>(call));
    case VOLUTE_BATCH_NORM_GRADIENT:
      return run_batch_norm_gradient(pool, reinterpret_cast<volute_batch_norm&>(call));
    case VOLUTE_BATCH_NORM_INFERENCE:
      return run_batch_norm_inference(pool, reinterpret_cast<volute_batch_norm&>(call));
    case VOLUTE_SOFTMAX:
      return run_softmax(pool, reinterpret_cast<volute_softmax&>(call));
    case VOLUTE_SOFTMAX_GRADIENT:
      return run_softmax_gradient(pool, reinterpret_cast<volute_softmax&>(call));
    case VOLUTE_CROSS_ENTROPY:
      return run_cross_entropy(pool, reinterpret_cast<volute_softmax&>(call));
    case VOLUTE_CROSS_ENTROPY_GRADIENT:
      return run_cross_entropy_gradient(pool, reinterpret_cast<volute_softmax&>(call));
    case VOLUTE_SGD:
      return run_sgd(pool, reinterpret_cast<volute_update&>(call));
    case VOLUTE_ADAM:
      return run_adam(pool, reinterpret_cast<volute_update&>(call));
    case VOLUTE_CONVOLUTION:
      return run_convolution(pool, reinterpret_cast<volute_convolution&>(call));
    case VOLUTE_CONVOLUTION_CHAIN:
      return run_convolution_chain(pool, reinterpret_cast<volute_convolution_chain&>(call));
    case VOLUTE_CONVOLUTION_INPUT_GRADIENT:
      return run_convolution_input_gradient(pool, reinterpret_cast<volute_convolution&>(call));
    case VOLUTE_CONVOLUTION_FILTER_GRADIENT:
      return run_convolution_filter_gradient(pool, reinterpret_cast<volute_convolution&>(call));
    case VOLUTE_RECURRENT:
      return run_recurrent(pool, reinterpret_cast<volute_recurrent&>(call));
    case VOLUTE_RECURRENT_GRADIENT:
      return run_recurrent_gradient(pool, reinterpret_cast<volute_recurrent&>(call));
    case VOLUTE_PACK_RECURRENT:
      return run_pack_recurrent(pool, reinterpret_cast<volute_recurrent&>(call));
    case VOLUTE_PACK_LINEAR:
      return run_pack_linear(pool, reinterpret_cast<volute_linear&>(call));
    case VOLUTE_PACK_FILTERS:
      return run_pack_filters(pool, reinterpret_cast<volute_convolution&>(call));
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

}  // namespace volute::VOLUTE_LEVEL
