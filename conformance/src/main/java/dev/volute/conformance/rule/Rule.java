package dev.volute.conformance.rule;

/** Everything that the contract asks of a backend, each under a number that stays. */
public enum Rule {
  FILL_1("A fill gives every element of its output's view the same value."),
  COPY_1("A copy moves every element unchanged between any two views."),
  COPY_2("A copy to another element type rounds to the nearest; floating to integer truncates."),
  ACC_1("An accumulation adds the input to the output's old contents."),
  ACC_2("Elements that overlapping places of an accumulation's output share are all added there."),
  UNARY_1("Negation, absolute value, sign, square root and relu are rounded correctly."),
  UNARY_2("Exponential, logarithm, tanh and sigmoid are accurate to 8 units in the last place."),
  UNARY_3("Functions of one element follow IEEE 754 for zeros, infinities and NaN."),
  UNARY_4("Functions of one element may write into their input's place."),
  BINARY_1(
      "Sum, difference, product, quotient, maximum, minimum and comparisons are rounded correctly."),
  BINARY_2("Powers and the gradients of activations are accurate within their error bound."),
  BINARY_3("Functions of two elements follow IEEE 754 for zeros, infinities and NaN."),
  BINARY_4("Functions of two elements may write into their first input's place."),
  BINARY_5("Whole numbers add, multiply and divide as 32-bit integers, where claimed."),
  SELECT_1("A selection takes the first value where the condition is not 0, else the second."),
  REDUCE_1("A sum is accurate within an error bound that grows with the number of terms."),
  REDUCE_2("Maximum, minimum and the place of the largest are exact; NaN is the largest."),
  REDUCE_3("Of equal largest elements, the place of the first counts."),
  REDUCE_4("The sum of no elements is 0."),
  REDUCE_5("Sums follow IEEE 754 for infinities and NaN."),
  MATMUL_1("Matrix products are accurate within an error bound that grows with the inner length."),
  MATMUL_2("Matrix products accept operands of any views."),
  MATMUL_3("With beta, the third input is scaled and added; without, old contents are ignored."),
  MATMUL_4("Matrix products follow IEEE 754 for infinities and NaN."),
  MATMUL_5("A product over an inner length of 0 is 0, plus the scaled third input."),
  GATHER_1("A gathering takes whole rows of the table by number, in any order and repeatedly."),
  GATHER_2("An index outside the table is reported with its place, and not followed."),
  SCATTER_1("A scattering adds each row where its index says, onto zeros."),
  SCATTER_2("An index outside the result is reported with its place, and not followed."),
  RANDOM_1("Random numbers are those of Philox 4x32-10, bit by bit."),
  LINEAR_1("Linear layers are accurate within an error bound that grows with the inputs' number."),
  CONV_1("Convolution is accurate within an error bound that grows with the filter's size."),
  CONV_2("Convolution follows strides, dilations, groups and padding on every side."),
  CONV_3("Bias, residual and activation are applied to the finished sum of a convolution."),
  CONV_4("The gradient to the image is the transpose of the convolution."),
  CONV_5("The gradient to the filter sums over the batch and all positions."),
  CONV_6("Convolution and its gradients run over one and over three spatial axes."),
  CONV_7("NaN and infinities of the image reach every result whose window meets them."),
  CONV_8("Opened without minimal filtering, convolutions and their gradients are plain sums."),
  CONV_9("A residual, then an activation's gradient, end the sums of the gradient to the image."),
  CONV_10("A chain of convolutions gives what its stages give one after the other."),
  POOL_1("Maximum pooling is exact; padding never wins, NaN does."),
  POOL_2("The place of the largest is counted in the window, padding included; the first wins."),
  POOL_3("The gradient of maximum pooling goes to the place of the largest, adding where shared."),
  POOL_4("Average pooling divides by the window's size, or by its cells inside the image."),
  POOL_5("The gradient of average pooling shares each result's gradient among its window."),
  POOL_6("Pooling and its gradients run over one and over three spatial axes."),
  NORM_1("Batch normalisation in training uses the batch's own mean and biased variance."),
  NORM_2("Batch normalisation in inference uses the statistics it is given."),
  NORM_3("The gradients of batch normalisation count the dependence of the statistics."),
  NORM_4("Batch normalisation stays accurate where the mean is large beside the deviation."),
  NORM_5("A residual is added before the activation, and gradients count the activation."),
  DROPOUT_1("Dropout keeps where Philox gives the rate or more, and scales what it keeps."),
  SOFTMAX_1("Softmax does not overflow, and is accurate within its error bound."),
  SOFTMAX_2("The gradient of softmax is accurate within its error bound."),
  LOSS_1("Cross-entropy and its probabilities do not overflow, and are within their error bound."),
  LOSS_2("The gradient of cross-entropy is accurate within its error bound."),
  LOSS_3("Rows whose label is -1 have no loss and no gradient."),
  LOSS_4("Any other label outside the classes is reported with its place, and not followed."),
  RNN_1("The simple recurrences, tanh and relu, follow their equations."),
  RNN_2("The LSTM follows its equations, with gates in the order i, f, g, o."),
  RNN_3("The GRU with reset before the product follows its equations, with gates r, z, n."),
  RNN_4("The GRU with reset after the product follows its equations, with gates r, z, n."),
  RNN_5("The reserve holds, for each step, the values that the cell's definition lists."),
  RNN_6("The gradients of a recurrence are those of back-propagation through all its steps."),
  RNN_7("A recurrence over rows of a table, and its gradients, are those over the rows taken out."),
  RNN_8("A number outside that table is reported with its place, and not followed."),
  OPT_1("A step of gradient descent follows its definition: momentum, Nesterov, weight decay."),
  OPT_2("A step of Adam or AdamW follows its definition, also in the first steps."),
  OPT_3("Optimizers' updates may write into their inputs' places."),
  NUMBER_1(Level.OPTIONAL, "Numbers below the smallest normal one are kept, and not flushed to 0."),
  NUMBER_2("What depends on a NaN is NaN, in composites too; none is swallowed on the way."),
  MEM_1("A kernel leaves its inputs as they were."),
  MEM_2("A kernel writes nothing outside its outputs' views."),
  MEM_3("A kernel writes every element of its outputs, whatever they held."),
  MEM_4("A kernel writes nothing outside the scratch memory that it declared."),
  MEM_5("Memory gives back the bits that were written to it, at any offset, and nothing else."),
  MEM_6("Reading and writing outside a memory, or as another element type, is refused."),
  MEM_7("Closed memory refuses to be read and written; closing it again does nothing."),
  MEM_8("Memory of no elements, and an allocation that is too large, are answered cleanly."),
  MEM_9("Runs, bindings and allocations that were closed leave no memory behind."),
  CLAIM_1("A backend claims every primitive of single-precision numbers."),
  CLAIM_2("What a backend does not claim, it refuses to bind."),
  CLAIM_3("A composite's lowering runs on the backend's primitives with the same result."),
  FORMAT_1(
      "What a backend takes or gives channels last may lie so, whatever the others' formats are."),
  GRAD_1("Gradients of every op, run on the backend, are slopes: quotients of differences agree."),
  GRAD_2("So they are in double precision, to seven digits, where the backend claims it."),
  RUN_1("Every run of a kernel computes from what its inputs hold then."),
  DETERMINISM_1("The same inputs give the same bits, from run to run and from kernel to kernel."),
  DETERMINISM_2("The same inputs give the same bits for any number of threads."),
  LIFE_1("Backends opened side by side do not disturb each other, and one may close first."),
  LIFE_2("A closed backend refuses to allocate; memory that was open stays readable."),
  LIFE_3("A backend's name is made of lower-case letters, digits and hyphens."),
  CONCURRENCY_1("Several threads may run kernels of one backend at once."),
  CONCURRENCY_2("Several threads may predict on one model at once."),
  MATH_1("Convolution is the product with a Toeplitz matrix, for valid, same and full padding."),
  MATH_2("Convolution commutes with shifts of the image."),
  MATH_3("Cross-correlation with a flipped kernel multiplies polynomials."),
  MATH_4("Average pooling is a convolution with equal weights."),
  MATH_5("Maximum pooling does not depend on the order of the cells in a window."),
  MATH_6("A recurrence over a sequence is its steps one by one."),
  MATH_7("With one unit, LSTM and GRU give what their equations give for plain numbers."),
  GOLD_1("Convolution and its gradients give what PyTorch gives."),
  GOLD_2("Pooling and its gradients give what PyTorch gives."),
  GOLD_3("Batch normalisation and its gradients give what PyTorch gives."),
  GOLD_4("Softmax, cross-entropy and their gradients give what PyTorch gives."),
  GOLD_5("Recurrences, also in both directions, and their gradients give what PyTorch gives."),
  GOLD_6("Some steps of each optimizer end where PyTorch's end."),
  MODEL_1("Training a convolutional network gives the reference's losses and parameters."),
  MODEL_2("Training a residual network with batch normalisation does so too."),
  MODEL_3("Training an LSTM does so too."),
  MODEL_4("Training a GRU, in both forms, does so too."),
  MODEL_5("The same seed gives the same first parameters and dropout masks on every backend."),
  MODEL_6(
      "Training a stack of bidirectional recurrences gives the reference's losses and parameters.");

  private final Level level;
  private final String statement;

  Rule(String statement) {
    this(Level.REQUIRED, statement);
  }

  Rule(Level level, String statement) {
    this.level = level;
    this.statement = statement;
  }

  /** The number that reports show, for example {@code CONV-3}. */
  public String id() {
    return name().replace('_', '-');
  }

  public Level level() {
    return level;
  }

  /** What holds, in one sentence. */
  public String statement() {
    return statement;
  }
}
