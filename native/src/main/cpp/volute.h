/* The kernels of Volute behind a flat C interface.
 *
 * A kernel is a call record: a struct of 8-byte fields that is filled once, when an op is bound to its memory, and
 * then run as often as one likes. Nothing here throws and nothing keeps a pointer beyond the call. Tensors are
 * row-major and dense unless a record has strides; lengths, offsets and strides count elements.
 */
#ifndef VOLUTE_H
#define VOLUTE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { /* what a function answers */
  VOLUTE_OK = 0,
  VOLUTE_INDEX_OUT_OF_RANGE = 1, /* position, index and bound of the record tell which */
  VOLUTE_OUT_OF_MEMORY = 2,
  VOLUTE_UNKNOWN_CALL = 3
};

enum { VOLUTE_F32 = 0, VOLUTE_F64 = 1, VOLUTE_I32 = 2 };

enum { /* instruction sets, each including the ones before */
  VOLUTE_BASELINE = 0,
  VOLUTE_AVX2 = 1,
  VOLUTE_AVX512 = 2
};

enum {
  VOLUTE_IDENTITY = 0,
  VOLUTE_ACT_RELU = 1,
  VOLUTE_ACT_TANH = 2,
  VOLUTE_ACT_SIGMOID = 3,
  VOLUTE_ACT_RELU6 = 4 /* min(max(x, 0), 6) */
};

enum { /* kinds of calls */
  VOLUTE_ELEMENTWISE = 1,
  VOLUTE_ACCUMULATE = 2,
  VOLUTE_REDUCE = 3,
  VOLUTE_MATMUL = 4,
  VOLUTE_GATHER = 5,
  VOLUTE_SCATTER_ADD = 6,
  VOLUTE_RANDOM = 7,
  VOLUTE_LINEAR = 8,
  VOLUTE_CONVOLUTION = 9,
  VOLUTE_CONVOLUTION_INPUT_GRADIENT = 10,
  VOLUTE_CONVOLUTION_FILTER_GRADIENT = 11,
  VOLUTE_MAX_POOL = 12,
  VOLUTE_MAX_POOL_GRADIENT = 13,
  VOLUTE_AVERAGE_POOL = 14,
  VOLUTE_AVERAGE_POOL_GRADIENT = 15,
  VOLUTE_BATCH_NORM_TRAINING = 16,
  VOLUTE_BATCH_NORM_GRADIENT = 17,
  VOLUTE_BATCH_NORM_INFERENCE = 18,
  VOLUTE_DROPOUT = 19,
  VOLUTE_SOFTMAX = 20,
  VOLUTE_SOFTMAX_GRADIENT = 21,
  VOLUTE_CROSS_ENTROPY = 22,
  VOLUTE_CROSS_ENTROPY_GRADIENT = 23,
  VOLUTE_SGD = 24,
  VOLUTE_ADAM = 25,
  VOLUTE_RECURRENT = 26,
  VOLUTE_RECURRENT_GRADIENT = 27,
  VOLUTE_PACK_FILTERS = 28,
  VOLUTE_PACK_RECURRENT = 29,
  VOLUTE_PACK_LINEAR = 30,
  VOLUTE_CONVOLUTION_CHAIN = 31
};

/* Every record begins with this. */
typedef struct {
  int64_t kind;
  int64_t position, index, bound; /* written when an index is out of range */
} volute_call;

