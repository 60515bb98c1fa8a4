package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileTransforms;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A vector of channels at a time. Each loop goes along a whole row of an image or of tiles, and
 * what it reads and writes lies at constant distances wherever it may, so that few bounds are
 * checked.
 */
final class VectorTileTransforms implements TileTransforms {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int P = TileGroups.run(L);
  private static final int M = TileGroups.matrixStep(P);
  private static final int T = TileGroups.TILES;

  /** Distance of columns between the two steps. */
  private static final int C = 6 * P;

  /** What lies there between the columns that two tiles begin with, beyond six elements. */
  private static final int REST = 4 * C - C;

  @Override
  public int run() {
    return P;
  }

  @Override
  public void imageColumns(
      int columns,
      int step,
      float[] d0,
      int at0,
      float[] d1,
      int at1,
      float[] d2,
      int at2,
      float[] d3,
      int at3,
      float[] d4,
      int at4,
      float[] d5,
      int at5,
      float[] to,
      int toAt) {
    for (int c = 0; c < P; c += L) {
      imageColumnsOfVector(
          columns, step, d0, at0 + c, d1, at1 + c, d2, at2 + c, d3, at3 + c, d4, at4 + c, d5,
          at5 + c, to, toAt + c);
    }
  }

  private static void imageColumnsOfVector(
      int columns,
      int step,
      float[] d0,
      int at0,
      float[] d1,
      int at1,
      float[] d2,
      int at2,
      float[] d3,
      int at3,
      float[] d4,
      int at4,
      float[] d5,
      int at5,
      float[] to,
      int toAt) {
    FloatVector two = FloatVector.broadcast(S, 2f);
    FloatVector minusTwo = FloatVector.broadcast(S, -2f);
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector minusFour = FloatVector.broadcast(S, -4f);
    FloatVector minusFive = FloatVector.broadcast(S, -5f);
    for (int x = 0; x < columns; x++) {
      int from = x * step;
      FloatVector x0 = FloatVector.fromArray(S, d0, at0 + from);
      FloatVector x1 = FloatVector.fromArray(S, d1, at1 + from);
      FloatVector x2 = FloatVector.fromArray(S, d2, at2 + from);
      FloatVector x3 = FloatVector.fromArray(S, d3, at3 + from);
      FloatVector x4 = FloatVector.fromArray(S, d4, at4 + from);
      FloatVector x5 = FloatVector.fromArray(S, d5, at5 + from);
      int at = toAt + x * C;
      FloatVector a = minusFour.fma(x2, x4);
      FloatVector b = minusFour.fma(x1, x3);
      FloatVector e = x4.sub(x2);
      FloatVector f = x3.sub(x1);
      four.fma(x0, minusFive.fma(x2, x4)).intoArray(to, at);
      a.add(b).intoArray(to, at + P);
      a.sub(b).intoArray(to, at + 2 * P);
      two.fma(f, e).intoArray(to, at + 3 * P);
      minusTwo.fma(f, e).intoArray(to, at + 4 * P);
      four.fma(x1, minusFive.fma(x3, x5)).intoArray(to, at + 5 * P);
    }
  }

  @Override
  public void imageRows(
      int tiles, float[] from, int fromAt, int first, float[] v, int vAt, int groupStep) {
    for (int c = 0; c < P; c += L) {
      imageRowsOfVector(6 * tiles, from, fromAt + c, first, v, vAt + c, groupStep);
    }
  }

  private static void imageRowsOfVector(
      int rows, float[] from, int fromAt, int first, float[] v, int vAt, int groupStep) {
    FloatVector two = FloatVector.broadcast(S, 2f);
    FloatVector minusTwo = FloatVector.broadcast(S, -2f);
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector minusFour = FloatVector.broadcast(S, -4f);
    FloatVector minusFive = FloatVector.broadcast(S, -5f);
    for (int row = 0; row < rows; row++) {
      int tile = row / 6;
      int x = fromAt + row * P + tile * REST;
      FloatVector x0 = FloatVector.fromArray(S, from, x);
      FloatVector x1 = FloatVector.fromArray(S, from, x + C);
      FloatVector x2 = FloatVector.fromArray(S, from, x + 2 * C);
      FloatVector x3 = FloatVector.fromArray(S, from, x + 3 * C);
      FloatVector x4 = FloatVector.fromArray(S, from, x + 4 * C);
      FloatVector x5 = FloatVector.fromArray(S, from, x + 5 * C);
      int place = (first + tile) / T * groupStep + (first + tile) % T * P;
      int at = vAt + place + (row - 6 * tile) * 6 * M;
      FloatVector a = minusFour.fma(x2, x4);
      FloatVector b = minusFour.fma(x1, x3);
      FloatVector e = x4.sub(x2);
      FloatVector f = x3.sub(x1);
      four.fma(x0, minusFive.fma(x2, x4)).intoArray(v, at);
      a.add(b).intoArray(v, at + M);
      a.sub(b).intoArray(v, at + 2 * M);
      two.fma(f, e).intoArray(v, at + 3 * M);
      minusTwo.fma(f, e).intoArray(v, at + 4 * M);
      four.fma(x1, minusFive.fma(x3, x5)).intoArray(v, at + 5 * M);
    }
  }

