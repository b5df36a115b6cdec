/** The tools chroot: a Debian trixie with mkosi and QEMU beside the host, which stays as it is. Kept in the cache. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const cache = join(process.env.GATEHOUSE_CACHE ?? '/var/cache/gatehouse', 'image');
const chroot = join(cache, 'tools');

const PACKAGES = [
  ...['apt', 'bubblewrap', 'ca-certificates', 'cpio', 'cryptsetup-bin', 'debian-archive-keyring', 'dosfstools'],
  ...['e2fsprogs', 'erofs-utils', 'fdisk', 'kmod', 'mkosi', 'mtools', 'openssl', 'ovmf', 'python3-cryptography'],
  ...['python3-pefile', 'qemu-system-x86', 'qemu-utils', 'sbsigntool', 'systemd', 'systemd-boot-efi'],
  ...['systemd-boot-tools', 'systemd-container', 'systemd-repart', 'systemd-ukify', 'udev', 'uidmap', 'util-linux'],
  ...['xz-utils', 'zstd'],
];

/** The Debian mirror that this machine uses, from apt's own configuration; throws when there is none. */
export function mirror(): string {
  const files = [
    '/etc/apt/sources.list',
    ...readdirSync('/etc/apt/sources.list.d').map((n) => `/etc/apt/sources.list.d/${n}`),
  ];
  for (const file of files.filter((name) => existsSync(name))) {
    const found = /^(?:URIs:|deb(?: \[[^\]]*\])?)\s+(\S+\/debian)\/?(?:\s|$)/m.exec(readFileSync(file, 'utf8'));
    if (found?.[1]) return found[1];
  }
  throw new Error('apt on this machine names no Debian mirror (/etc/apt/sources.list, sources.list.d)');
}

/** Makes the chroot when it is missing or holds other packages. */
export function makeChroot(): void {
  const stamp = `trixie ${PACKAGES.join(' ')}`;
  const stampFile = join(cache, 'tools.stamp');
  if (existsSync(chroot) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error('==> making the tools chroot (Debian trixie)');
  mkdirSync(cache, { recursive: true });
  const fresh = `${chroot}.new`;
  for (const directory of [fresh, chroot]) rmSync(directory, { recursive: true, force: true });
  const done = spawnSync(
    'mmdebstrap',
    [
      ...['--variant=apt', '--mode=root', '--quiet', '--aptopt=APT::Install-Recommends "false"'],
      ...['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...[`--include=${PACKAGES.join(',')}`, 'trixie', fresh, mirror()],
    ],
    { stdio: ['ignore', 2, 2], timeout: 900_000 },
  );
  if (done.status !== 0) throw new Error(`mmdebstrap ended with ${done.status ?? done.error?.message ?? done.signal}`);
  renameSync(fresh, chroot);
  writeFileSync(stampFile, stamp);
}

/** Enters the chroot in a mount namespace of its own ($1: chroot, $2, $3: directories seen as /gatehouse and /keys, rest: the program). */
const ENTER = `
set -e; root=$1; shared=$2; keys=$3; shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/gatehouse" "$root/keys" "$root/.old"
mount --rbind "$shared" "$root/gatehouse"
[ -z "$keys" ] || mount --bind "$keys" "$root/keys"
cat /etc/resolv.conf >"$root/etc/resolv.conf"
cat /etc/hosts >"$root/etc/hosts"
cd "$root"; pivot_root . .old; cd /; umount -l /.old
exec "$@"`;

/** The call that runs a program inside the chroot; the cache is its /gatehouse, `keys` its /keys. The network is that of the caller. */
export function enter(program: readonly string[], keys = ''): string[] {
  const unshare = ['unshare', '--mount', '--propagation', 'private'];
  return [...unshare, 'bash', '-c', ENTER, 'enter', chroot, cache, keys, ...program];
}

/** Runs a program inside the chroot to its end. @throws when its exit status is not 0 */
export function inChroot(program: readonly string[], keys = ''): Promise<void> {
  const proxies = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^https?_proxy$/i.test(name)));
  const [command = '', ...args] = enter(program, keys);
  const child = spawn(command, args, {
    stdio: ['ignore', 2, 2],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'dumb', LANG: 'C.UTF-8', ...proxies },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) =>
      status === 0 ? resolve() : reject(new Error(`${program[0]} ended with ${status ?? signal}`)),
    );
  });
}
