/**
 * One rule set, once as a configuration of Gatehouse and once for nftables: N - 1 rules that do not match the bench's packets, each with a source
 * and a UDP port, then one that does. Rule N decides, in both.
 */
import { type Config, parseConfig } from '@gatehouse/config';
import { BEDS, ROUTER } from './topology.ts';

/** Different ports in the rules; the same in both forms. */
const PORTS = 50;
/** UDP port of the bench's packets (discard). */
export const BENCH_PORT = 9;

const sourceOf = (i: number): string => `172.${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
const portOf = (i: number): number => 10000 + (i % PORTS);

/** @param rules at least 1 */
export function gatehouseConfig(rules: number, masquerade: boolean): Config {
  const { ingress, egress } = BEDS.xdp;
  const between = { from: ['inside'], to: ['outside'] };
  const result = parseConfig({
    version: 1,
    interfaces: [
      { name: ingress, type: 'ethernet', addresses: [`${ROUTER.ingress4}/24`, `${ROUTER.ingress6}/64`] },
      { name: egress, type: 'ethernet', addresses: [`${ROUTER.egress4}/24`, `${ROUTER.egress6}/64`] },
    ],
    zones: [
      { name: 'inside', interfaces: [ingress] },
      { name: 'outside', interfaces: [egress] },
    ],
    applications: [
      { name: 'bench', terms: [{ protocol: 'udp', destinationPort: String(BENCH_PORT) }] },
      ...Array.from({ length: PORTS }, (_, i) => ({
        name: `port-${portOf(i)}`,
        terms: [{ protocol: 'udp', destinationPort: String(portOf(i)) }],
      })),
    ],
    policies: [
      ...Array.from({ length: rules - 1 }, (_, i) => ({
        name: `rule-${i}`,
        ...between,
        source: [sourceOf(i)],
        application: [`port-${portOf(i)}`],
        action: 'permit',
      })),
      { name: 'bench', ...between, application: ['bench'], action: 'permit' },
    ],
    nat: masquerade ? { source: [{ name: 'masquerade', ...between, translation: { type: 'interface' } }] } : {},
    // nothing may expire while it is measured
    flow: { timeouts: { udp: 3600 } },
  });
  if (result.ok) return result.config;
  throw new Error(result.issues.map((issue) => `${issue.pointer} ${issue.message}`).join('\n'));
}

/** Input for `nft -f -`. */
export function nftRules(rules: number, egress: string, masquerade: boolean): string {
  const lines = Array.from(
    { length: rules - 1 },
    (_, i) => `ip saddr ${sourceOf(i)} udp dport ${portOf(i)} counter accept`,
  );
  return `flush ruleset
table inet bench {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    ${lines.join('\n    ')}
    udp dport ${BENCH_PORT} counter accept
  }
  ${masquerade ? `chain out { type nat hook postrouting priority srcnat; policy accept; oifname "${egress}" masquerade; }` : ''}
}
`;
}
