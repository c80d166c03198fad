#!/bin/sh
# Make the locks again: newest versions that fit, name==version with hashes, no addresses.
#   tools/lock.sh            every lock, within what is pinned now (adds what is missing)
#   tools/lock.sh --upgrade  every lock, newest versions
set -eu
cd "$(dirname "$0")/.."

[ -x .venv-lock/bin/uv ] || { python3.11 -m venv .venv-lock && .venv-lock/bin/pip install -q uv; }

lock() { # lock NAME SOURCE...
    name=$1
    shift
    .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "requirements/$name.txt" "$@"
    echo "requirements/$name.txt: $(grep -c == "requirements/$name.txt") packages"
}

lock core pyproject.toml requirements/build.in "$@"
lock core-test pyproject.toml requirements/build.in requirements/test.in \
    --constraint requirements/core.txt "$@"
lock dev pyproject.toml --extra ape --extra fast --extra dask --extra study \
    requirements/build.in requirements/dev.in "$@"
lock docs requirements/docs.in "$@"
lock slither requirements/slither.in "$@"
lock halmos requirements/halmos.in "$@"
# In a folder of its own: npm leaves out of a lock what is not installed beside it.
bare=$(mktemp -d)
cp package.json .npmrc "$bare"
(cd "$bare" && npm install --package-lock-only --ignore-scripts --silent)
mv "$bare/package-lock.json" . && rm -r "$bare"
