#!/bin/sh
# The wheel as a user gets it: built, installed without the workbench, run in an empty folder.
#   tools/test_wheel.sh [PYTHON]
set -eu
cd "$(dirname "$0")/.."
lock=$PWD/requirements/core.txt
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT

rm -rf dist
.venv-dev/bin/python -m pip wheel -qq --no-deps --no-build-isolation --wheel-dir dist .
"${1:-python3.11}" -m venv "$empty/env"
"$empty/env/bin/python" -m pip install -qq --no-compile --require-hashes -r "$lock"
"$empty/env/bin/python" -m pip install -qq --no-deps dist/*.whl

mkdir "$empty/work"
cd "$empty/work"
"$empty/env/bin/dpo-gov" demo
