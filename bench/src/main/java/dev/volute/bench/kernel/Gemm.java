package dev.volute.bench.kernel;

import dev.volute.graph.MatMul;
import dev.volute.tensor.TensorType;
import org.openjdk.jmh.annotations.Param;

/** Products of dense matrices. */
public class Gemm extends KernelBenchmark {
  /** Rows x columns x depth. */
  @Param({
    "1024x1024x1024",
    "256x256x256",
    "128x1024x256",
    "32x1024x256",
    "20x4096x1024",
    "64x500x800",
    "16x1024x144",
    "1x1024x256",
    "8x8x8"
  })
  public String shape = "";

  @Override
  Work work() {
    String[] sizes = shape.split("x");
    int rows = Integer.parseInt(sizes[0]);
    int columns = Integer.parseInt(sizes[1]);
    int depth = Integer.parseInt(sizes[2]);
    return Work.of(new MatMul(1, 0), TensorType.f32(rows, depth), TensorType.f32(depth, columns));
  }
}
