#!/bin/sh
# Compiles the kernels into one static library: build.sh OUTPUT-FOLDER [sanitize]
#
# Every source of level/ is compiled once per instruction set into a namespace of its own. What is newer than its
# sources is left alone.
set -eu

source=$(cd "$(dirname "$0")/src/main/cpp" && pwd)
output=$1
sanitize=${2:-}
cxx=${CXX:-g++}

if ! command -v "$cxx" >/dev/null 2>&1; then
  echo "No C++ compiler ($cxx) was found: install g++, set CXX, or build all but the native backend with -Dnative=false." >&2
  exit 1
fi

flags="-std=c++17 -fPIC -fvisibility=hidden -fwrapv -fno-math-errno -fno-trapping-math -Wall -Wextra -Werror -Wno-psabi"
if [ -n "$sanitize" ]; then
  flags="$flags -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
else
  flags="$flags -O3 -DNDEBUG"
fi

case $(uname -m) in
  x86_64 | amd64) levels="baseline avx2 avx512" ;;
  *) levels="baseline" ;;
esac

mkdir -p "$output"
printf '%s\n' "$cxx $flags" >"$output/flags.new"
if ! cmp -s "$output/flags.new" "$output/flags"; then
  rm -f "$output"/*.o
  mv "$output/flags.new" "$output/flags"
fi

fresh() { # object source: newer than its source and than every header
  [ -e "$1" ] && [ -z "$(find "$2" "$source" -name '*.h' -newer "$1" -o -path "$2" -newer "$1")" ]
}

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
list="$output/commands"
: >"$list"
compile() { # object source options...
  object=$1
  file=$2
  shift 2
  fresh "$object" "$file" || printf '%s\n' "$cxx $flags $* -c '$file' -o '$object'" >>"$list"
}

for level in $levels; do
  case $level in
    baseline) options="-DVOLUTE_VECTOR_BYTES=16" ;;
    avx2) options="-DVOLUTE_VECTOR_BYTES=32 -mavx2 -mfma" ;;
    avx512) options="-DVOLUTE_VECTOR_BYTES=64 -mavx2 -mfma -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512" ;;
  esac
  for file in "$source"/level/*.cpp; do
    compile "$output/$level-$(basename "$file" .cpp).o" "$file" "-DVOLUTE_LEVEL=$level $options"
  done
done
for file in "$source"/*.cpp; do
  compile "$output/$(basename "$file" .cpp).o" "$file" "-DVOLUTE_LEVEL=baseline -DVOLUTE_VECTOR_BYTES=16"
done

tr '\n' '\0' <"$list" | xargs -0 -r -n 1 -P "$jobs" sh -c
rm -f "$output/libvolutekernels.a"
ar rcs "$output/libvolutekernels.a" "$output"/*.o
