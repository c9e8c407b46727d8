import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came, before anything of it is believed. */
export interface Incoming {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request gets no answer. `why` is for the person who wonders. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** The header that every request which may change something has to have. A form or an image of another site cannot set it. */
export const OWN_HEADER = { name: 'x-acopio', value: 'page' } as const;

/** Names of this machine, as a browser writes them. A name of anybody's domain may lead here too, so no other counts. */
export const hostsOf = (port: number): string[] => [
  `127.0.0.1:${port}`,
  `localhost:${port}`,
  `[::1]:${port}`,
];

/**
 * Whether a request comes from our own page, or from somebody who typed its address. What runs on this machine is no friend
 * for that: any page of the web can call an address of this machine.
 *
 * @returns why it is refused; undefined where it is not
 */
export function refusalOf({ method, headers }: Incoming, port: number): Refusal | undefined {
  const hosts = hostsOf(port);
  const host = headers.host?.toLowerCase() ?? '';
  if (!hosts.includes(host))
    return { status: 421, why: 'This page answers under the address that it printed.' };
  if (method !== 'GET' && method !== 'POST') return { status: 405, why: 'Only GET and POST are known here.' };
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'Another site may not call this page.' };
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, why: 'Another origin may not call this page.' };
  if (method === 'GET') return undefined;
  if (origin === undefined || headers[OWN_HEADER.name] !== OWN_HEADER.value)
    return { status: 403, why: 'This is no request of the page.' };
  if (headers['content-type']?.split(';')[0]?.trim() !== 'application/json')
    return { status: 415, why: 'A body is JSON.' };
  return undefined;
}

/** What every answer says to a browser: whose it may run, show or embed, and that nothing is kept. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
