import type { AnswerHeaders } from './answer.ts';

/** As much of `fetch` as platforms are called with. */
export type Fetch = (
  url: string,
  options: {
    method: string;
    headers: Readonly<Record<string, string>>;
    redirect: 'manual';
    signal: AbortSignal;
    body?: string | Uint8Array<ArrayBuffer>;
  },
) => Promise<{ status: number; headers: AnswerHeaders; body: AsyncIterable<Uint8Array> | null }>;

/** Node's own, as it stands when a call is made. A bundle has lib/bundles/lean-fetch.ts in the place of this file. */
export const fetch: Fetch = (url, options) => globalThis.fetch(url, options);
