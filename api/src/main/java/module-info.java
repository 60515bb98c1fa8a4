/**
 * Networks as descriptions, the graphs they become, and the contract that backends keep.
 *
 * @see dev.volute.spi
 */
@org.jspecify.annotations.NullMarked
module dev.volute.api {
  requires static org.jspecify;

  exports dev.volute;
  exports dev.volute.data;
  exports dev.volute.tensor;
  exports dev.volute.random;
  exports dev.volute.graph;
  exports dev.volute.io;
  exports dev.volute.graph.composite;
  exports dev.volute.nn;
  exports dev.volute.spi;
  exports dev.volute.train;

  uses dev.volute.spi.BackendProvider;
}
