#!/bin/sh
# `make demo` as a newcomer meets it: a fresh clone of what is committed, nothing on the path but
# what the README asks for (so no Node), and nothing left behind that git would show.
#   tools/test_demo.sh [PYTHON]
set -eu
cd "$(dirname "$0")/.."
# The program itself: what the path finds may be a script that looks for it.
python=$("${1:-python3.11}" -c 'import sys; print(sys.executable)')
new=$(mktemp -d)
trap '/bin/rm -rf "$new"' EXIT

mkdir "$new/bin"
for tool in sh git make touch; do
    ln -s "$(command -v "$tool")" "$new/bin/$tool"
done
git clone -q . "$new/clone"
cd "$new/clone"
PATH=$new/bin
start=$("$python" -c 'import time; print(int(time.time()))')
make demo PYTHON="$python"
"$python" -c "import time; print(f'make demo in a fresh clone, without Node: {time.time() - $start:.0f} s')"
left=$(git status --porcelain)
[ -z "$left" ] || { printf 'make demo has left or changed:\n%s\n' "$left"; exit 1; }