enum { /* functions of elementwise calls: out = f(a, b, c) */
  VOLUTE_FILL = 0,
  VOLUTE_COPY = 1,
  VOLUTE_SELECT = 2,
  VOLUTE_NEGATE = 10,
  VOLUTE_ABS = 11,
  VOLUTE_SIGN = 12,
  VOLUTE_SQRT = 13,
  VOLUTE_EXP = 14,
  VOLUTE_LOG = 15,
  VOLUTE_TANH = 16,
  VOLUTE_SIGMOID = 17,
  VOLUTE_RELU = 18,
  VOLUTE_ADD = 30,
  VOLUTE_SUBTRACT = 31,
  VOLUTE_MULTIPLY = 32,
  VOLUTE_DIVIDE = 33,
  VOLUTE_MAXIMUM = 34,
  VOLUTE_MINIMUM = 35,
  VOLUTE_POWER = 36,
  VOLUTE_EQUAL = 37,
  VOLUTE_LESS = 38,
  VOLUTE_LESS_EQUAL = 39,
  VOLUTE_RELU_GRADIENT = 40,
  VOLUTE_TANH_GRADIENT = 41,
  VOLUTE_SIGMOID_GRADIENT = 42
};

/* Elementwise and accumulate. Behind the record stand `rank` lengths, then `rank` strides for each operand: the
 * output, then the inputs. rank is 1 or more. */
typedef struct {
  volute_call call;
  int64_t function;
  int64_t dtype;     /* of the output */
  int64_t in_dtype;  /* of a copy's input and of a select's condition */
  double value;      /* of fill */
  int64_t inputs;
  void* data[4]; /* output, inputs */
  int64_t split; /* the axis that is divided among threads */
  int64_t rank;
} volute_strided;

enum { VOLUTE_SUM = 0, VOLUTE_MAX = 1, VOLUTE_MIN = 2, VOLUTE_ARGMAX = 3 };

/* Behind the record: `kept` lengths, their output strides and their input strides; then `reduced` lengths and their
 * input strides. Both ranks are 1 or more; the last reduced axis is the one that argmax counts along. */
typedef struct {
  volute_call call;
  int64_t function;
  int64_t dtype;
  void* out;
  const void* in;
  int64_t split; /* the kept axis that is divided among threads */
  int64_t kept;
  int64_t reduced;
} volute_reduce;

/* out[i, j] = alpha * sum a[i, p] b[p, j] + beta * c[i, j], for each matrix of a batch. Behind the record: `rank` (0 or
 * more) lengths of the batch's axes, then for each of out, a, b, c that many strides. `scratch` holds m * n elements and
 * is needed only where neither stride of out is 1. */
typedef struct {
  volute_call call;
  int64_t dtype;
  int64_t m, n, k;
  double alpha, beta;
  void* out;
  const void* a;
  const void* b;
  const void* c;
  void* scratch;
  int64_t out_row, out_column, a_row, a_column, b_row, b_column, c_row, c_column;
  int64_t rank;
} volute_matmul;

/* out[i..., r...] = table[indices[i...], r...] and, for scatter-add, out[indices[i...], r...] += updates[i..., r...] after
 * zeroing. "table" is the operand with rows: gather's input, scatter-add's output. Behind the record: `index_rank`
 * lengths with strides of the indices and of the values; `row_rank` lengths with strides of the values and the table. */
typedef struct {
  volute_call call;
  int64_t dtype;
  void* table;
  const int32_t* indices;
  void* values;
  int64_t rows;
  int64_t row_stride; /* from one row of the table to the next */
  int64_t index_rank, row_rank;
} volute_gather;

/* out[i] = u_i, or with x: dropout of x, both dense. key holds seed low, seed high, step at the given stride. Behind the
 * record: `rank` lengths and strides of out; `dense` tells that they are row-major without gaps. */
typedef struct {
  volute_call call;
  float* out;
  const float* x; /* may be null */
  const int32_t* key;
  int64_t key_stride;
  int64_t stream;
  double rate;
  int64_t dense;
  int64_t rank;
} volute_random;

/* out[rows, outputs] = activation(x[rows, inputs] w[inputs, outputs] + bias). A packing call reads w and writes packed, for
 * calls of the same sizes; others have null there. */
typedef struct {
  volute_call call;
  int64_t rows, inputs, outputs, activation;
  float* out;
  const float* x;
  const float* w;
  const float* bias; /* may be null */
  float* packed;     /* volute_scratch elements of a packing call */
} volute_linear;

