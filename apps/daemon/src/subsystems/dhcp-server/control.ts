/** Commands to a running Kea over its control socket: one JSON object there, one back. */
import { connect } from 'node:net';

const TIMEOUT_MS = 10_000;
/** Kea's result code for "nothing there": an answer as well. */
const EMPTY = 3;

type KeaAnswer = { result: number; text?: string; arguments?: Record<string, unknown> };

/** Kea understood the command and refused. */
export class KeaError extends Error {
  override name = 'KeaError';
}

function exchange(socketPath: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(socketPath);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`${socketPath} does not answer`)));
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('connect', () => socket.write(text));
    socket.on('end', () => {
      socket.end();
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

/** The answer's arguments. Throws KeaError with Kea's words, or another Error when the server can not be reached. */
export async function keaCommand(
  socketPath: string,
  command: string,
  parameters?: object,
): Promise<Record<string, unknown>> {
  const request = parameters === undefined ? { command } : { command, arguments: parameters };
  const answer = JSON.parse(await exchange(socketPath, JSON.stringify(request))) as KeaAnswer;
  if (answer.result !== 0 && answer.result !== EMPTY)
    throw new KeaError(answer.text ?? `${command} failed (${answer.result})`);
  return answer.arguments ?? {};
}
