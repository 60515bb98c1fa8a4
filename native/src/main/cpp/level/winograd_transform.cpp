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

// Pieces of the image, of 6 x 6 or 4 x 4 pixels, or of 4 x 4 of the gradient, of which neighbours begin `step` pixels apart
// and share some.
template <int Step>
struct ImagePiece {
  static constexpr int step = Step;
  static constexpr int size = Step + 2;
  static constexpr int shared = 2;
  static VOLUTE_INLINE void transform(const f32v (&d)[size], f32v (&v)[size]) { input_transform(d, v); }
};
struct GradientPiece {
  static constexpr int step = 4;
  static constexpr int size = 4;
  static constexpr int shared = 0;
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

// Columns [from, to) of a run's pieces: pixel x of row i goes to half[i * stride + x * L]. Rows of the image that are not
// inside are zeros.
template <class Piece, bool Whole, bool Inside>
void transform_columns(const Pixels& p, const float* const (&line)[Piece::size], const bool (&inside)[Piece::size],
                       int64_t from, int64_t to, float* half, int64_t stride) {
  constexpr int N = Piece::size;
  constexpr int E = Piece::step + 2;
  i32v mask[N];
  for (int i = 0; i < N; i++) {
    mask[i] = broadcast(inside[i] ? -1 : 0);
  }
  half += from * L;
  int64_t at = 0;
  for (int64_t x = from; x < to; x++) {
    f32v d[N], u[E];
#pragma GCC unroll 6
    for (int i = 0; i < N; i++) {
      d[i] = Whole ? load(line[i] + at) : load_part(line[i] + at, p.channels);
      if (!Inside) {
        d[i] = (f32v)((i32v)d[i] & mask[i]);
      }
    }
    Piece::transform(d, u);
#pragma GCC unroll 6
    for (int i = 0; i < E; i++) {
      store(half + i * stride, u[i]);
    }
    half += L;
    at += p.pitch;
  }
}

template <class Piece, bool Whole>
void transform_pixels(const Pixels& p, int64_t top, int64_t left, int64_t across, float* half, int64_t stride) {
  constexpr int N = Piece::size;
  constexpr int E = Piece::step + 2;
  const int64_t from = minimum(across, maximum(int64_t{0}, p.column - left));
  const int64_t to = maximum(from, minimum(across, p.column + p.columns - left));
  const float* line[N];
  bool inside[N];
  bool all = true;
  for (int64_t i = 0; i < N; i++) {
    const int64_t y = top + i - p.row;
    inside[i] = y >= 0 && y < p.rows;
    all = all && inside[i];
    line[i] = p.data + (inside[i] ? y : 0) * p.line + (left + from - p.column) * p.pitch;
  }
  (all ? transform_columns<Piece, Whole, true> : transform_columns<Piece, Whole, false>)(p, line, inside, from, to, half, stride);
  for (int64_t i = 0; i < E; i++) {
    for (int64_t x = 0; x < from; x++) {
      store(half + i * stride + x * L, f32v{});
    }
    for (int64_t x = to; x < across; x++) {
      store(half + i * stride + x * L, f32v{});
    }
  }
}

template <class Piece>
int64_t run_pixels(const TileRun& run) {
  return Piece::step * run.length + Piece::shared;
}

// Some channels of a run's tiles along their columns.
template <class Piece>
void transform_run(const Source& s, const TileRun& run, int64_t channel, int64_t channels, float* pixels, float* half,
                   int64_t stride) {
  constexpr int N = Piece::size;
  const int64_t top = Piece::step * run.row - s.pad_y;
  const int64_t left = Piece::step * run.column - s.pad_x;
  const int64_t across = run_pixels<Piece>(run);
  const int64_t row = maximum(int64_t{0}, top);
  const int64_t rows = maximum(int64_t{0}, minimum(s.height, top + N) - row);
  const int64_t column = maximum(int64_t{0}, left);
  const int64_t columns = rows > 0 ? maximum(int64_t{0}, minimum(s.width, left + across) - column) : 0;
  const int64_t plane = s.height * s.width;
  Pixels p{pixels, L, columns * L, row, rows, column, columns, L};
  if (s.last) {
    p.data = s.images + (run.image * plane + row * s.width + column) * s.channels + channel;
    p.pitch = s.channels;
    p.line = s.width * s.channels;
    p.channels = channels;
  } else if (columns > 0) {
    channels_to_lanes({s.images + (run.image * s.channels + channel) * plane, channels, plane, s.height, s.width}, row, rows,
                      column, columns, pixels);
  }
  (p.channels == L ? transform_pixels<Piece, true> : transform_pixels<Piece, false>)(p, top, left, across, half, stride);
}

template <class Piece>
void transform_runs(const Source& s, int64_t channel, int64_t channels, const TileRuns& runs, float* pixels,
                    const HalfTransformed& half) {
  for (int64_t c = 0; c < channels; c += L) {
    float* to = half.data + c / L * half.vector;
    for (int64_t r = 0; r < runs.count; r++) {
      transform_run<Piece>(s, runs.list[r], channel + c, minimum(L, channels - c), pixels, to, half.row);
      to += run_pixels<Piece>(runs.list[r]) * L;
    }
  }
}

// Along a row of a run's pieces: element j of tile t goes to v[j * stride + t * row].
template <class Piece>
void transform_row(const float* half, int64_t tiles, float* v, int64_t stride, int64_t row) {
  constexpr int N = Piece::size;
  constexpr int E = Piece::step + 2;
  for (int64_t t = 0; t < tiles; t++) {
    f32v d[N], u[E];
#pragma GCC unroll 6
    for (int k = 0; k < N; k++) {
      d[k] = load(half + k * L);
    }
    Piece::transform(d, u);
#pragma GCC unroll 6
    for (int j = 0; j < E; j++) {
      store(v + j * stride, u[j]);
    }
    half += Piece::step * L;
    v += row;
  }
}

template <class Piece>
void transform_rows(int64_t i, int64_t channels, const TileRuns& runs, const HalfTransformed& half, float* v, int64_t stride,
                    int64_t row) {
  for (int64_t c = 0; c < channels; c += L) {
    const float* from = half.data + i * half.row + c / L * half.vector;
    for (int64_t r = 0; r < runs.count; r++) {
      const TileRun& run = runs.list[r];
      transform_row<Piece>(from, run.length, v + run.at * row + c, stride, row);
      from += run_pixels<Piece>(run) * L;
    }
  }
}

// A vector of channels of a run at a time.
template <class Piece>
void transform_tiles(const Source& s, int64_t channel, int64_t channels, const TileRuns& runs, float* working, float* v,
                     int64_t stride, int64_t row) {
  constexpr int E = Piece::step + 2;
  float* const pixels = working;
  float* const half = pixels + winograd_pixel_elements;
  for (int64_t r = 0; r < runs.count; r++) {
    const TileRun& run = runs.list[r];
    const int64_t half_row = run_pixels<Piece>(run) * L;
    for (int64_t c = 0; c < channels; c += L) {
      transform_run<Piece>(s, run, channel + c, minimum(L, channels - c), pixels, half, half_row);
      for (int64_t i = 0; i < E; i++) {
        transform_row<Piece>(half + i * half_row, run.length, v + i * E * stride + run.at * row + c, stride, row);
      }
    }
  }
}

}  // namespace

