import type { SimResponse } from '../simulator.ts';

/**
 * Makes an error answer in JSON.
 *
 * The statuses are documented or seen; the portal's table of bodies was not reachable, so `{code, message}` is an
 * assumption that no client should build on.
 */
export function problem(status: number, code: string, message: string): SimResponse {
  return { status, body: { code, message } };
}

/** A path that the platform does not serve: 404 with nothing in it, seen on the order list without `/orders`. */
export function unknownPath(): SimResponse {
  return { status: 404 };
}

/** What the network edge says in HTML, not the API: error 1015 with status 429, or 403 for a blocked address. */
export function edgeRefusal(status: 429 | 403): SimResponse {
  const title = status === 429 ? 'You are being rate limited' : 'Access denied';
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
    body:
      `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title></head><body>` +
      `<h1>Error 1015</h1><h2>${title}</h2><p>Too many requests came from your address.</p>` +
      '</body></html>\n',
  };
}

/** The platform's own body for a status, for injected faults. */
export function problemFor(status: number): SimResponse {
  if (status === 429) return edgeRefusal(429);
  const [code, message] = WORDS[status] ?? ['INTERNAL_ERROR', 'Something went wrong on our side'];
  return problem(status, code, message);
}

const WORDS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['BAD_REQUEST', 'The request is not valid'],
  401: ['UNAUTHORIZED', 'The access token is missing, unknown or expired'],
  403: ['FORBIDDEN', 'The token does not give access to this chain'],
  404: ['NOT_FOUND', 'No such resource'],
  501: ['NOT_IMPLEMENTED', 'This endpoint is not enabled for the chain'],
  502: ['BAD_GATEWAY', 'Bad gateway'],
  503: ['SERVICE_UNAVAILABLE', 'Service unavailable'],
  504: ['GATEWAY_TIMEOUT', 'Gateway timeout'],
};
