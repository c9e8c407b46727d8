import { type Fetch, fetch as ownFetch } from '#fetch';
import type { PlatformName } from '../domain/order.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AnswerHeaders, classify } from './answer.ts';
import { PlatformError } from './errors.ts';
import { closedWhileIdle, networkFailure } from './network-failure.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call to a platform, complete: the transport adds nothing to it. */
export interface PlatformRequest {
  platform: PlatformName;
  /** Name of the client method, such as `orders.get`: the name in metrics, logs and errors. */
  operation: string;
  method: HttpMethod;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** From the first byte sent to the last byte received, in ms. */
  timeoutMs: number;
  /** True only when the same call made twice leaves the platform as if it was made once. */
  idempotent: boolean;
  /**
   * Awaited before the call is made a second time, because that takes its place in the platform's limit like the first;
   * what it throws ends the call.
   */
  readmit?: () => Promise<void>;
  /** Largest answer that is read, in bytes; 16 MiB when absent. */
  maxBytes?: number;
  /** Follows one delivery through every call made for it. */
  correlationId?: string;
}

/** The platform's answer, whatever its status. The body is read whole. */
export interface PlatformResponse {
  status: number;
  headers: AnswerHeaders;
  body: Uint8Array;
  /** An earlier attempt of the write broke off: the platform may have acted on that one, whatever it answered this one. */
  mayHaveActed?: true;
}

/**
 * Makes one call and gives back the platform's answer, whatever its status.
 *
 * @throws PlatformError of kind `retry-later` when no whole answer came (time-out, broken connection), and
 *   `invalid-response` when the answer is larger than `maxBytes`. `outcomeUnknown` tells whether the platform may have
 *   acted on the request.
 */
export type Transport = (request: PlatformRequest) => Promise<PlatformResponse>;

/** What is known of one attempt once it ended; feeds the metrics and the debug log. */
export interface CallReport {
  platform: PlatformName;
  operation: string;
  /** Absent when no whole answer came. */
  status?: number;
  ms: number;
  /** Refused for the platform's limit. */
  throttled: boolean;
  /** 5xx, a time-out or a broken connection. */
  failed: boolean;
  correlationId?: string;
}

export interface TransportOptions {
  clock: Clock;
  onCall: (report: CallReport) => void;
  /** For tests; the run-time's own when absent. */
  fetch?: Fetch;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Makes the one way out to the platforms.
 *
 * It knows time-outs, broken connections and sizes; what a status means is `classify`'s business, and whether to try
 * again is the caller's. One exception: a keep-alive socket that the platform closed while this process was frozen
 * fails at its first use, so an idempotent call that meets it is made once more.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, onCall, fetch = ownFetch } = options;

  const attempt: Transport = async (request) => {
    const startedAt = clock.now();
    const report = (seen: { status?: number; throttled: boolean; failed: boolean }) => {
      const { platform, operation, correlationId } = request;
      const ms = clock.now() - startedAt;
      onCall({ platform, operation, ms, ...seen, ...(correlationId === undefined ? {} : { correlationId }) });
    };
    try {
      const response = await exchange(request, fetch);
      const failure = classify(response, clock.now());
      report({
        status: response.status,
        throttled: failure?.throttled ?? false,
        failed: response.status >= 500 && !(failure?.throttled ?? false),
      });
      return response;
    } catch (error) {
      report({ throttled: false, failed: true });
      throw error;
    }
  };

  return async (request) => {
    try {
      return await attempt(request);
    } catch (error) {
      if (!request.idempotent || !closedWhileIdle(error)) throw error;
      return again(request, attempt, error);
    }
  };
}

/**
 * The second attempt. Of a write it says nothing of the first one, unless it succeeds.
 *
 * @param broken how the first one broke off
 */
async function again(
  request: PlatformRequest,
  attempt: Transport,
  broken: unknown,
): Promise<PlatformResponse> {
  const writes = request.method !== 'GET';
  try {
    await request.readmit?.();
    const response = await attempt(request);
    return writes ? { ...response, mayHaveActed: true } : response;
  } catch (error) {
    throw writes ? broken : error;
  }
}

/**
 * A transport for work that has to end in time: no call lasts longer than what is left.
 *
 * @param leftMs what is left, in ms
 */
export const inTime =
  (transport: Transport, leftMs: () => number): Transport =>
  async (request) => {
    const left = leftMs();
    if (left > 0) return transport({ ...request, timeoutMs: Math.min(request.timeoutMs, left) });
    const { platform, operation } = request;
    const remedy = 'The time for this work is used up, and the call was not made. Begin again.';
    throw new PlatformError({ platform, operation, kind: 'retry-later', remedy });
  };

async function exchange(request: PlatformRequest, fetch: Fetch): Promise<PlatformResponse> {
  const { platform, operation, timeoutMs } = request;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      // A redirect would carry the credential to a host that nobody configured.
      redirect: 'manual',
      signal: abort.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await readBounded(response.body, request.maxBytes ?? DEFAULT_MAX_BYTES);
    if (body === undefined) throw tooLarge(request, response.status);
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw networkFailure({ platform, operation, timedOut: abort.signal.aborted, timeoutMs, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(request: PlatformRequest, status: number): PlatformError {
  return new PlatformError({
    platform: request.platform,
    operation: request.operation,
    kind: 'invalid-response',
    status,
    outcomeUnknown: true,
    remedy: `The answer is larger than ${request.maxBytes ?? DEFAULT_MAX_BYTES} bytes. Ask for fewer items a page.`,
  });
}

/**
 * The whole body of an answer, or nothing when it is larger than `maxBytes`: one huge answer must not take the
 * function's memory, and every message it holds, down with it.
 */
async function readBounded(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream, which frees the socket.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
