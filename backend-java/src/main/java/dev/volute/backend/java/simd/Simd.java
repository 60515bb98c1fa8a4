package dev.volute.backend.java.simd;

/**
 * The functions of contiguous runs that a backend's kernels use: all plain or all vectorised.
 *
 * @param description what they run on, in a few words
 */
public record Simd(
    String description,
    Elementwise elementwise,
    FloatReductions reductions,
    Uniform uniform,
    RowFunctions rows,
    ColumnFolds columnFolds,
    ColumnScaling columnScaling,
    Updates updates,
    Products products,
    WindowProducts windowProducts,
    PixelProducts pixelProducts,
    DepthwiseProducts depthwiseProducts,
    RunCopies runCopies,
    WindowFolds windowFolds,
    QuadFolds quadFolds,
    PixelFolds pixelFolds,
    WinogradTransforms winograd,
    TileTransforms tileTransforms,
    TileProducts tileProducts,
    Gates gates) {}
