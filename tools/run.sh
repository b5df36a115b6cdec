#!/usr/bin/env bash
# Runs one of the project's TypeScript tools under the pinned Node, after bringing what is missing: run.sh SCRIPT [ARGUMENT...]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/tools/setup.sh"
node_dir=$(printf '%s\n' "${GATEHOUSE_CACHE:-/var/cache/gatehouse}"/node-"$(sed -n 's/^node_version=//p' "$root/tools/setup.sh")")
export PATH="$node_dir/bin:$PATH"
script=$1
shift
exec node --disable-warning=ExperimentalWarning "$root/$script" "$@"
