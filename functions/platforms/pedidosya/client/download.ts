import { classify } from '../../../http/classify.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Transport } from '../../../http/transport.ts';
import type { Clock } from '../../../runtime/clock.ts';

export interface DownloadOptions {
  /** Host names, with the port where it is not the usual one; `*.example.com` stands for every host below it. */
  allowedHosts: readonly string[];
  transport: Transport;
  clock: Clock;
  correlationId?: string;
}

const TIMEOUT_MS = 60_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Fetches a catalogue file from the address that a webhook names. The address comes from outside, so only listed hosts are
 * asked, over https, without our token and without following redirects: it must not lead us into our own network, nor our
 * token to a stranger.
 *
 * @throws PlatformError; `refused` names the host to allow.
 */
export async function downloadFile(address: string, options: DownloadOptions): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const refusal = url === undefined ? 'The address is no URL.' : objection(url, options.allowedHosts);
  if (url === undefined || refusal !== undefined)
    throw downloadError({ kind: 'refused', detail: refusal ?? '' });
  const answer = await options.transport({
    platform: 'pedidosya',
    operation: 'catalog.download',
    method: 'GET',
    url: url.href,
    headers: { Accept: 'text/csv' },
    timeoutMs: TIMEOUT_MS,
    idempotent: true,
    ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
  });
  const failure = classify(answer, options.clock.now());
  if (failure === undefined) return decode(answer.body, answer.status);
  // Another host refuses us here, which says nothing about our credential at the platform.
  if (failure.kind === 'auth-failed' || (answer.status >= 300 && answer.status < 400)) {
    const detail = 'The file is not given out, or no longer: ask for it again.';
    throw downloadError({ kind: 'refused', status: answer.status, detail });
  }
  throw downloadError({ status: answer.status, ...failure });
}

function objection(url: URL, allowedHosts: readonly string[]): string | undefined {
  if (url.username !== '' || url.password !== '') return 'The address carries a user name.';
  const encrypted = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!encrypted) return 'The address is not https.';
  const allowed = allowedHosts.some((entry) =>
    entry.startsWith('*.')
      ? url.host.endsWith(entry.slice(1).toLowerCase())
      : url.host === entry.toLowerCase(),
  );
  return allowed
    ? undefined
    : `The host ${url.host} is not allowed: add it under downloadHosts if it is the platform's.`;
}

function decode(body: Uint8Array, status: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw downloadError({ kind: 'invalid-response', status, detail: 'The file is not UTF-8 text.' });
  }
}

function downloadError(
  details: Omit<ConstructorParameters<typeof PlatformError>[0], 'platform' | 'operation'>,
) {
  return new PlatformError({ platform: 'pedidosya', operation: 'catalog.download', ...details });
}