  @Override
  public void gradientColumns(
      int columns,
      int step,
      float[] g0,
      int at0,
      float[] g1,
      int at1,
      float[] g2,
      int at2,
      float[] g3,
      int at3,
      float[] to,
      int toAt) {
    for (int c = 0; c < P; c += L) {
      gradientColumnsOfVector(
          columns, step, g0, at0 + c, g1, at1 + c, g2, at2 + c, g3, at3 + c, to, toAt + c);
    }
  }

  private static void gradientColumnsOfVector(
      int columns,
      int step,
      float[] g0,
      int at0,
      float[] g1,
      int at1,
      float[] g2,
      int at2,
      float[] g3,
      int at3,
      float[] to,
      int toAt) {
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector eight = FloatVector.broadcast(S, 8f);
    for (int x = 0; x < columns; x++) {
      int from = x * step;
      FloatVector x0 = FloatVector.fromArray(S, g0, at0 + from);
      FloatVector x1 = FloatVector.fromArray(S, g1, at1 + from);
      FloatVector x2 = FloatVector.fromArray(S, g2, at2 + from);
      FloatVector x3 = FloatVector.fromArray(S, g3, at3 + from);
      int at = toAt + x * C;
      FloatVector a = x0.add(x2);
      FloatVector b = x1.add(x3);
      FloatVector e = four.fma(x2, x0);
      FloatVector f = eight.fma(x3, x1.add(x1));
      x0.intoArray(to, at);
      a.add(b).intoArray(to, at + P);
      a.sub(b).intoArray(to, at + 2 * P);
      e.add(f).intoArray(to, at + 3 * P);
      e.sub(f).intoArray(to, at + 4 * P);
      x3.intoArray(to, at + 5 * P);
    }
  }

  @Override
  public void gradientRows(
      int tiles, float[] from, int fromAt, int first, float[] s, int sAt, int groupStep) {
    for (int c = 0; c < P; c += L) {
      gradientRowsOfVector(6 * tiles, from, fromAt + c, first, s, sAt + c, groupStep);
    }
  }

  private static void gradientRowsOfVector(
      int rows, float[] from, int fromAt, int first, float[] s, int sAt, int groupStep) {
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector eight = FloatVector.broadcast(S, 8f);
    for (int row = 0; row < rows; row++) {
      int tile = row / 6;
      int x = fromAt + row * P + tile * REST;
      FloatVector x0 = FloatVector.fromArray(S, from, x);
      FloatVector x1 = FloatVector.fromArray(S, from, x + C);
      FloatVector x2 = FloatVector.fromArray(S, from, x + 2 * C);
      FloatVector x3 = FloatVector.fromArray(S, from, x + 3 * C);
      int place = (first + tile) / T * groupStep + (first + tile) % T * P;
      int at = sAt + place + (row - 6 * tile) * 6 * M;
      FloatVector a = x0.add(x2);
      FloatVector b = x1.add(x3);
      FloatVector e = four.fma(x2, x0);
      FloatVector f = eight.fma(x3, x1.add(x1));
      x0.intoArray(s, at);
      a.add(b).intoArray(s, at + M);
      a.sub(b).intoArray(s, at + 2 * M);
      e.add(f).intoArray(s, at + 3 * M);
      e.sub(f).intoArray(s, at + 4 * M);
      x3.intoArray(s, at + 5 * M);
    }
  }

  @Override
  public void resultRows(
      int tiles, float[] m, int mAt, int first, int groupStep, float[] to, int toAt) {
    for (int c = 0; c < P; c += L) {
      resultRowsOfVector(6 * tiles, m, mAt + c, first, groupStep, to, toAt + c);
    }
  }

