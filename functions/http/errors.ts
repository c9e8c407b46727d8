import type { PlatformName } from '../domain/order.ts';
import { isOwn, OwnError } from '../runtime/describe-error.ts';

/**
 * What to do next about a failed call. The names say the action, not the origin.
 *
 * - `retry-later`: 5xx, time-out, broken connection, 429, an HTML page or a cut-off body where JSON was due.
 * - `auth-failed`: the credential or the account is refused (401, 402, 403); no call can succeed until a person acts.
 * - `not-found`: the thing asked for does not exist at the platform.
 * - `refused`: the platform understood the request and says no, or it is known to and was not asked (no status);
 *   repeating it changes nothing.
 * - `invalid-response`: a 2xx whose body is not what is documented.
 */
export type FailureKind = 'retry-later' | 'auth-failed' | 'not-found' | 'refused' | 'invalid-response';

export interface PlatformErrorDetails {
  platform: PlatformName;
  /** Name of the client method, such as `orders.get`. */
  operation: string;
  kind: FailureKind;
  /** HTTP status, absent when no answer came. */
  status?: number;
  /** The server's own hint how long to wait, in ms. */
  retryAfterMs?: number;
  /** True for 429 and for the pages a CDN shows instead of it. */
  throttled?: boolean;
  /** True when the server may have acted on the request although no good answer came. */
  outcomeUnknown?: boolean;
  /** No token was granted: the credential itself is refused, whatever the call was. */
  ofCredential?: boolean;
  /** One sentence: why, and what a person does about it. No personal data, no secret. */
  remedy?: string;
  /** What we say of the answer, and codes and names of fields in it. No personal data. */
  detail?: string;
  /**
   * What the platform says in its own words, which may quote what was sent to it. For whoever asked for the call; it stands
   * in no message, log or metric.
   */
  said?: string;
  /** Which fields of what was sent it is about, as the platform names them, and what it says of each. As `said`. */
  fields?: readonly FieldRefusal[];
  cause?: unknown;
}

/** What a platform says of one field that it was sent. */
export interface FieldRefusal {
  /** With what it stands in: `variants.3.price`. */
  readonly name: string;
  readonly said: string;
}

/** A call to a platform that did not bring what it was made for. */
export class PlatformError extends OwnError {
  override readonly name = 'PlatformError';

  static override [Symbol.hasInstance](error: unknown): boolean {
    return isOwn(error, 'PlatformError');
  }

  readonly platform: PlatformName;
  readonly operation: string;
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly throttled: boolean;
  readonly outcomeUnknown: boolean;
  readonly ofCredential: boolean;
  readonly remedy: string | undefined;
  readonly detail: string | undefined;
  readonly said: string | undefined;
  readonly fields: readonly FieldRefusal[];

  constructor(details: PlatformErrorDetails) {
    const unsent = details.kind === 'refused' ? 'not sent' : 'no answer';
    const what = details.status === undefined ? unsent : `HTTP ${details.status}`;
    const tail = [details.detail, details.remedy]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
    super(
      `${details.platform} ${details.operation}: ${what} (${details.kind})${tail === '' ? '' : `. ${tail}`}`,
      {
        cause: details.cause,
      },
    );
    this.platform = details.platform;
    this.operation = details.operation;
    this.kind = details.kind;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.throttled = details.throttled ?? false;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
    this.ofCredential = details.ofCredential ?? false;
    this.remedy = details.remedy;
    this.detail = details.detail;
    this.said = details.said;
    this.fields = details.fields ?? [];
  }
}

/** Whether the platform says no to this very request: to make it again would change nothing, and others may go on. */
export const isRefusal = ({ kind }: Pick<PlatformErrorDetails, 'kind'>): boolean =>
  kind === 'refused' || kind === 'not-found';

/** Whether a failure may be of the very thing that was asked for, time and again: it should keep no other one waiting. */
export const mayBeOfOne = ({ kind, throttled }: Pick<PlatformError, 'kind' | 'throttled'>): boolean =>
  kind === 'retry-later' && !throttled;

/** Whether our own limit had no slot for the call: without a status nobody asked the platform, and it said nothing. */
export const isOwnLimit = ({ throttled, status }: Pick<PlatformError, 'throttled' | 'status'>): boolean =>
  throttled && status === undefined;

const NOT_PERMITTED =
  "The platform lets the store's credential not make this call: it lacks a permission. Grant it at the platform, or leave the call out.";

/**
 * The error of a call that somebody chose: a command's, one that tells stock, one that is passed on. That the credential may
 * not make this one (403) is a refusal of it, and says nothing of the calls that the store's orders need; every other error is
 * as it is. Whoever reads an order does not use it: there a 403 is the credential's.
 */
export function ofChosenCall(error: PlatformError): PlatformError {
  const { platform, operation, kind, status, ofCredential, outcomeUnknown, said } = error;
  if (kind !== 'auth-failed' || status !== 403 || ofCredential) return error;
  return new PlatformError({
    platform,
    operation,
    kind: 'refused',
    status,
    outcomeUnknown,
    detail: NOT_PERMITTED,
    ...(said === undefined ? {} : { said }),
    cause: error,
  });
}
