package dev.volute.natives;

import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The matrix products of OpenBLAS, held to one thread: threads are the context's business.
 *
 * @param single address of {@code cblas_sgemm}
 * @param twice address of {@code cblas_dgemm}
 */
public record OpenBlas(long single, long twice) {
  /** OpenBLAS, or empty where it has no library for this platform. */
  public static Optional<OpenBlas> find() {
    try {
      Loader.load(openblas_nolapack.class);
      openblas_nolapack.blas_set_num_threads(1);
      Pointer single = Loader.addressof("cblas_sgemm");
      Pointer twice = Loader.addressof("cblas_dgemm");
      return single.isNull() || twice.isNull()
          ? Optional.empty()
          : Optional.of(new OpenBlas(single.address(), twice.address()));
    } catch (LinkageError | RuntimeException absent) {
      return Optional.empty();
    }
  }
}
