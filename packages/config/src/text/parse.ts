/** Text form → configuration. Driven by the schema's tree; errors name line and column, also those of the checks behind it. */
import type { Path } from '../issue.ts';
import { describePath, parseConfig } from '../parse.ts';
import type { Config } from '../schema.ts';
import {
  configTree,
  type ListNode,
  type Node,
  type ObjectNode,
  type Scalar,
  type TreeField,
  type UnionNode,
} from '../tree.ts';
import { kebab, keyFieldOf } from './names.ts';
import { SyntaxProblem, type TextError, type Token, tokenize } from './tokens.ts';

export type { TextError } from './tokens.ts';
export type TextResult = { ok: true; config: Config } | { ok: false; errors: TextError[] };

class Parser {
  private readonly tokens: Token[];
  private at = 0;
  /** Place of each value, by the JSON of its path: for the errors of later checks. */
  readonly places = new Map<string, Token>();

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private next(): Token {
    return this.tokens[this.at++] as Token;
  }

  private fail(token: Token, message: string): never {
    throw new SyntaxProblem({ line: token.line, column: token.column, message });
  }

  private expect(kind: Token['kind'], what: string): Token {
    const token = this.next();
    if (token.kind !== kind) this.fail(token, `found ${token.text}, expected ${what}`);
    return token;
  }

  private scalar(node: Scalar, path: Path): unknown {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'string') this.fail(token, `found ${token.text}, expected a value`);
    this.places.set(JSON.stringify(path), token);
    if (token.kind === 'word') {
      if (node.types.includes('number') && /^-?\d+$/.test(token.text)) return Number(token.text);
      if (node.types.includes('boolean') && /^(true|false)$/.test(token.text)) return token.text === 'true';
    }
    if (node.types.includes('string')) return token.text;
    return this.fail(token, `${token.text} is not a ${node.types.join(' or ')}`);
  }

  private scalarList(node: Scalar, path: Path): unknown[] {
    const values: unknown[] = [];
    if (this.peek().kind !== '[') return [this.scalar(node, [...path, 0])];
    this.next();
    while (this.peek().kind !== ']') values.push(this.scalar(node, [...path, values.length]));
    this.next();
    return values;
  }

  /** `name { ... }` or `name;` for each object of a list. */
  private items(field: TreeField, path: Path): unknown[] {
    const node = (field.node as ListNode).item as ObjectNode | UnionNode;
    const key = keyFieldOf(field.meta) as string;
    const items: unknown[] = [];
    this.expect('{', 'a block in braces');
    while (this.peek().kind !== '}') {
      const here = [...path, items.length];
      this.places.set(JSON.stringify(here), this.peek());
      const keyNode = (node.kind === 'object' ? node : ([...node.options.values()][0] as ObjectNode)).fields.find(
        (inner) => inner.key === key,
      );
      const item: Record<string, unknown> = { [key]: this.scalar(keyNode?.node as Scalar, [...here, key]) };
      if (this.peek().kind === '{') this.block(node, here, item);
      else this.expect(';', 'a block in braces or a semicolon');
      items.push(item);
    }
    this.next();
    return items;
  }

  private fieldsOf(node: ObjectNode | UnionNode): TreeField[] {
    if (node.kind === 'object') return node.fields;
    return [
      ...new Map(
        [...node.options.values()].flatMap((option) => option.fields).map((field) => [field.key, field]),
      ).values(),
    ];
  }

  private statement(node: ObjectNode | UnionNode, path: Path, into: Record<string, unknown>): void {
    const word = this.expect('word', 'a statement');
    const fields = this.fieldsOf(node);
    const field = fields.find((candidate) => kebab(candidate.key) === word.text);
    if (!field)
      this.fail(
        word,
        `${word.text} is not known here; known are ${fields.map((known) => kebab(known.key)).join(', ')}`,
      );
    if (field.key in into) this.fail(word, `${word.text} is stated twice`);
    const here = [...path, field.key];
    this.places.set(JSON.stringify(here), word);
    into[field.key] = this.value(field, here);
  }

  private value(field: TreeField, path: Path): unknown {
    const { node } = field;
    if (node.kind === 'object' || node.kind === 'union') {
      const value = {};
      this.block(node, path, value);
      return value;
    }
    if (node.kind === 'list' && node.item.kind !== 'scalar') return this.items(field, path);
    const value = node.kind === 'list' ? this.scalarList(node.item as Scalar, path) : this.scalar(node, path);
    this.expect(';', 'a semicolon');
    return value;
  }

  private block(node: ObjectNode | UnionNode, path: Path, into: Record<string, unknown>): void {
    this.expect('{', 'a block in braces');
    while (this.peek().kind !== '}') {
      if (this.peek().kind === 'end') this.fail(this.peek(), 'a closing brace is missing');
      this.statement(node, path, into);
    }
    this.next();
  }

  whole(node: Node): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    while (this.peek().kind !== 'end') this.statement(node as ObjectNode, [], result);
    return result;
  }

  placeOf(path: Path): Token {
    for (let length = path.length; length > 0; length--) {
      const found = this.places.get(JSON.stringify(path.slice(0, length)));
      if (found) return found;
    }
    return this.tokens[0] as Token;
  }
}

export function fromText(text: string): TextResult {
  try {
    const parser = new Parser(text);
    const tree = parser.whole(configTree);
    const result = parseConfig(tree);
    if (result.ok) return { ok: true, config: result.config };
    return {
      ok: false,
      errors: result.issues
        .filter((problem) => problem.severity === 'error')
        .map((problem) => {
          const { line, column } = parser.placeOf(problem.path);
          return { line, column, message: `${describePath(tree, problem.path)} ${problem.message}. ${problem.remedy}` };
        }),
    };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { ok: false, errors: [error.at] };
    throw error;
  }
}
