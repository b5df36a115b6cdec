#!/usr/bin/env bash
# Runs one of the project's TypeScript tools under the pinned Node, after bringing what is missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/tools/setup.sh"
export PATH="${GATEHOUSE_CACHE:-/var/cache/gatehouse}/node-24.21.0/bin:$PATH"
script=$1; shift
exec node --disable-warning=ExperimentalWarning "$root/$script" "$@"
