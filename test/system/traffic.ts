/** iperf3 between two hosts while something happens to the appliance, judged for loss and for pauses. */
import { expect } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { HOSTS, SERVER_PORTS } from '../lab/names.ts';

type Interval = { sum: { bytes: number; seconds: number } };
type Report = {
  error?: string;
  intervals: Interval[];
  end: { sum_received?: { bytes: number }; sum?: { packets: number; lost_packets: number } };
};

export type Traffic = { tcp: Report; udp: Report };

async function iperf(lab: Lab, seconds: number, port: number, more: string[]): Promise<Report> {
  const done = await lab.tryExec(
    'lan',
    [
      'iperf3',
      '--client',
      HOSTS.wan.ip4,
      '--port',
      String(port),
      '--time',
      String(seconds),
      '--interval',
      '0.5',
      '--json',
      ...more,
    ],
    { timeoutMs: (seconds + 20) * 1000 },
  );
  return JSON.parse(done.stdout) as Report;
}

/**
 * Runs TCP (24 Mbit/s in four streams) and UDP (4 Mbit/s in 1200-byte packets) from the LAN to the WAN for a time, and `work`
 * meanwhile, beginning a second after the traffic. Modest rates: what two cores lose by themselves must not look like a loss of the appliance.
 */
export async function underTraffic(lab: Lab, seconds: number, work: () => Promise<void>): Promise<Traffic> {
  const tcp = iperf(lab, seconds, SERVER_PORTS.iperf, ['--parallel', '4', '--bitrate', '6M']);
  const udp = iperf(lab, seconds, SERVER_PORTS.iperfSecond, ['--udp', '--bitrate', '4M', '--length', '1200']);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [, tcpReport, udpReport] = await Promise.all([work(), tcp, udp]);
  return { tcp: tcpReport, udp: udpReport };
}

/** Not one UDP packet lost, not one TCP connection broken, not half a second without data. */
export function expectUndisturbed({ tcp, udp }: Traffic): void {
  expect(tcp.error, 'TCP').toBeUndefined();
  expect(udp.error, 'UDP').toBeUndefined();
  expect(udp.end.sum?.packets, 'UDP packets').toBeGreaterThan(1000);
  expect(udp.end.sum?.lost_packets, 'UDP packets lost').toBe(0);
  expect(tcp.end.sum_received?.bytes, 'TCP bytes received').toBeGreaterThan(1_000_000);
  for (const { sum } of tcp.intervals.filter((interval) => interval.sum.seconds > 0.25))
    expect(sum.bytes, 'TCP bytes in half a second').toBeGreaterThan(0);
}
