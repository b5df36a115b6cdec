/**
 * Runs inside a network namespace and serves a listening socket that was made outside of it: `relay-worker.ts HOST PORT`. The socket arrives
 * over the IPC channel; each connection is joined to one to HOST:PORT in here.
 */
import { connect, type Server, type Socket } from 'node:net';

const [host, port] = process.argv.slice(2) as [string, string];

function join(outer: Socket): void {
  const inner = connect({ host, port: Number(port), allowHalfOpen: true });
  const end = () => {
    outer.destroy();
    inner.destroy();
  };
  outer.on('error', end).on('close', end);
  inner.on('error', end).on('close', end);
  outer.pipe(inner).pipe(outer);
}

process.on('message', (_message, server: unknown) => {
  (server as Server).on('connection', join);
  process.send?.('serving');
});
// the parent went away: so does the relay
process.on('disconnect', () => process.exit(0));
