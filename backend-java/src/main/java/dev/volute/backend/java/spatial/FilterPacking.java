package dev.volute.backend.java.spatial;

/** A form in which a kernel reads filters. */
interface FilterPacking {
  /** Elements of the packed filters. */
  int length();

  /** In how many pieces packing can be divided. */
  int pieces();

  void pack(int piece, float[] filters, int filtersAt, float[] packed, int packedAt);
}
