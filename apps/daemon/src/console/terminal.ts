/**
 * Questions and answers on a terminal in raw mode: no key makes a signal, no secret is shown, and nobody stays in a question for ever. Also
 * reads what is no terminal, such as a test's pipe.
 */
import type { ReadStream } from 'node:tty';
import { plain, WIDTH, wrap } from './words.ts';

/** Ctrl-C in a question: back to the menu. */
export class Back extends Error {
  override name = 'Back';
}
/** The person is gone: nothing was typed for long, or the line was cut. */
export class Gone extends Error {
  override name = 'Gone';
}

const ENTER = '\r\n';
const ERASE = '\x7f\b';
const [CTRL_C, CTRL_D, CTRL_U, ESCAPE] = ['\x03', '\x04', '\x15', '\x1b'];
const MAX_LINE = 1024;
/** Where the words of a numbered line begin. */
const INDENT = 5;

export class Terminal {
  private readonly input: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'setRawMode'>>;
  private readonly output: NodeJS.WritableStream;
  private readonly idleMs: number;
  private typed: string[] = [];
  private ended = false;
  private wake = () => {};

  constructor(input: Terminal['input'], output: Terminal['output'], idleMs: number) {
    this.input = input;
    this.output = output;
    this.idleMs = idleMs;
    input.setEncoding('utf8');
    input.setRawMode?.(true);
    input.on('data', (text) => {
      this.typed.push(...String(text));
      this.wake();
    });
    for (const event of ['end', 'error', 'close'])
      input.on(event, () => {
        this.ended = true;
        this.wake();
      });
  }

  close(): void {
    this.input.setRawMode?.(false);
    this.input.pause();
  }

  /** Lines that are too long for the terminal go on in the next. */
  print(...lines: string[]): void {
    for (const line of lines.map(plain))
      for (const part of line.length < WIDTH ? [line] : wrap(line, WIDTH - 1)) this.output.write(`${part}\n`);
  }

  /** What was typed before the question stood there is no answer to it. */
  forget(): void {
    this.typed = [];
  }

  /** As it is: may hold colours. */
  write(text: string): void {
    this.output.write(text);
  }

  clear(): void {
    this.output.write('\x1b[H\x1b[J');
  }

  private async key(): Promise<string> {
    const until = Date.now() + this.idleMs;
    for (;;) {
      const key = this.typed.shift();
      if (key !== undefined) return key;
      if (this.ended || Date.now() >= until) throw new Gone('nobody is there');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - Date.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Arrow keys and their like: ESC, a bracket or O, digits, a letter. */
  private async skipSequence(): Promise<void> {
    if (this.typed[0] !== '[' && this.typed[0] !== 'O') return;
    do await this.key();
    while (this.typed[0] !== undefined && /[\d;[O]/.test(this.typed[0]));
    if (this.typed[0] !== undefined && /[A-Za-z~]/.test(this.typed[0])) await this.key();
  }

  private async line(question: string, shown: boolean): Promise<string> {
    this.output.write(question);
    const line: string[] = [];
    const erase = (count: number) => {
      line.splice(line.length - count);
      if (shown) this.output.write('\b \b'.repeat(count));
    };
    for (;;) {
      const key = await this.key();
      if (ENTER.includes(key)) {
        if (key === '\r' && this.typed[0] === '\n') this.typed.shift();
        break;
      }
      if (key === CTRL_C || (key === CTRL_D && line.length === 0)) {
        this.output.write('\n');
        throw new Back('back');
      }
      if (key === CTRL_U) erase(line.length);
      else if (ERASE.includes(key)) erase(Math.min(1, line.length));
      else if (key === ESCAPE) await this.skipSequence();
      else if (plain(key) === key && line.length < MAX_LINE) {
        line.push(key);
        if (shown) this.output.write(key);
      }
    }
    this.output.write('\n');
    return line.join('');
  }

  /** The answer without spaces around it; `fallback` when it is empty. */
  async ask(question: string, fallback = ''): Promise<string> {
    const answer = await this.line(fallback ? `${question} [${plain(fallback)}]: ` : `${question}: `, true);
    return answer.trim() || fallback;
  }

  /** Is not shown. */
  secret(question: string): Promise<string> {
    return this.line(`${question} (is not shown): `, false);
  }

  async yes(question: string): Promise<boolean> {
    return /^y(es)?$/i.test(await this.ask(`${question} Type y for yes`));
  }

  /** A number from 1; @throws Back for none. */
  async choose<T>(question: string, items: readonly T[], words: (item: T) => string, fallback?: number): Promise<T> {
    items.forEach((item, index) => {
      const line = ` ${String(index + 1).padStart(2)}  ${plain(words(item))}`;
      this.print(...(line.length < WIDTH ? [line] : wrap(line, WIDTH - 1, INDENT)));
    });
    for (;;) {
      const answer = await this.ask(
        `${question}, 1 to ${items.length}${fallback === undefined ? ', or Enter for none' : ''}`,
        fallback === undefined ? '' : String(fallback + 1),
      );
      if (answer === '') throw new Back('none');
      const item = /^\d{1,3}$/.test(answer) ? items[Number(answer) - 1] : undefined;
      if (item !== undefined) return item;
      this.print(`"${answer}" is no number from 1 to ${items.length}.`);
    }
  }
}
