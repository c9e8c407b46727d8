import type * as z from 'zod';
import type { Normalised, ReviewReason } from '../domain/order.ts';
import type { PrivacyRequest, PrivacyTopic } from '../domain/privacy.ts';
import type { Resource } from '../domain/resource.ts';
import type { JobResult } from '../storage/job-results.ts';
import type { Route, Store } from './store.ts';

export interface RawRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/**
 * Whether a platform sent it. A wrong signature is expected input, hence a result and not an exception. What is `missing`
 * or `malformed` is so whatever the secret: no secret is read for it.
 */
export type Verification = { valid: true } | { valid: false; reason: 'missing' | 'malformed' | 'wrong' };

/**
 * How a platform proves that it sent a webhook. A receiver is bundled with this and with its routes, and with nothing else of
 * the platform: it has to answer within seconds also where it has just started.
 */
export interface WebhookProof {
  /** The credential that proves origin. */
  readonly credential: string;
  /** Shape of the credential's JSON. */
  schema(): z.ZodType;
  /** The secrets in it that count: the current one and, during a rotation, the previous one. */
  secrets(credential: unknown): readonly (string | undefined)[];
  /** Looks at headers and raw bytes only. Without secrets it says whether any could prove the request. */
  verify(request: RawRequest, secrets: readonly string[]): Verification;
}

export interface Webhook<S = unknown> extends WebhookProof {
  routes(stores: readonly Store<S>[]): readonly Route[];
}

/**
 * What a page says about itself: how many orders it has, and how many are left where it tells. `contents` is the same for
 * pages that hold the same orders; absent where it holds none.
 */
export type PageSummary =
  | { ok: true; returned: number; pending?: number | undefined; contents?: string | undefined }
  | { ok: false; problem: string };

/** A list whose reading takes orders off it: reading is destructive, so a page that may hold one is kept before anything else is done about it. */
export interface Poll<S = unknown, Api = unknown> {
  schedule(store: Store<S>): { readonly everyMinutes: number; readonly quietHours: number };
  maxPagesPerRun(store: Store<S>): number;
  /** Longest time that reading one page may take, in ms: the client's time-out. */
  readonly slowestReadMs: number;
  /** Reads one page: the answer's bytes, untouched. @throws PlatformError */
  next(api: Api): Promise<Uint8Array>;
  summarise(page: Uint8Array): PageSummary;
  /** What a person does when the answer to a reading did not arrive. */
  readonly lostReadRemedy: string;
}

/** Bytes that came in. */
export interface Intake {
  readonly topic: string;
  readonly storeId?: string | undefined;
  readonly bytes: Uint8Array;
}

/** What bytes say. */
export interface Reading {
  readonly items: readonly Incoming[];
  /** What was odd and did not stop us; names fields, never values. */
  readonly warnings?: readonly string[];
}

/** One thing that a platform told us. */
export type Incoming =
  /** The order itself. `orderId` is what its row is kept under, also when it cannot be understood. */
  | {
      readonly kind: 'order';
      readonly storeId: string;
      readonly orderId: string;
      readonly reading: Normalised;
      readonly bytes: Uint8Array;
      /** The outlet that sold it, where a store is a chain: one that is not configured is not reconciled. */
      readonly outlet?: { readonly id: string; readonly configured: boolean };
    }
  /** An order changed, or what `resource` names: how, the platform says when asked. `orderId` is the id of either. */
  | {
      readonly kind: 'changed';
      readonly storeId: string;
      readonly resource?: Resource;
      readonly orderId: string;
    }
  /** `bytes` are kept in the place of the whole, where the whole must not be. */
  | {
      readonly kind: 'unreadable';
      readonly storeId: string;
      readonly reason: ReviewReason;
      readonly problem: string;
      readonly bytes?: Uint8Array;
    }
  /** The platform wants no calls until it says so, or until there is a new token (then the app is gone from the store). */
  | {
      readonly kind: 'suspended';
      readonly storeId: string;
      readonly cause: string;
      readonly remedy: string;
      readonly closedBy: 'notice' | 'token';
    }
  | { readonly kind: 'resumed'; readonly storeId: string }
  | {
      readonly kind: 'privacy';
      readonly storeId: string;
      readonly topic: PrivacyTopic;
      readonly request: PrivacyRequest;
    }
  /** Where a catalogue job stands. */
  | { readonly kind: 'job'; readonly result: JobResult }
  /** Well formed, and needs no work here. */
  | { readonly kind: 'ignored' };