/* x [batch, channels, height, width], w [filters, channels / groups, kernel_height, kernel_width],
 * y [batch, filters, out_height, out_width]. Forward reads x, w, bias; the gradients read y as the gradient and write x
 * or w. Packing reads w and writes scratch; a forward call whose scratch holds that sets `packed` and never reads w.
 * Forward also adds a residual [batch, filters, out_height, out_width] before the activation. The gradient to the image adds
 * one of x's shape, then passes the activation of which `result`, of x's shape, came: it is multiplied by that one's slope
 * there. x, y, residual and result lie channels last, [batch, height, width, channels] in memory, each where its flag is
 * set; x and y of the gradient to the image only where volute_algorithm then names another way than patches. Packing and
 * volute_algorithm heed the flags of x and y. */
typedef struct {
  volute_call call;
  int64_t batch, channels, height, width;
  int64_t filters, kernel_height, kernel_width, groups;
  int64_t out_height, out_width;
  int64_t stride_y, stride_x, pad_y, pad_x, dilation_y, dilation_x;
  int64_t activation;
  float* x;
  float* w;
  const float* bias; /* may be null */
  float* y;
  float* scratch; /* volute_scratch elements */
  int64_t packed;
  const float* residual; /* may be null */
  const float* result;   /* may be null */
  int64_t x_last, y_last, residual_last, result_last;
  int64_t plain_sums; /* never by minimal filtering */
} volute_convolution;

enum { VOLUTE_STAGES = 3 };

/* Convolutions each of which takes the result of the one before as its image: the first `count` stages. The first one's x
 * and the last one's y are given, other results lie where it pleases, channels last, as the stages' flags say. Stages whose
 * filters are packed have `packed` and scratch set; others have null there, and room in the chain's scratch. Only calls that
 * volute_algorithm has a name for can be run. Only the last stage may have a residual; without one residual_last is set. */
typedef struct {
  volute_call call;
  int64_t count;
  float* scratch; /* volute_scratch elements */
  volute_convolution stages[VOLUTE_STAGES];
} volute_convolution_chain;

/* Max pooling: y and index may be read or written as forward or gradient needs. Each of x, y and index lies channels last,
 * [batch, height, width, channels] in memory, where its flag is set. */
typedef struct {
  volute_call call;
  int64_t planes, height, width; /* planes = batch * channels */
  int64_t out_height, out_width;
  int64_t window_y, window_x, stride_y, stride_x, pad_y, pad_x;
  int64_t count_padding;
  float* x;
  float* y;
  int32_t* index; /* null in average pooling; may be in forward max pooling */
  int64_t channels;
  int64_t x_last, y_last, index_last;
} volute_pool;

/* x, y, g, residual, result [batch, channels, spatial], or [batch, spatial, channels] in memory where the operand's flag is
 * set; with a flag channels are a multiple of 16 and at most 32768, and the flags of operands that are not there are as y's.
 * Training writes y, mean, variance; the gradient writes dx (in y), dgamma, dbeta, and with an activation reads the forward
 * call's result. */
typedef struct {
  volute_call call;
  int64_t batch, channels, spatial, activation;
  double epsilon;
  const float* x;
  const float* gamma;
  const float* beta;
  float* mean;
  float* variance;
  float* y;
  const float* g;
  float* dgamma;
  float* dbeta;
  const float* residual; /* may be null */
  const float* result;
  float* scratch; /* volute_scratch elements */
  int64_t x_last, y_last, g_last, residual_last, result_last;
} volute_batch_norm;

/* Softmax over rows, cross-entropy and their gradients. */
typedef struct {
  volute_call call;
  int64_t rows, classes;
  const float* x; /* logits; softmax's result or the probabilities in gradients */
  const float* g; /* gradient [rows, classes], or of the losses [rows] */
  const int32_t* labels;
  float* y;
  float* loss;
} volute_softmax;

