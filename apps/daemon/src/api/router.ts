/** All procedures. Their rights stand at each one; test/authorisation.golden.json lists them. */
import { authRouter, secretsRouter } from './auth.ts';
import { backupRouter } from './backup.ts';
import { configRouter } from './config.ts';
import { consoleRouter } from './console.ts';
import { dhcpRouter } from './dhcp.ts';
import { dhcpClientRouter } from './dhcp-client.ts';
import { dnsRouter, ntpRouter } from './dns.ts';
import { factoryResetRouter } from './factory-reset.ts';
import {
  countersRouter,
  eventsRouter,
  explainRouter,
  interfacesRouter,
  sessionsRouter,
  systemRouter,
} from './observe.ts';
import { powerRouter } from './power.ts';
import { supportRouter } from './support.ts';
import { mergeRouters, router } from './trpc.ts';
import { updateRouter } from './update.ts';

export const appRouter = router({
  system: mergeRouters(systemRouter, powerRouter, backupRouter, factoryResetRouter, supportRouter),
  auth: authRouter,
  secrets: secretsRouter,
  config: configRouter,
  interfaces: interfacesRouter,
  counters: countersRouter,
  sessions: sessionsRouter,
  events: eventsRouter,
  explain: explainRouter,
  dhcpClient: dhcpClientRouter,
  update: updateRouter,
  dhcp: dhcpRouter,
  dns: dnsRouter,
  ntp: ntpRouter,
  console: consoleRouter,
});

export type AppRouter = typeof appRouter;
