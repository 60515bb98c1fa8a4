# Sourced by examples/run and by the programs of bench, with java's version in `version`: sets flags, the JVM's options.

# Steps allocate nothing: the simplest collector keeps the process smallest. Vectors are as long as lines of the cache,
# and fast where they lie in one.
flags=(--add-modules jdk.incubator.vector -XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64)

# A step passes more pages of 4 KiB than the processor knows by heart; Linux gives pages of 2 MiB to those who ask.
if grep -qs '\[always\]\|\[madvise\]' /sys/kernel/mm/transparent_hugepage/enabled; then
  flags+=(-XX:+UseTransparentHugePages)
fi

# Large methods of vectors are compiled alike in every process: see lanes/OperatorClasses.java.
flags+=(-XX:PerMethodTrapLimit=1000)

[ "$version" -lt 22 ] || flags+=(--enable-native-access=ALL-UNNAMED)
