# Sourced by the programs of this folder: builds what is missing or older than its sources, then sets java, target, flags
# and classpath.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/bench/target
stamp=$target/built
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

if [ ! -e "$stamp" ] || [ -n "$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src -newer "$stamp" -print -quit)" ]; then
  mkdir -p "$target"
  # The stamp is as old as the build's start: what changes while it runs is built next time.
  started=$(mktemp "$target/started.XXXXXX")
  trap 'rm -f "$started"' EXIT
  (cd "$root" && mvn -q -B -pl bench -am -Dmaven.test.skip=true package) >&2
  mv "$started" "$stamp"
fi

version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
. "$root/examples/jvm.sh"
classpath="$target/classes:$target/lib/*"
