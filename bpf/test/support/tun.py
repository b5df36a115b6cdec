"""Holds tun devices and moves packets: reads lines `DEVICE HEX` to send, prints the same for what arrives. Arguments: device names."""
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000

devices = {}
for name in sys.argv[1:]:
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    devices[name] = fd
print("ready", flush=True)
names = {fd: name for name, fd in devices.items()}
while True:
    for fd in select.select([0, *names], [], [])[0]:
        if fd in names:
            print(names[fd], os.read(fd, 65536).hex(), flush=True)
            continue
        line = sys.stdin.readline()
        if not line:
            sys.exit(0)
        name, data = line.split()
        os.write(devices[name], bytes.fromhex(data))