typedef struct {
  volute_call call;
  int64_t elements;
  const float* parameter_in;
  const float* gradient;
  const float* first_in;  /* velocity or m; may be null for SGD */
  const float* second_in; /* v */
  const float* rate;
  const float* step;
  float* parameter;
  float* first;
  float* second;
  double beta1; /* SGD: momentum */
  double beta2;
  double epsilon;
  double weight_decay;
  int64_t flag; /* SGD: nesterov; Adam: decoupled */
} volute_update;

enum { VOLUTE_CELL_TANH = 0, VOLUTE_CELL_RELU = 1, VOLUTE_CELL_LSTM = 2, VOLUTE_CELL_GRU = 3, VOLUTE_CELL_GRU_RESET_AFTER = 4 };

/* A recurrence and its gradient; null where the cell or the direction has no such operand. Packing reads wx, wh
 * and b and writes packed, for forward calls of the same sizes; others have null there. With `rows`, x and dx are a table
 * [rows, inputs] and its gradient, and the input of each step the row that ids [batch, time] names. */
typedef struct {
  volute_call call;
  int64_t cell;
  int64_t batch, time, inputs, units;
  const float* x;
  const float* h0;
  const float* c0;
  const float* wx;
  const float* wh;
  const float* b;
  const float* bh;
  float* y;
  float* h_last;
  float* c_last;
  float* reserve;
  const float* gy;
  const float* gh;
  const float* gc;
  float* dx;
  float* dh0;
  float* dc0;
  float* dwx;
  float* dwh;
  float* db;
  float* dbh;
  float* scratch; /* volute_scratch elements */
  float* packed;  /* volute_scratch elements of a packing call */
  int64_t steps;  /* 0 at first; forward calls count theirs here, and read the weights to and fro by it */
  int64_t rows;   /* 0: x is the sequence */
  const int32_t* ids;
  float* kept;        /* [batch, gates + 1, units], or null: forward calls of one step with packed weights, which stay the
                         same, ready half of the next one's sums there */
  int64_t kept_state; /* 0 at first; forward calls write it */
} volute_recurrent;

typedef struct volute_context volute_context;

/* The best instruction set of this processor, one of VOLUTE_BASELINE and so on. */
int volute_best_level(void);

/* A context with its own threads, the caller's counted; level is at most volute_best_level(). sgemm and dgemm are CBLAS's
 * functions, for large products, or both null: ours are faster where there are AVX2's vectors or better. On success
 * *context is set. */
int volute_open(int64_t threads, int64_t level, void* sgemm, void* dgemm, volute_context** context);
void volute_close(volute_context* context);

/* Runs a record. Several threads may run different records of one context at once. */
int volute_run(volute_context* context, volute_call* call);

/* Elements of scratch that a record will want (its sizes filled in; pointers need not be). */
int64_t volute_scratch(const volute_call* call);

enum { /* how a call is computed */
  VOLUTE_ONE_WAY = 0, /* there is no choice */
  VOLUTE_MINIMAL_FILTERING_BY_4 = 1, /* tiles of 4x4 */
  VOLUTE_DEPTHWISE = 2,
  VOLUTE_PIXEL_ROWS = 3,
  VOLUTE_PATCHES = 4,
  VOLUTE_INPUTS_AHEAD = 5,
  VOLUTE_INPUTS_BY_STEP = 6,
  VOLUTE_MINIMAL_FILTERING_BY_2 = 7, /* tiles of 2x2 */
  VOLUTE_BANDS_OF_ROWS = 8,
  VOLUTE_STAGE_BY_STAGE = 9
};

/* Which of these a record (its sizes filled in; pointers need not be) is computed by. */
int volute_algorithm(const volute_call* call);

/* Memory on a 64-byte boundary; null if there is not enough. */
void* volute_allocate(int64_t bytes);
void volute_free(void* memory);

#ifdef __cplusplus
}
#endif

#endif
