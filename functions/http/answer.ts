import { nestsWithin } from '../domain/json-text.ts';
import type { FailureKind } from './errors.ts';

/**
 * The text of UTF-8 bytes, without a byte order mark in front. Never throws: what is not UTF-8 becomes U+FFFD. Everything
 * that reads stored or received bytes as text reads them here, so that no reader stumbles over what another one takes.
 */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The text of bytes that are UTF-8 to the last one, without a byte order mark; undefined for any others. */
export function strictTextOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Written as an id is: `1e30` is an amount of something, and keeps its type. */
const INTEGER = /^-?\d+$/;

/**
 * What plain parsing would change: digits as many as an unsafe integer has, where a number may begin, and an escape of half a
 * character without its other half. Where a backslash stands before an escape, who is escaped is left to the parser.
 */
const OF_NOTE =
  /(?:^|[\s:,[-])\d{16}|\\u[dD](?:[89aAbB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89aAbB]..\\u[dD])[c-fC-F])|\\\\u[dD]/;

/** No reader of a document minds so many lists and objects inside each other: who walks through a parsed one may recurse. */
const SHALLOW = 1_000;

/**
 * Parses JSON without losing digits: an integer beyond 2^53 comes back as the string that was sent, everything else as
 * usual. Platform ids are 64-bit integers; `JSON.parse` alone would round them into another order's id. Half a character,
 * which only an escape can write and no table or queue takes, comes back as U+FFFD.
 *
 * @throws SyntaxError when the text is not JSON, RangeError when it is nested too deeply for the stack.
 */
export function parseJson(text: string): unknown {
  if (!OF_NOTE.test(text) && text.isWellFormed() && nestsWithin(text, SHALLOW)) return JSON.parse(text);
  const reviver = (_key: string, value: unknown, context: { source?: string }): unknown => {
    if (typeof value === 'string') return value.toWellFormed();
    return typeof value === 'number' &&
      !Number.isSafeInteger(value) &&
      context.source !== undefined &&
      INTEGER.test(context.source)
      ? context.source
      : value;
  };
  // The third parameter is in V8 since Node 21; the library's types do not know it yet.
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** The JSON of UTF-8 bytes, read as `parseJson` reads it; undefined when they are none. Never throws. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(textOf(bytes));
  } catch {
    return undefined;
  }
}

/** The headers of an answer: the value of one, null where there is none. */
export type AnswerHeaders = Pick<Headers, 'get'>;

/** What can be said of an answer before its body is parsed. */
export interface AnswerHead {
  status: number;
  headers: AnswerHeaders;
}

/** What an answer that is no success means for the caller. */
export interface Failure {
  kind: FailureKind;
  throttled: boolean;
  /** The platform may have acted although it did not say so. */
  outcomeUnknown: boolean;
  /** The server's own hint, or the least a sign of refusal asks for, in ms. */
  retryAfterMs?: number;
  /** Why, and what a person does about it. */
  remedy?: string;
}

/** The least we stay away, in ms, once a page for humans answers in the API's place. */
export const PAGE_PAUSE_MS = 60_000;

/**
 * The one mapping from an HTTP answer to what to do next; undefined for a success. Ordered by reason, first match wins.
 *
 * @param nowMs epoch ms, for a `Retry-After` that is a date.
 */
export function classify({ status, headers }: AnswerHead, nowMs: number): Failure | undefined {
  const hint = retryAfterMs(headers.get('retry-after'), nowMs);
  const page = isHtml(headers);

  // The protection in front of an API (CDN, WAF) refuses by a page, with 403 as often as with 429. Nothing is wrong
  // with the credential, and knocking again soon makes it worse.
  if (page && (status === 403 || status === 429 || status >= 500)) {
    return {
      kind: 'retry-later',
      throttled: true,
      outcomeUnknown: status >= 500,
      retryAfterMs: Math.max(hint ?? 0, PAGE_PAUSE_MS),
    };
  }
  // The limit: the call was not carried out.
  if (status === 429) {
    return { kind: 'retry-later', throttled: true, outcomeUnknown: false, ...hinted(hint) };
  }
  // A login or maintenance page dressed as a success: no data, and no word on what happened.
  if (page && status >= 200 && status < 300) {
    return {
      kind: 'retry-later',
      throttled: false,
      outcomeUnknown: true,
      retryAfterMs: Math.max(hint ?? 0, PAGE_PAUSE_MS),
      remedy: 'A web page came where JSON was due. Check the base URL if it goes on.',
    };
  }
  if (status >= 200 && status < 300) return undefined;
  // The token is unknown, was replaced or was revoked.
  if (status === 401)
    return stop('The token is refused. Renew it in the secret; calls resume by themselves.');
  // The account behind the credential is not paid.
  if (status === 402) return stop('The account or the app is unpaid. Settle it; calls resume by themselves.');
  // The credential is right but may not do this.
  if (status === 403) return stop('The credential lacks a permission. Grant it at the platform.');
  // Gone for good and never there are the same to the caller.
  if (status === 404 || status === 410) return { kind: 'not-found', throttled: false, outcomeUnknown: false };
  // The server gave up waiting, or wants the call again: neither says the request is wrong.
  if (status === 408 || status === 425) return later(hint);
  if (status >= 500) return later(hint);
  // We never follow redirects with a credential, so one can only be a wrong base URL.
  if (status >= 300 && status < 400)
    return refused('The base URL redirects elsewhere. Correct it in the configuration.');
  // 400, 409, 415, 422 and the rest: understood, and no. The same call again would get the same answer.
  return refused();
}

function isHtml(headers: AnswerHeaders): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '');
}

function hinted(hint: number | undefined): { retryAfterMs?: number } {
  return hint === undefined ? {} : { retryAfterMs: hint };
}

function later(hint: number | undefined): Failure {
  return { kind: 'retry-later', throttled: false, outcomeUnknown: true, ...hinted(hint) };
}

function stop(remedy: string): Failure {
  return { kind: 'auth-failed', throttled: false, outcomeUnknown: false, remedy };
}

function refused(remedy?: string): Failure {
  return {
    kind: 'refused',
    throttled: false,
    outcomeUnknown: false,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** Longest hint we take at its word, in ms: a clock set wrong at the other side must not silence us for days. */
export const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/**
 * A `Retry-After` header in ms from now, or undefined when it is absent or makes no sense. Takes both forms of
 * RFC 9110: whole seconds, and an HTTP date.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), MAX_RETRY_AFTER_MS);
  // Date.parse takes almost anything with digits in it; every form of an HTTP date begins with the weekday.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - nowMs, 0), MAX_RETRY_AFTER_MS);
}
