/** What the DHCP server knows of its clients, as the API gives it. */
import { z } from 'zod';

export const leaseSchema = z.strictObject({
  family: z.union([z.literal(4), z.literal(6)]),
  address: z.string(),
  mac: z.string().nullable(),
  clientId: z.string().nullable(),
  duid: z.string().nullable(),
  hostName: z.string().nullable(),
  /** Declined: the client found the address in use. */
  state: z.enum(['active', 'declined', 'expired']),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  scope: z.string().nullable(),
  interface: z.string().nullable(),
  /** Name of the reservation of this address. */
  reservation: z.string().nullable(),
});
export type Lease = z.output<typeof leaseSchema>;
