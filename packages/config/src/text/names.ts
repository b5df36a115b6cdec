/** Spelling in the text form: keys in kebab case, values bare where that is unambiguous. */

export const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Words that need no quotes. */
export const BARE = /^[A-Za-z0-9_.:/,+=@%*-]+$/;

const ESCAPES: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function quote(value: string): string {
  return `"${value.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] as string)}"`;
}

/** The field that stands in front of an item's block. */
export function keyFieldOf(meta: { key?: string }): string | undefined {
  return meta.key;
}
