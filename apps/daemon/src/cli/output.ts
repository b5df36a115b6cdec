/** What a command found: for --json, and for a person. */
export type Output = { data: unknown; text: string };
