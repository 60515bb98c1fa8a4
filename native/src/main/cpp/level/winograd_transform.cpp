// The transforms of tiles: see winograd.h.
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// A dy along one axis: the adjoint of output_transform.
VOLUTE_INLINE void gradient_transform(const f32v (&d)[4], f32v (&u)[6]) {
  const f32v a = d[0] + d[2];
  const f32v b = d[1] + d[3];
  const f32v e = d[0] + 4.0f * d[2];
  const f32v f = 2.0f * (d[1] + 4.0f * d[3]);
  u[0] = d[0];
  u[1] = a + b;
  u[2] = a - b;
  u[3] = e + f;
  u[4] = e - f;
  u[5] = d[3];
}

// Pieces of the image, of 6 x 6 or 4 x 4 pixels, or of 4 x 4 of the gradient, of which neighbours begin `step` pixels apart.
template <int Step>
struct ImagePiece {
  static constexpr int step = Step;
  static constexpr int size = Step + 2;
  static VOLUTE_INLINE void transform(const f32v (&d)[size], f32v (&v)[size]) { input_transform(d, v); }
};
struct GradientPiece {
  static constexpr int step = 4;
  static constexpr int size = 4;
  static VOLUTE_INLINE void transform(const f32v (&d)[4], f32v (&v)[6]) { gradient_transform(d, v); }
};

// The pixels of a run's tiles that lie inside of the image, with channels in lanes.
struct Pixels {
  const float* data;  // of pixel (row, column) of the image
  int64_t pitch;      // from pixel to pixel
  int64_t line;       // from row to row
  int64_t row, rows, column, columns;
  int64_t channels;
};

// The elements of a run's tiles: element e of tile t goes to v[e * stride + t * width].
template <class Piece, bool Whole>
void transform_pixels(const Pixels& p, int64_t top, int64_t left, int64_t tiles, float* half, float* v, int64_t stride,
                      int64_t width) {
  constexpr int N = Piece::size;
  constexpr int E = Piece::step + 2;
  static const float zeros[L] = {};
  const int64_t across = Piece::step * (tiles - 1) + N;
  // Rows outside of the image are one vector of zeros.
  const float* line[N];
  int64_t step[N];
  for (int64_t i = 0; i < N; i++) {
    const int64_t y = top + i - p.row;
    const bool inside = y >= 0 && y < p.rows;
    line[i] = inside ? p.data + y * p.line : zeros;
    step[i] = inside ? p.pitch : 0;
  }
  for (int64_t x = 0; x < across; x++) {
    const int64_t at = left + x - p.column;
    if (at < 0 || at >= p.columns) {
      for (int64_t i = 0; i < E; i++) {
        store(half + (i * winograd_run_pixels + x) * L, f32v{});
      }
      continue;
    }
    f32v d[N], u[E];
#pragma GCC unroll 6
    for (int i = 0; i < N; i++) {
      const float* const from = line[i] + at * step[i];
      d[i] = Whole ? load(from) : load_part(from, p.channels);
    }
    Piece::transform(d, u);
#pragma GCC unroll 6
    for (int i = 0; i < E; i++) {
      store(half + (i * winograd_run_pixels + x) * L, u[i]);
    }
  }
  for (int64_t i = 0; i < E; i++) {
    for (int64_t t = 0; t < tiles; t++) {
      f32v d[N], u[E];
#pragma GCC unroll 6
      for (int k = 0; k < N; k++) {
        d[k] = load(half + (i * winograd_run_pixels + Piece::step * t + k) * L);
      }
      Piece::transform(d, u);
#pragma GCC unroll 6
      for (int j = 0; j < E; j++) {
        store(v + (i * E + j) * stride + t * width, u[j]);
      }
    }
  }
}

// Some channels of a run's tiles.
template <class Piece>
void transform_run(const Source& s, int64_t image, int64_t channel, int64_t channels, int64_t top, int64_t left,
                   int64_t tiles, float* pixels, float* half, float* v, int64_t stride, int64_t width) {
  constexpr int N = Piece::size;
  const int64_t row = maximum(int64_t{0}, top);
  const int64_t rows = minimum(s.height, top + N) - row;
  const int64_t column = maximum(int64_t{0}, left);
  const int64_t columns = maximum(int64_t{0}, minimum(s.width, left + Piece::step * (tiles - 1) + N) - column);
  const int64_t plane = s.height * s.width;
  Pixels p{pixels, L, columns * L, row, rows, column, columns, L};
  if (s.last) {
    p.data = s.images + (image * plane + row * s.width + column) * s.channels + channel;
    p.pitch = s.channels;
    p.line = s.width * s.channels;
    p.channels = channels;
  } else if (rows > 0 && columns > 0) {
    channels_to_lanes({s.images + (image * s.channels + channel) * plane, channels, plane, s.height, s.width}, row, rows,
                      column, columns, pixels);
  }
  (p.channels == L ? transform_pixels<Piece, true> : transform_pixels<Piece, false>)(p, top, left, tiles, half, v, stride,
                                                                                     width);
}

template <class Piece>
void transform_tiles(const Filtering& f, const Source& s, int64_t channel, int64_t channels, int64_t from, int64_t tiles,
                     float* working, float* v, int64_t stride, int64_t row) {
  float* const pixels = working;
  float* const half = pixels + winograd_pixel_elements;
  for (int64_t t = 0; t < tiles; t += winograd_tiles) {
    const TileRuns runs(f, from + t, minimum(winograd_tiles, tiles - t));
    for (int64_t c = 0; c < channels; c += L) {
      for (int64_t r = 0; r < runs.count; r++) {
        const TileRun& run = runs.list[r];
        transform_run<Piece>(s, run.image, channel + c, minimum(L, channels - c), Piece::step * run.row - s.pad_y,
                             Piece::step * run.column - s.pad_x, run.length, pixels, half, v + (t + run.at) * row + c, stride, row);
      }
    }
  }
}

}  // namespace

void transform_images(const Filtering& f, const Source& source, int64_t channel, int64_t channels, int64_t from,
                      int64_t tiles, float* working, float* v, int64_t stride, int64_t row) {
  const auto transform = f.tile == 2 ? transform_tiles<ImagePiece<2>> : transform_tiles<ImagePiece<4>>;
  transform(f, source, channel, channels, from, tiles, working, v, stride, row);
}

void transform_gradients(const Filtering& f, const Source& source, int64_t channel, int64_t channels, int64_t from,
                         int64_t tiles, float* working, float* v, int64_t stride, int64_t row) {
  transform_tiles<GradientPiece>(f, source, channel, channels, from, tiles, working, v, stride, row);
}

}  // namespace volute::VOLUTE_LEVEL
