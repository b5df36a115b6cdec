/** chronyc(1) over chronyd's Unix socket, in its comma-separated form. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceState, TimeSource, Tracking } from '../../api/services.ts';
import { programPath, run } from '../../process/run.ts';

const READY_MS = 10_000;

const STATES: Record<string, SourceState> = {
  '*': 'selected',
  '+': 'combined',
  '-': 'not combined',
  x: 'falseticker',
  '~': 'unstable',
  '?': 'unusable',
};

const NEVER = 4294967295;

export class ClockControl {
  private readonly socket: string;

  constructor(socket: string) {
    this.socket = socket;
  }

  private async ask(...command: string[]): Promise<string[][]> {
    const args = ['-h', this.socket, '-c', '-n', ...command];
    const { stdout } = await run(programPath('chronyc'), args, { timeoutMs: 5000 });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','));
  }

  async reloadSources(): Promise<void> {
    await this.ask('reload', 'sources');
  }

  async sources(): Promise<TimeSource[]> {
    return (await this.ask('sources')).flatMap((fields) => {
      const [mode, state = '?', name = '', stratum, , reach = '0', last, , offset] = fields;
      if (mode !== '^') return [];
      const lastAnswer = Number(last);
      return {
        name,
        state: STATES[state] ?? 'unusable',
        stratum: Number(stratum),
        reach: Number.parseInt(reach, 8),
        lastAnswer: lastAnswer === NEVER ? null : lastAnswer,
        offset: Number(offset),
      };
    });
  }

  async tracking(): Promise<Tracking> {
    const [[id = '', address = '', stratum, , offset, , , frequency, , , , , , leap] = []] = await this.ask('tracking');
    return {
      synchronised: leap !== 'Not synchronised' && id !== '00000000',
      source: address,
      stratum: Number(stratum),
      offset: Number(offset),
      frequencyPpm: Number(frequency),
    };
  }

  async ready(): Promise<void> {
    for (const until = Date.now() + READY_MS; ; await sleep(50)) {
      try {
        await this.ask('tracking');
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  }
}
