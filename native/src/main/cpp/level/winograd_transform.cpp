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

// A run's pieces as rows of the image, each of which begins where the first of its columns inside of the image lies: some
// channels of each pixel.
template <class Piece>
struct PieceRows {
  const float* row[Piece::size];
  bool inside[Piece::size];  // rows that are not are zeros
  bool all_inside;
  int64_t pitch;     // from pixel to pixel
  int64_t from, to;  // columns that are inside
  int64_t columns;
};

// The columns inside: pixel x of row i goes to half[i * stride + x * L].
template <class Piece, bool Whole, bool Inside>
void transform_inside(const PieceRows<Piece>& rows, int64_t channel, int64_t channels, float* half, int64_t stride) {
  constexpr int N = Piece::size;
  constexpr int E = Piece::step + 2;
  const int64_t pitch = rows.pitch;
  const float* row[N];
  i32v mask[N];
  for (int i = 0; i < N; i++) {
    row[i] = rows.row[i] + channel;
    mask[i] = broadcast(rows.inside[i] ? -1 : 0);
  }
  half += rows.from * L;
  int64_t at = 0;
  for (int64_t x = rows.from; x < rows.to; x++) {
    f32v d[N], u[E];
#pragma GCC unroll 6
    for (int i = 0; i < N; i++) {
      d[i] = Whole ? load(row[i] + at) : load_part(row[i] + at, channels);
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
    at += pitch;
  }
}

template <class Piece>
void transform_columns(const PieceRows<Piece>& rows, int64_t channel, int64_t channels, float* half, int64_t stride) {
  constexpr int E = Piece::step + 2;
  if (channels >= L) {
    (rows.all_inside ? transform_inside<Piece, true, true> : transform_inside<Piece, true, false>)(rows, channel, L, half, stride);
  } else {
    transform_inside<Piece, false, false>(rows, channel, channels, half, stride);
  }
  for (int64_t i = 0; i < E; i++) {
    for (int64_t x = 0; x < rows.from; x++) {
      store(half + i * stride + x * L, f32v{});
    }
    for (int64_t x = rows.to; x < rows.columns; x++) {
      store(half + i * stride + x * L, f32v{});
    }
  }
}

template <class Piece>
int64_t run_pixels(const TileRun& run) {
  return Piece::step * run.length + Piece::shared;
}

// Some channels of a run's pieces along their columns: row i of the n-th vector of channels goes to half[i * stride + n * vector].
template <class Piece>
void transform_run(const Source& s, const TileRun& run, int64_t channel, int64_t channels, float* pixels, float* half,
                   int64_t stride, int64_t vector) {
  constexpr int N = Piece::size;
  const int64_t top = Piece::step * run.row - s.pad_y;
  const int64_t left = Piece::step * run.column - s.pad_x;
  const int64_t across = run_pixels<Piece>(run);
  const int64_t first = maximum(int64_t{0}, top);
  const int64_t down = maximum(int64_t{0}, minimum(s.height, top + N) - first);
  const int64_t column = maximum(int64_t{0}, left);
  const int64_t columns = down > 0 ? maximum(int64_t{0}, minimum(s.width, left + across) - column) : 0;
  const int64_t plane = s.height * s.width;
  PieceRows<Piece> rows;
  rows.columns = across;
  rows.from = minimum(column - left, across);
  rows.to = rows.from + columns;
  rows.pitch = s.last ? s.channels : L;
  rows.all_inside = down == N;
  const float* const data = s.last ? s.images + (run.image * plane + first * s.width + column) * s.channels + channel : pixels;
  const int64_t line = s.last ? s.width * s.channels : columns * L;
  for (int64_t i = 0; i < N; i++) {
    const int64_t y = top + i - first;
    rows.inside[i] = y >= 0 && y < down;
    rows.row[i] = data + (rows.inside[i] ? y : 0) * line;
  }
  for (int64_t c = 0; c < channels; c += L, half += vector) {
    const int64_t some = minimum(L, channels - c);
    if (s.last) {
      transform_columns(rows, c, some, half, stride);
      continue;
    }
    if (columns > 0) {
      channels_to_lanes({s.images + (run.image * s.channels + channel + c) * plane, some, plane, s.height, s.width}, first, down,
                        column, columns, pixels);
    }
    transform_columns(rows, 0, L, half, stride);
  }
}

template <class Piece>
void transform_runs(const Source& s, int64_t channel, int64_t channels, const TileRuns& runs, float* pixels,
                    const HalfTransformed& half) {
  float* to = half.data;
  for (int64_t r = 0; r < runs.count; r++) {
    transform_run<Piece>(s, runs.list[r], channel, channels, pixels, to, half.row, half.vector);
    to += run_pixels<Piece>(runs.list[r]) * L;
  }
}

// Along a row of a run's pieces: element j of tile t goes to v[j * stride + t * row].
template <class Piece>
VOLUTE_INLINE void transform_row(const float* half, int64_t tiles, float* v, int64_t stride, int64_t row) {
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
      transform_run<Piece>(s, run, channel + c, minimum(L, channels - c), pixels, half, half_row, 0);
      for (int64_t i = 0; i < E; i++) {
        transform_row<Piece>(half + i * half_row, run.length, v + i * E * stride + run.at * row + c, stride, row);
      }
    }
  }
}

}  // namespace

void read_pieces_ahead(const Source& s, int64_t step, int64_t shared, const TileRuns& runs, ReadAhead& ahead) {
  if (!s.last) {
    return;
  }
  for (int64_t r = 0; r < runs.count; r++) {
    const TileRun& run = runs.list[r];
    const int64_t left = maximum(int64_t{0}, step * run.column - s.pad_x);
    const int64_t right = minimum(s.width, step * (run.column + run.length) - s.pad_x + shared);
    for (int64_t i = 0; i < step; i++) {
      const int64_t y = step * run.row - s.pad_y + shared + i;
      if (y >= 0 && y < s.height && left < right) {
        ahead.add(s.images + ((run.image * s.height + y) * s.width + left) * s.channels, (right - left) * s.channels);
      }
    }
  }
}

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

void transform_gradient_columns(const Source& source, int64_t channel, int64_t channels, const TileRuns& runs, float* pixels,
                                const HalfTransformed& half) {
  transform_runs<GradientPiece>(source, channel, channels, runs, pixels, half);
}

void transform_gradient_row(int64_t i, int64_t channels, const TileRuns& runs, const HalfTransformed& half, float* v, int64_t stride,
                            int64_t row) {
  transform_rows<GradientPiece>(i, channels, runs, half, v, stride, row);
}

}  // namespace volute::VOLUTE_LEVEL
