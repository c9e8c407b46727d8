import { STATUS_CODES } from 'node:http';
import { type AnswerHeaders, type Failure, jsonOf } from '../../../http/answer.ts';
import { type FieldRefusal, PlatformError } from '../../../http/errors.ts';
import type { HttpMethod, PlatformResponse } from '../../../http/transport.ts';
import type { Feedback } from '../../../rate-limit/bucket.ts';
import type { Send } from '../../calls.ts';
import type { NuvemshopStoreSettings } from '../settings.ts';

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

/** A success. `json` is undefined where no body was expected, and of a write that was answered with 204. */
export interface Answer {
  status: number;
  headers: AnswerHeaders;
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
export function createCaller(
  settings: Pick<NuvemshopStoreSettings, 'storeId' | 'baseUrl' | 'userAgent'>,
  send: Send,
): Caller {
  return async (call) => {
    const { operation, method } = call;
    const writes = method !== 'GET' && method !== 'DELETE';
    const { response, failure } = await send({
      operation,
      method,
      url: `${settings.baseUrl}/${settings.storeId}${call.path}${search(call.query ?? {})}`,
      headers: (token) => ({
        [TOKEN_HEADER]: `bearer ${token}`,
        'user-agent': settings.userAgent,
        accept: 'application/json',
        ...(writes ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      }),
      ...(writes ? { body: JSON.stringify(call.body ?? {}) } : {}),
      timeoutMs: TIMEOUT_MS,
      idempotent: call.idempotent ?? method === 'GET',
    });
    if (failure !== undefined) throw toError(operation, response, failure);
    return { ...response, bytes: response.body, json: readJson(call, response) };
  };
}

function toError(operation: string, { status, body }: PlatformResponse, failure: Failure): PlatformError {
  return new PlatformError({
    platform: 'nuvemshop',
    operation,
    ...ownWord(failure, body),
    status,
    ...errorBody(body),
  });
}

// A 404 of the API has its error body. Without one something on the way answered, and nobody knows what exists.
function ownWord(failure: Failure, body: Uint8Array): Failure {
  if (failure.kind !== 'not-found' || jsonOf(body) !== undefined) return failure;
  return { ...failure, kind: 'retry-later', outcomeUnknown: true };
}

function readJson(
  { operation, method, expectsJson = true }: Call,
  { status, body }: PlatformResponse,
): unknown {
  // 204 says that there is nothing to say: whether that is enough of an answer, its schema decides.
  if (!expectsJson || (status === 204 && method !== 'GET')) return undefined;
  const json = jsonOf(body);
  if (json !== undefined) return json;
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

/** No error body is larger (bytes); what comes in its place is not worth reading. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_LENGTH = 200;
/** Room for whatever is masked at the end of what is shown (characters). */
const MAX_MASKED = 1000;
const MAX_FIELDS = 10;
const PHRASES = new Set(Object.values(STATUS_CODES));
const ENVELOPE = new Set(['code', 'message', 'description', 'messages', 'error', 'error_description']);
const CODE = /^[a-z][a-z_]{1,60}$/;
const FIELD = /^[a-z][a-z0-9_.]{0,60}$/;

/**
 * What an error body says: `detail` are its code and the fields that it is about, `said` its words as one short line.
 * Nuvemshop has three shapes: an envelope of `code`, `message` and `description`, a list of messages by field, and both at
 * once (reference, introduction and the pages of each resource). Empty when the body says nothing.
 */
export function errorBody(body: Uint8Array): { detail?: string; said?: string; fields?: FieldRefusal[] } {
  const json = body.byteLength > MAX_BODY_BYTES ? undefined : objectOr(jsonOf(body));
  if (json === undefined) return {};
  const words = [json.description, json.error_description, json.error, json.message].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  const fields = Object.entries({ ...json, ...objectOr(json.messages) })
    .flatMap(([name, value]): [name: string, said: string][] => {
      const first: unknown = Array.isArray(value) ? value[0] : undefined;
      return ENVELOPE.has(name) || typeof first !== 'string' ? [] : [[name, first]];
    })
    .slice(0, MAX_FIELDS);
  // "Bad Request" stands in `message` on most pages and in `description` on others: it says nothing beside the rest.
  const telling = [
    ...words.filter((text) => !PHRASES.has(text)),
    ...fields.map(([name, first]) => `${name} ${first}`),
  ];
  const parts = telling.length > 0 ? telling : words;
  const named = fields.map(([name]) => name).filter((name) => FIELD.test(name));
  const about = [
    ...(typeof json.error === 'string' && CODE.test(json.error) ? [`The platform says: ${json.error}.`] : []),
    ...(named.length > 0 ? [`It is about ${named.join(', ')}.`] : []),
  ];
  return {
    ...(about.length === 0 ? {} : { detail: about.join(' ') }),
    ...(parts.length === 0 ? {} : { said: shown([...new Set(parts)].join('; ')) }),
    ...(fields.length === 0
      ? {}
      : {
          fields: fields
            .filter(([name]) => FIELD.test(name))
            .map(([name, said]) => ({ name, said: shown(said) })),
        }),
  };
}

// The platform quotes what it refuses: e-mail addresses, phone and document numbers. Our own ids are in the operation. Cut
// before it is searched: what searches for an address looks behind each character again.
function shown(text: string): string {
  return text
    .slice(0, MAX_LENGTH + MAX_MASKED)
    .replaceAll(/[^\s"'<>@]+@[^\s"'<>]+/g, '[e-mail]')
    .replaceAll(/\+?\d[\d .\-/]{6,}\d/g, '[number]')
    .slice(0, MAX_LENGTH);
}

function objectOr(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** A full bucket of the standard plan is empty after 20 s; a longer claim is a mistake, or not in ms after all. */
const MAX_RESET_MS = 30_000;

/**
 * Reads what an answer tells about the store's leaky bucket: `x-rate-limit-limit`, `-remaining` and `-reset` (Nuvemshop reference, introduction, rate limiting: the reset is
 * in milliseconds). A 429 carries no `Retry-After` there, so the reset says when to come back.
 *
 * @param retryAfterMs the hint of a `Retry-After`, should there be one after all.
 */
export function readRateLimit(headers: AnswerHeaders, throttled: boolean, retryAfterMs?: number): Feedback {
  const limit = count(headers.get('x-rate-limit-limit'));
  const remaining = count(headers.get('x-rate-limit-remaining'));
  const reset = count(headers.get('x-rate-limit-reset'));
  const resetMs = reset === undefined ? undefined : Math.min(reset, MAX_RESET_MS);
  const wait = retryAfterMs ?? (throttled ? resetMs : undefined);
  return {
    throttled,
    ...(limit === undefined || limit === 0 ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}(\.\d+)?$/.test(text.trim()) ? Math.ceil(Number(text)) : undefined;
}

/** Values of a query; an absent one is left out, a list is joined by commas, a moment is written as ISO 8601. */
export type Query = Readonly<
  Record<string, string | number | boolean | Date | readonly (string | number)[] | undefined>
>;

/**
 * A path below the store, its variable segments encoded. A segment that would climb out of its place (empty, `.`, `..`)
 * is refused: an id from outside must not turn one call into another.
 *
 * @throws RangeError
 */
export function path(texts: TemplateStringsArray, ...segments: readonly string[]): string {
  return texts.reduce((built, text, index) => `${built}${encodeSegment(segments[index - 1])}${text}`);
}

/** The query text with its question mark, or an empty text. */
export function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, toText(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function toText(value: NonNullable<Query[string]>): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? value.join(',') : String(value);
}

function encodeSegment(segment: string | undefined): string {
  if (segment === undefined || segment === '' || segment === '.' || segment === '..') {
    throw new RangeError('A part of the path is missing. Pass the id as the platform gave it.');
  }
  return encodeURIComponent(segment);
}
