/** A new password for somebody who lost it. */
import type { Entry } from '../session.ts';
import { cut } from '../words.ts';
import { decideTest, missingInterfaces } from './changes.ts';

export const password: Entry = {
  title: 'Reset the password of a user',
  async run(session) {
    const { terminal, client } = session;
    const { config } = await client.config.running.query();
    if (config.users.length === 0) {
      terminal.print('There is no user yet: the setup token on the console makes the first administrator.');
      return;
    }
    const missing = await missingInterfaces(session, config);
    if (missing.length > 0) {
      terminal.print(
        `${missing.join(', ')} is configured, but there is no such device: take it out first, with entry 1.`,
      );
      return;
    }
    terminal.print(
      'The user gets the password that you type, is logged out everywhere and, when disabled,',
      'enabled again. It stands in the history. Traffic goes on.',
      '',
    );
    await decideTest(session);
    const user = await terminal.choose('Whose password', config.users, (item) =>
      cut(`${item.name.padEnd(20)} ${item.role}${item.disabled ? ', disabled' : ''}`, 70),
    );
    const first = await terminal.secret(`New password of ${user.name}, at least 10 characters`);
    if (first !== (await terminal.secret('Once more'))) {
      terminal.print('The two are not the same. Nothing was changed.');
      return;
    }
    await client.console.setPassword.mutate({ username: user.name, password: first });
    terminal.print(`The password of ${user.name} is set.`);
  },
};