void transform_image_columns(const Filtering& f, const Source& source, int64_t channel, int64_t channels, const TileRuns& runs,
                             float* pixels, const HalfTransformed& half) {
  (f.tile == 2 ? transform_runs<ImagePiece<2>> : transform_runs<ImagePiece<4>>)(source, channel, channels, runs, pixels, half);
}

void transform_image_row(int64_t tile, int64_t i, int64_t channels, const TileRuns& runs, const HalfTransformed& half, float* v,
                         int64_t stride, int64_t row) {
  (tile == 2 ? transform_rows<ImagePiece<2>> : transform_rows<ImagePiece<4>>)(i, channels, runs, half, v, stride, row);
}

void transform_images(const Filtering& f, const Source& source, int64_t channel, int64_t channels, const TileRuns& runs,
                      float* working, float* v, int64_t stride, int64_t row) {
  const auto transform = f.tile == 2 ? transform_tiles<ImagePiece<2>> : transform_tiles<ImagePiece<4>>;
  transform(source, channel, channels, runs, working, v, stride, row);
}

void transform_gradients(const Filtering&, const Source& source, int64_t channel, int64_t channels, const TileRuns& runs,
                         float* working, float* v, int64_t stride, int64_t row) {
  transform_tiles<GradientPiece>(source, channel, channels, runs, working, v, stride, row);
}

}  // namespace volute::VOLUTE_LEVEL
