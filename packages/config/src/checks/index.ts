/** Checks across objects. Each file has one topic and returns issues; order is the order in which a person meets the objects. */
import type { Issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { checkAccess } from './access.ts';
import { checkDhcpClients } from './dhcp-client.ts';
import { checkDhcpServer } from './dhcp-server.ts';
import { checkDns } from './dns.ts';
import { checkInterfaces } from './interfaces.ts';
import { checkManagementWeb } from './management-web.ts';
import { checkNames } from './names.ts';
import { checkNat } from './nat.ts';
import { checkObjects } from './objects.ts';
import { checkPolicies } from './policies.ts';
import { checkRouterAdvertisements } from './router-advertisement.ts';
import { checkRoutes } from './routes.ts';
import { checkZones } from './zones.ts';

export function checkReferences(config: Config): Issue[] {
  return [
    ...checkNames(config),
    ...checkAccess(config),
    ...checkManagementWeb(config),
    ...checkInterfaces(config),
    ...checkDhcpClients(config),
    ...checkRoutes(config),
    ...checkZones(config),
    ...checkDhcpServer(config),
    ...checkRouterAdvertisements(config),
    ...checkObjects(config),
    ...checkPolicies(config),
    ...checkNat(config),
    ...checkDns(config),
  ];
}
