/** Words, quoted strings and punctuation of the text form, with their places. Comments: # to the end of the line, and slash-star. */

export type Token = {
  kind: 'word' | 'string' | '{' | '}' | '[' | ']' | ';' | 'end';
  text: string;
  line: number;
  column: number;
};
export type TextError = { line: number; column: number; message: string };

export class SyntaxProblem extends Error {
  readonly at: TextError;
  constructor(at: TextError) {
    super(at.message);
    this.at = at;
  }
}

const UNESCAPE: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const WORD = /[^\s{}[\];"#]/;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const place = () => ({ line, column: at - lineStart + 1 });
  const fail = (message: string, where = place()): never => {
    throw new SyntaxProblem({ ...where, message });
  };
  const newline = () => {
    line++;
    lineStart = at + 1;
  };
  while (at < text.length) {
    const character = text[at] as string;
    const where = place();
    if (character === '\n') newline();
    else if (character === '#') {
      while (at + 1 < text.length && text[at + 1] !== '\n') at++;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) fail('this comment is not closed; end it with */');
      for (; at < end + 1; at++) if (text[at] === '\n') newline();
    } else if ('{}[];'.includes(character)) tokens.push({ kind: character as '{', text: character, ...where });
    else if (character === '"') {
      let value = '';
      for (at++; text[at] !== '"'; at++) {
        if (at >= text.length || text[at] === '\n')
          fail('this string is not closed; end it with a quotation mark', where);
        if (text[at] !== '\\') value += text[at];
        else {
          at++;
          const escaped = UNESCAPE[text[at] ?? ''];
          if (escaped === undefined) fail(`\\${text[at] ?? ''} is no escape; known are \\" \\\\ \\n \\r \\t`);
          value += escaped;
        }
      }
      tokens.push({ kind: 'string', text: value, ...where });
    } else if (WORD.test(character)) {
      let word = character;
      while (at + 1 < text.length && WORD.test(text[at + 1] as string)) word += text[++at];
      tokens.push({ kind: 'word', text: word, ...where });
    }
    at++;
  }
  tokens.push({ kind: 'end', text: 'the end of the text', ...place() });
  return tokens;
}
