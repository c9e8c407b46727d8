import { isRefusal, ofChosenCall, PlatformError } from '../http/errors.ts';
import { patient } from '../platforms/admission.ts';
import type { StoreConnection } from '../platforms/connection.ts';
import {
  findEndpoint,
  type PassedEndpoint,
  scopesOf,
  type ThroughAnswer,
} from '../platforms/pass-through.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Store } from '../platforms/store.ts';
import type { Priority } from '../rate-limit/bucket.ts';
import type { Clock } from '../runtime/clock.ts';

/** A call of a platform's API that somebody wants made. */
export interface ThroughRequest {
  readonly method: string;
  /** Below the store's address, not encoded, without a slash in front. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Sent as JSON; of methods that take none, undefined. */
  readonly body?: unknown;
  /** We tell the store what to charge. */
  readonly tellsPrices: boolean;
  /** What whoever asks may do; everything when absent. */
  readonly scopes?: ReadonlySet<string> | undefined;
  readonly correlationId: string;
  /** What is left for the call, in ms. */
  timeLeftMs?(): number;
}

/** Why a call was not made. Nothing happened at the platform. */
export type NotPassed =
  | { readonly outcome: 'endpoint-unknown' }
  | { readonly outcome: 'kept' | 'body-refused'; readonly reason: string }
  | { readonly outcome: 'scope-missing'; readonly scopes: readonly string[] }
  | { readonly outcome: 'stopped'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly outcome: 'busy' | 'unavailable'; readonly retryAfterMs: number };

/** What became of a call. */
export type ThroughOutcome =
  | NotPassed
  | {
      readonly outcome: 'answered';
      readonly answer: ThroughAnswer;
      /** It holds data of persons. */
      readonly personal: boolean;
    }
  /** The platform says no; `said` are its own words, which may quote what was sent. */
  | {
      readonly outcome: 'refused';
      readonly status: number | undefined;
      readonly detail: string | undefined;
      readonly said: string | undefined;
    }
  /** A write may have happened, or not. */
  | { readonly outcome: 'unknown' };

/** A store whose calls are passed on. */
export interface ThroughStore {
  readonly platform: Platform;
  readonly store: Store;
  readonly connection: Pick<StoreConnection, 'api' | 'bucket' | 'circuit' | 'failed'>;
  readonly clock: Clock;
  readonly priority: Priority;
}

/** Nobody waits longer for a slot in the platform's limit (ms). */
export const LONGEST_WAIT_MS = 5_000;
/** How soon to ask again where the platform does not say (ms). */
const USUAL_RETRY_MS = 10_000;

/** The row of the platform's table that a request is for, or why it is not passed on. Calls nobody. */
export function judge(
  { platform, store }: Pick<ThroughStore, 'platform' | 'store'>,
  { method, path, body, scopes, tellsPrices }: ThroughRequest,
): NotPassed | { readonly endpoint: PassedEndpoint; readonly variables: Readonly<Record<string, string>> } {
  const found = findEndpoint(platform.passThrough?.endpoints(store) ?? [], method, path);
  if (found === undefined) return { outcome: 'endpoint-unknown' };
  const { endpoint, variables } = found;
  if (endpoint.through === 'never') return { outcome: 'kept', reason: endpoint.reason };
  if (variables.store !== undefined && variables.store !== store.id) return { outcome: 'endpoint-unknown' };
  const missing = scopes === undefined ? [] : scopesOf(endpoint).filter((scope) => !scopes.has(scope));
  if (missing.length > 0) return { outcome: 'scope-missing', scopes: missing };
  const reason = endpoint.refusal?.(body, { tellsPrices });
  return reason === undefined ? { endpoint, variables } : { outcome: 'body-refused', reason };
}

/**
 * Makes one call for whoever asks, by the store's own token, slot and circuit. It is made once: what nobody knows the end
 * of is not repeated.
 */
export async function passThrough(through: ThroughStore, request: ThroughRequest): Promise<ThroughOutcome> {
  const judged = judge(through, request);
  if ('outcome' in judged) return judged;
  const { endpoint, variables } = judged;
  const { query, body } = request;
  const writes = endpoint.through === 'write';
  const asked = await callStore(through, { ...request, writes }, async (api) =>
    through.platform.passThrough?.call(api, { endpoint, variables, query, body }),
  );
  if (asked.outcome !== 'answered') return asked;
  if (asked.value === undefined) return { outcome: 'endpoint-unknown' };
  return { outcome: 'answered', answer: asked.value, personal: endpoint.persons !== undefined };
}

/** For what a store's calls are made when somebody waits for the answer. */
export interface Asking extends Pick<ThroughRequest, 'correlationId' | 'timeLeftMs'> {
  /** A call of it may have changed something although nobody knows so. */
  readonly writes: boolean;
}

/** What became of the work. */
export type Asked<T> =
  | { readonly outcome: 'answered'; readonly value: T }
  | (Extract<ThroughOutcome, { outcome: 'stopped' | 'busy' | 'unavailable' | 'refused' | 'unknown' }> & {
      /** What the platform took of it before that; nothing when absent. */
      readonly done?: readonly string[];
    });

/** Does work at a store for whoever waits for it: not while its circuit is open, and with slots that are free within seconds. */
export async function callStore<T>(
  { platform, connection, clock, priority }: ThroughStore,
  { correlationId, timeLeftMs, writes }: Asking,
  work: (api: unknown) => Promise<T>,
): Promise<Asked<T>> {
  // Not `check`, which may hand out the one probe of an open circuit: that is for the work that waits.
  const open = await connection.circuit.state();
  if (open !== undefined) return stopped(`${open.cause}. ${open.remedy}`, open.probeAt - clock.now());
  const until = clock.now() + LONGEST_WAIT_MS;
  let wrote = false;
  const admitted = patient(platform.name, connection.bucket, {
    priority,
    clock,
    mayWait: (ms) => clock.now() + ms <= until,
  });
  const api = connection.api({
    correlationId,
    async admit(operation, isWrite = true) {
      await admitted(operation);
      wrote ||= writes && isWrite;
    },
    ...(timeLeftMs === undefined ? {} : { timeLeftMs }),
  });
  try {
    return { outcome: 'answered', value: await work(api) };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const failure = ofChosenCall(error);
    if (await connection.failed(failure, correlationId))
      return stopped(`${failure.message}.`, USUAL_RETRY_MS);
    return outcomeOf(failure, wrote);
  }
}

const stopped = (reason: string, retryAfterMs: number) => ({
  outcome: 'stopped' as const,
  reason,
  retryAfterMs: Math.max(1000, retryAfterMs),
});

function outcomeOf(error: PlatformError, wrote: boolean): Asked<never> {
  const { kind, status, detail, said, throttled, outcomeUnknown, retryAfterMs = USUAL_RETRY_MS } = error;
  if (wrote && (outcomeUnknown || kind === 'invalid-response')) return { outcome: 'unknown' };
  if (isRefusal(error)) return { outcome: 'refused', status, detail, said };
  return { outcome: throttled ? 'busy' : 'unavailable', retryAfterMs };
}
