#!/usr/bin/env bash
# Shows that a bare Debian 12 with nodejs and npm is enough: a fresh minimal system, a clean clone of HEAD, then `npm test` (or other
# npm arguments) in it, in namespaces of its own for mounts and processes. Needs debootstrap and git; about 4 GB of disk.
#   tools/bare-machine.sh [--directory DIR] [--keep] [NPM ARGUMENTS...]
# --keep leaves the system for a second run with the same --directory, which then updates only the clone.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
directory= keep=
while [ $# -gt 0 ]; do
  case $1 in
    --directory) directory=$2; shift 2 ;;
    --keep) keep=1; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- test
say() { printf '==> %s\n' "$*" >&2; }
fail() { printf 'bare-machine: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "must run as root"
command -v debootstrap >/dev/null || fail "debootstrap is not installed"
directory=${directory:-$(mktemp -d /var/tmp/gatehouse-bare.XXXXXX)}
[ -n "$keep" ] || trap 'rm -rf --one-file-system "$directory"' EXIT

if [ ! -e "$directory/etc/gatehouse-bare" ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sed -n 's/ bookworm$//p' | head -n 1)
  [ -n "$mirror" ] || fail "apt on this machine knows no bookworm archive"
  say "making a minimal Debian 12 in $directory"
  debootstrap --variant=minbase bookworm "$directory" "${mirror%/}" >&2
  # the same archives and the same way to them as this machine
  rm -f "$directory/etc/apt/sources.list"
  for part in sources.list sources.list.d apt.conf.d; do
    [ ! -e "/etc/apt/$part" ] || cp -a "/etc/apt/$part" "$directory/etc/apt/"
  done
  cp /etc/resolv.conf /etc/hosts "$directory/etc/"
  cp -a /usr/share/keyrings/. "$directory/usr/share/keyrings/"
  say "installing what the README asks for: nodejs, npm"
  chroot "$directory" apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive chroot "$directory" apt-get install -y -q --no-install-recommends nodejs npm >&2
  printf 'registry=%s\n' "$(npm config get registry)" >"$directory/root/.npmrc"
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then install -D "$NODE_EXTRA_CA_CERTS" "$directory/root/ca.crt"; fi
  touch "$directory/etc/gatehouse-bare"
fi

say "cloning HEAD"
rm -rf "$directory/root/gatehouse"
git clone --quiet --no-hardlinks "$root" "$directory/root/gatehouse"

say "npm $*, in there"
environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "TERM=${TERM:-dumb}")
[ ! -e "$directory/root/ca.crt" ] || environment+=(NODE_EXTRA_CA_CERTS=/root/ca.crt)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
# own mounts and processes: whatever the run leaves ends here
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child --propagation private bash -euo pipefail -c '
  directory=$1
  shift
  mount --bind "$directory" "$directory"
  mount -t proc proc "$directory/proc"
  mount -t sysfs sys "$directory/sys"
  mount -t bpf bpf "$directory/sys/fs/bpf"
  mount --bind /dev "$directory/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$directory/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$directory/run"
  mount -t tmpfs -o mode=1777 tmpfs "$directory/tmp"
  exec chroot "$directory" env -i "$@"
' inside "$directory" "${environment[@]}" bash -c 'cd /root/gatehouse && exec npm "$@" </dev/null' npm "$@"
