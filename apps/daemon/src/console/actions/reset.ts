/** As it was delivered. */
import type { Entry } from '../session.ts';

const SCOPES = [
  { scope: 'configuration', text: 'the configuration, its history and all users' },
  { scope: 'everything', text: 'everything: also keys, leases, learned data' },
] as const;

export const reset: Entry = {
  title: 'Factory reset',
  async run({ terminal, client }) {
    const { hostName } = await client.system.state.query();
    terminal.print(
      'What is removed can not be brought back without a backup. The box starts anew: traffic stops,',
      'and the console shows a new setup token.',
      '',
    );
    const { scope } = await terminal.choose('Remove what', SCOPES, (item) => item.text);
    const confirm = await terminal.ask(
      `Type the host name (${hostName}) to reset, or Enter to leave everything as it is`,
    );
    if (confirm === '') return;
    const { reboots } = await client.system.factoryReset.mutate({ scope, confirm });
    terminal.print(reboots ? 'The box reboots and is reset.' : 'It is reset when the daemon starts the next time.');
  },
};
