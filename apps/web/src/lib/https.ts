/** The same page over HTTPS; `hostname` as URL has it, IPv6 in brackets. */
export const httpsUrl = (hostname: string, port: number, path: string): string =>
  `https://${hostname}${port === 443 ? '' : `:${port}`}${path}`;
