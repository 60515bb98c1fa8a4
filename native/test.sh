#!/bin/sh
# Builds the kernels under the address and undefined-behaviour sanitizers and runs their tests: test.sh OUTPUT-FOLDER
set -eu

here=$(cd "$(dirname "$0")" && pwd)
output=$1
"$here/build.sh" "$output" sanitize
${CXX:-g++} -std=c++17 -g -O1 -Wall -Wextra -Werror -Wno-psabi -fsanitize=address,undefined \
  -fno-sanitize-recover=all -I"$here/src/main/cpp" "$here"/src/test/cpp/*.cpp \
  "$output/libvolutekernels.a" -lpthread -o "$output/kernels_test"
"$output/kernels_test"
