import type { Fetch } from './transport.ts';

/** Node's own, as it stands when a call is made. A bundle has another one in the place of this file. */
export const fetch: Fetch = (url, options) => globalThis.fetch(url, options);
