/** rtnetlink notifications (rtnetlink(7)). */
import { binding } from './binding.ts';

/** Multicast groups, linux/rtnetlink.h. */
export const netlinkGroup = {
  LINK: 1,
  NEIGH: 3,
  IPV4_IFADDR: 5,
  IPV4_ROUTE: 7,
  IPV6_IFADDR: 9,
  IPV6_ROUTE: 11,
} as const;

/** Message types, linux/rtnetlink.h. */
export const netlinkMessage = {
  NEWLINK: 16,
  DELLINK: 17,
  NEWADDR: 20,
  DELADDR: 21,
  NEWROUTE: 24,
  DELROUTE: 25,
  NEWNEIGH: 28,
  DELNEIGH: 29,
} as const;

/** Listens on a thread of its own. `onMessages` gets the types of a datagram's messages; an empty list means that some were lost. */
export class NetlinkListener {
  private readonly native: InstanceType<typeof binding.NativeNetlink>;

  constructor(groups: number[], onMessages: (types: number[]) => void) {
    this.native = new binding.NativeNetlink(groups, (datagram) => {
      const types: number[] = [];
      // struct nlmsghdr: u32 length, u16 type; messages are aligned to 4 bytes
      for (let at = 0; at + 16 <= datagram.length; ) {
        const length = datagram.readUInt32LE(at);
        if (length < 16) break;
        types.push(datagram.readUInt16LE(at + 4));
        at += (length + 3) & ~3;
      }
      onMessages(types);
    });
  }

  close(): void {
    this.native.close();
  }
}
