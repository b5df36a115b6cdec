/** Somebody at a terminal: reads what comes, types when the right words stand there. */
import type { Readable, Writable } from 'node:stream';
import { waitUntil } from './wait.ts';

export class Conversation {
  private readonly terminal: Writable;
  private text = '';
  /** Where the last thing that was read ends. */
  private read = 0;

  constructor(input: Writable, output: Readable) {
    this.terminal = input;
    input.on('error', () => {}); // the other side may end first
    output.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
  }

  /** All that was shown. */
  get shown(): string {
    return this.text;
  }

  /** Types, and presses Enter. */
  say(text: string): void {
    this.press(`${text}\r`);
  }

  press(keys: string): void {
    this.terminal.write(keys);
  }

  /** Waits for words behind those that were read before. */
  async sees(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
    const found = await waitUntil(`${pattern} on the terminal`, () => pattern.exec(this.text.slice(this.read)), {
      timeoutMs,
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it ends with:\n${this.text.slice(-1500)}`);
    });
    this.read += found.index + found[0].length;
    return found;
  }

  /** Answers to questions, one after the other. */
  async answer(...pairs: readonly (readonly [question: RegExp, answer: string])[]): Promise<void> {
    for (const [question, answer] of pairs) {
      await this.sees(question);
      this.say(answer);
    }
  }
}
