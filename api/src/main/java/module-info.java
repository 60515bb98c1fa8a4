/**
 * Networks as descriptions, the graphs they become, and the contract that backends keep.
 *
 * @see dev.volute.spi
 */
@org.jspecify.annotations.NullMarked
module dev.volute.api {
  requires static org.jspecify;

  exports dev.volute;
}
