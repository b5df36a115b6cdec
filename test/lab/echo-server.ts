/**
 * Answers every UDP datagram and every TCP stream (after its end) with one line `NAME saw ADDRESS PORT` and then what was sent, so that a
 * client learns what a translation made of it: `echo-server.ts NAME PORT ADDRESS...`.
 */
import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';

const [name, portText, ...addresses] = process.argv.slice(2) as [string, string, ...string[]];
const port = Number(portText);
const plain = (address: string | undefined) => (address ?? '').replace(/^::ffff:/, '');

createServer({ allowHalfOpen: true }, (socket) => {
  const parts: Buffer[] = [];
  const head = `${name} saw ${plain(socket.remoteAddress)} ${socket.remotePort}\n`;
  socket.on('data', (part) => parts.push(part as Buffer));
  socket.on('end', () => socket.end(Buffer.concat([Buffer.from(head), ...parts])));
  socket.on('error', () => socket.destroy());
}).listen(port, '::');

// one socket for each address: a datagram is answered from the address that it was sent to
for (const address of addresses) {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    const head = Buffer.from(`${name} saw ${from.address} ${from.port}\n`);
    socket.send(Buffer.concat([head, message]), from.port, from.address);
  });
  socket.bind(port, address);
}
