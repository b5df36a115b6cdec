/** Traffic between the lab's hosts that goes on by itself: what a small network does all day, and a few things that it may not. */
import type { Lab } from './lab.ts';
import { DOMAIN, HOSTS, type HostName, INTERNET } from './names.ts';

type Habit = { from: HostName; everyMs: number; argv: string[] };

const curl = (url: string): string[] => ['curl', '-s', '-o', '/dev/null', '--max-time', '3', url];

const HABITS: readonly Habit[] = [
  { from: 'lan', everyMs: 700, argv: curl(`http://${INTERNET.ip4}/`) },
  { from: 'lan', everyMs: 1500, argv: curl(`http://[${INTERNET.ip6}]/bulk`) },
  { from: 'lan', everyMs: 1100, argv: curl(`http://${HOSTS.dmz.ip4}/`) },
  { from: 'lan', everyMs: 900, argv: ['dig', '+time=2', '+tries=1', `@${HOSTS.wan.ip4}`, `www.${DOMAIN}`] },
  { from: 'dmz', everyMs: 1700, argv: ['dig', '+time=2', '+tries=1', `@${HOSTS.wan.ip6}`, `www.${DOMAIN}`, 'AAAA'] },
  { from: 'lan', everyMs: 2000, argv: ['ping', '-n', '-c3', '-i0.3', INTERNET.ip4] },
  { from: 'wan', everyMs: 1300, argv: curl(`http://${HOSTS.wan.gateway4}:8080/`) },
  {
    from: 'lan',
    everyMs: 4000,
    argv: ['iperf3', '-c', INTERNET.ip4, '-t', '20', '--bitrate', '4M', '--connect-timeout', '2000'],
  },
  // what the firewall is there for
  { from: 'wan', everyMs: 3500, argv: ['nc', '-z', '-w1', HOSTS.wan.gateway4, '22'] },
  { from: 'wan', everyMs: 4500, argv: curl(`http://[${HOSTS.lan.ip6}]/`) },
  { from: 'dmz', everyMs: 5000, argv: curl(`http://${HOSTS.lan.ip4}/`) },
  { from: 'lan', everyMs: 6000, argv: ['nc', '-z', '-w1', HOSTS.dmz.ip4, '3306'] },
];

/** Begins; returns the way to stop, which resolves when nothing of it runs any more. */
export function startTraffic(lab: Lab): () => Promise<void> {
  const stopping = new AbortController();
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        stopping.signal.removeEventListener('abort', done);
        resolve();
      }
      stopping.signal.addEventListener('abort', done);
    });
  const follow = async ({ from, everyMs, argv }: Habit) => {
    while (!stopping.signal.aborted) {
      // failing is part of it: the firewall may say no
      await lab.tryExec(from, argv, { timeoutMs: 30_000, signal: stopping.signal }).catch(() => {});
      await pause(everyMs * (0.75 + Math.random() / 2));
    }
  };
  const habits = HABITS.map(follow);
  return async () => {
    stopping.abort();
    await Promise.all(habits);
  };
}
