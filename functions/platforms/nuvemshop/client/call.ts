import { classify, type Failure } from '../../../http/classify.ts';
import { PlatformError } from '../../../http/errors.ts';
import { parseJson } from '../../../http/json.ts';
import type { HttpMethod, PlatformResponse, Transport } from '../../../http/transport.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { NuvemshopSettings } from '../../settings.ts';
import { type RateLimitFeedback, readRateLimit } from '../rate-limit.ts';
import { errorDetail } from './error-detail.ts';
import { type Query, search } from './url.ts';

/** What a client of one store is made of. */
export interface NuvemshopClientOptions {
  settings: Pick<NuvemshopSettings, 'storeId' | 'baseUrl' | 'userAgent'>;
  /** The store's access token; `fresh` asks for it past every cache, because the held one was just refused. */
  token: (options?: { fresh?: boolean }) => Promise<string>;
  transport: Transport;
  clock: Clock;
  /** Hears of the store's bucket after every answer. */
  onFeedback?: (feedback: RateLimitFeedback) => void;
  /** Awaited before every single call, for callers that share the store's bucket; what it throws ends the operation. */
  admit?: (operation: string) => Promise<void>;
  correlationId?: string;
}

/** One call, below the store's address. */
export interface Call {
  operation: string;
  method: HttpMethod;
  /** Made by `path`. */
  path: string;
  query?: Query;
  /** Sent as JSON; an empty object where a write has nothing to say. */
  body?: unknown;
  /** True when made twice is the same as made once; reads always are. */
  idempotent?: boolean;
  /** False for calls whose answer has no body worth reading, such as deletions. */
  expectsJson?: boolean;
}

/** A success. `json` is undefined only where no body was expected. */
export interface Answer {
  status: number;
  headers: Headers;
  json: unknown;
  bytes: Uint8Array;
}

/** @throws PlatformError for every answer that is no success, and for none. */
export type Caller = (call: Call) => Promise<Answer>;

/**
 * Longer than a full bucket takes to drain: calls that fit the bucket are not refused but wait inside the server, 20 s at
 * the most (Nuvemshop reference, introduction, rate limiting).
 */
export const TIMEOUT_MS = 30_000;
/** The reference's name for it, which is not `Authorization` (authentication page). */
const TOKEN_HEADER = 'authentication';

/** Makes the one function through which every method of the client calls the platform. */
export function createCaller(options: NuvemshopClientOptions): Caller {
  const { settings, transport, clock, onFeedback, admit, correlationId } = options;

  const send = async (call: Call, token: string): Promise<PlatformResponse> => {
    await admit?.(call.operation);
    const writes = call.method !== 'GET' && call.method !== 'DELETE';
    return transport({
      platform: 'nuvemshop',
      operation: call.operation,
      method: call.method,
      url: `${settings.baseUrl}/${settings.storeId}${call.path}${search(call.query ?? {})}`,
      headers: {
        [TOKEN_HEADER]: `bearer ${token}`,
        'user-agent': settings.userAgent,
        accept: 'application/json',
        ...(writes ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      },
      ...(writes ? { body: JSON.stringify(call.body ?? {}) } : {}),
      timeoutMs: TIMEOUT_MS,
      idempotent: call.idempotent ?? call.method === 'GET',
      ...(admit === undefined ? {} : { readmit: () => admit(call.operation) }),
      ...(correlationId === undefined ? {} : { correlationId }),
    });
  };

  return async (call) => {
    const held = await options.token();
    let response = await send(call, held);
    if (response.status === 401) {
      // Refused before it was carried out, so even a write may be made again; the same token would only be refused again.
      const fresh = await options.token({ fresh: true });
      if (fresh !== held) response = await send(call, fresh);
    }
    const failure = classify(response, clock.now());
    const feedback = readRateLimit(response.headers, failure?.throttled ?? false, failure?.retryAfterMs);
    onFeedback?.(feedback);
    if (failure !== undefined) throw toError(call, response, ownWord(failure, response), feedback);
    return { ...response, bytes: response.body, json: readJson(call, response) };
  };
}

// A 404 of the API has its error body. Without one something on the way answered, and nobody knows what exists.
function ownWord(failure: Failure, { body }: PlatformResponse): Failure {
  if (failure.kind !== 'not-found' || parse(body).ok) return failure;
  return { ...failure, kind: 'retry-later', outcomeUnknown: true };
}

function toError(
  { operation }: Call,
  { status, body }: PlatformResponse,
  failure: Failure,
  { retryAfterMs }: RateLimitFeedback,
): PlatformError {
  const detail = errorDetail(body);
  return new PlatformError({
    platform: 'nuvemshop',
    operation,
    ...failure,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(detail === undefined ? {} : { detail }),
  });
}

function readJson({ operation, expectsJson = true }: Call, { status, body }: PlatformResponse): unknown {
  if (!expectsJson) return undefined;
  const parsed = parse(body);
  if (parsed.ok) return parsed.json;
  // What was to be said got lost on its way: the same question gets the whole answer.
  throw new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'retry-later',
    status,
    outcomeUnknown: true,
    detail: body.byteLength === 0 ? 'The body is empty.' : `The ${body.byteLength} bytes are not JSON.`,
  });
}

function parse(body: Uint8Array): { ok: true; json: unknown } | { ok: false } {
  try {
    return { ok: true, json: parseJson(Buffer.from(body).toString('utf8')) };
  } catch {
    return { ok: false };
  }
}