  private static void resultRowsOfVector(
      int rows, float[] m, int mAt, int first, int groupStep, float[] to, int toAt) {
    FloatVector two = FloatVector.broadcast(S, 2f);
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector eight = FloatVector.broadcast(S, 8f);
    for (int row = 0; row < rows; row++) {
      int tile = row / 6;
      int place = (first + tile) / T * groupStep + (first + tile) % T * P;
      int x = mAt + place + (row - 6 * tile) * 6 * M;
      FloatVector x0 = FloatVector.fromArray(S, m, x);
      FloatVector x1 = FloatVector.fromArray(S, m, x + M);
      FloatVector x2 = FloatVector.fromArray(S, m, x + 2 * M);
      FloatVector x3 = FloatVector.fromArray(S, m, x + 3 * M);
      FloatVector x4 = FloatVector.fromArray(S, m, x + 4 * M);
      FloatVector x5 = FloatVector.fromArray(S, m, x + 5 * M);
      int at = toAt + row * P + tile * REST;
      FloatVector a = x1.add(x2);
      FloatVector b = x1.sub(x2);
      FloatVector e = x3.add(x4);
      FloatVector f = x3.sub(x4);
      x0.add(a).add(e).intoArray(to, at);
      two.fma(f, b).intoArray(to, at + C);
      four.fma(e, a).intoArray(to, at + 2 * C);
      eight.fma(f, b).add(x5).intoArray(to, at + 3 * C);
    }
  }

  @Override
  public void resultColumns(
      int columns,
      int rows,
      float[] from,
      int fromAt,
      boolean added,
      float[] residual,
      int residualAt,
      boolean passes,
      float[] relu,
      int reluAt,
      float low,
      float high,
      float[] y,
      int yAt,
      int row,
      int step) {
    for (int c = 0; c < P; c += L) {
      int at = yAt + c;
      resultColumnsOfVector(columns, rows, from, fromAt + c, y, at, row, step);
      for (int i = 0; i < rows; i++, at += row) {
        if (added) {
          add(columns, residual, residualAt + c + i * row, y, at, step);
        }
        if (low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY) {
          bound(columns, low, high, y, at, step);
        }
        if (passes) {
          passRelu(columns, relu, reluAt + c + i * row, y, at, step);
        }
      }
    }
  }

  private static void resultColumnsOfVector(
      int columns, int rows, float[] from, int fromAt, float[] y, int yAt, int row, int step) {
    FloatVector two = FloatVector.broadcast(S, 2f);
    FloatVector four = FloatVector.broadcast(S, 4f);
    FloatVector eight = FloatVector.broadcast(S, 8f);
    for (int column = 0; column < columns; column++) {
      int x = fromAt + column * C;
      FloatVector x0 = FloatVector.fromArray(S, from, x);
      FloatVector x1 = FloatVector.fromArray(S, from, x + P);
      FloatVector x2 = FloatVector.fromArray(S, from, x + 2 * P);
      FloatVector x3 = FloatVector.fromArray(S, from, x + 3 * P);
      FloatVector x4 = FloatVector.fromArray(S, from, x + 4 * P);
      FloatVector x5 = FloatVector.fromArray(S, from, x + 5 * P);
      int at = yAt + column * step;
      FloatVector a = x1.add(x2);
      FloatVector b = x1.sub(x2);
      FloatVector e = x3.add(x4);
      FloatVector f = x3.sub(x4);
      x0.add(a).add(e).intoArray(y, at);
      if (rows > 1) {
        two.fma(f, b).intoArray(y, at + row);
      }
      if (rows > 2) {
        four.fma(e, a).intoArray(y, at + 2 * row);
      }
      if (rows > 3) {
        eight.fma(f, b).add(x5).intoArray(y, at + 3 * row);
      }
    }
  }

  private static void add(
      int columns, float[] residual, int residualAt, float[] y, int yAt, int step) {
    for (int column = 0; column < columns; column++) {
      FloatVector r = FloatVector.fromArray(S, residual, residualAt + column * step);
      FloatVector.fromArray(S, y, yAt + column * step).add(r).intoArray(y, yAt + column * step);
    }
  }

  private static void passRelu(
      int columns, float[] relu, int reluAt, float[] y, int yAt, int step) {
    FloatVector zero = FloatVector.zero(S);
    for (int column = 0; column < columns; column++) {
      FloatVector r = FloatVector.fromArray(S, relu, reluAt + column * step);
      FloatVector gradient = FloatVector.fromArray(S, y, yAt + column * step);
      zero.blend(gradient, zero.lt(r)).intoArray(y, yAt + column * step);
    }
  }

  private static void bound(int columns, float low, float high, float[] y, int yAt, int step) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    for (int column = 0; column < columns; column++) {
      FloatVector sum = FloatVector.fromArray(S, y, yAt + column * step);
      sum = sum.blend(least, sum.lt(least));
      sum.blend(most, most.lt(sum)).intoArray(y, yAt + column * step);
    }
  }
}
