import type { Transport } from '../http/transport.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Route, Store } from './store.ts';

/** What an exchange of a code, or of a refresh token, brings. */
export interface Grant {
  /** The store that the merchant allowed the app into. */
  readonly storeId: string;
  /** What the merchant granted. */
  readonly scopes: readonly string[];
  readonly accessToken: string;
  /** Fields of the store's secret. */
  readonly secret: Readonly<Record<string, unknown>>;
}

/** A store's webhooks beside the wanted ones, by the names of their events. */
export interface Subscriptions {
  readonly kept: readonly string[];
  readonly missing: readonly string[];
  /** Doubled ones, and ones of ours at addresses that are not ours any more. */
  readonly surplus: readonly string[];
}

/** A scope that the token lacks. */
export interface MissingScope {
  readonly scope: string;
  /** Something fails that happens by itself or by a command; else only what somebody asks for. */
  readonly required: boolean;
  /** What makes the calls that are refused without it. */
  readonly fails: readonly string[];
}

/** The scopes that a store's token has beside those that its configuration needs. */
export interface ScopeReview {
  readonly missing: readonly MissingScope[];
  /** Granted, and of no use. */
  readonly surplus: readonly string[];
}

/** How the token of a store, which a merchant allowed the app into, stays good. */
export interface TokenKeeping<S = unknown> {
  /** The credential of the app, and the one that the store's token is kept in. */
  readonly appCredential: string;
  readonly tokenCredential: string;
  readonly rotation?: TokenRotation<S>;
}

/** How a merchant allows the app into a store with a browser, and how the token stays good. */
export interface OAuth<S = unknown, Api = unknown> extends TokenKeeping<S> {
  /** Where the browser begins, and where the platform sends it back. */
  readonly start: Route;
  readonly callback: Route;
  /** How long a code is good for, as a page tells the merchant. */
  readonly codeLifeMinutes: number;
  /** The page of the platform where the merchant agrees. `state` comes back with the code. */
  authorizeUrl(stores: readonly Store<S>[], app: unknown, state: string): string;
  /** Exchanges a code for a token. @throws PlatformError; no text of it holds the code, the secret or the token. */
  exchange(call: OAuthCall<S>, code: string): Promise<Grant>;
  /** Makes the store's webhooks the wanted ones. @throws PlatformError */
  subscribe(api: Api, url: string): Promise<{ created: number; deleted: number; kept: number }>;
  /** The events that are subscribed and that are not, as the store has them now. Changes nothing. @throws PlatformError */
  subscriptions(api: Api, url: string): Promise<Subscriptions>;
  /** What the merchant granted beside what the store's configuration needs; absent where a platform has no scopes. */
  reviewScopes?(store: Store<S>, granted: readonly string[]): ScopeReview;
  /** The topic of the webhook route that is subscribed. */
  readonly subscribedTopic: string;
}

export interface OAuthCall<S = unknown> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly stores: readonly Store<S>[];
  /** The app's secret, parsed. */
  readonly app: unknown;
}

/**
 * A token that ends, with a refresh token that is good once: whoever refreshes must be alone, and must keep what came
 * before anybody uses it.
 */
export interface TokenRotation<S = unknown> {
  /** Epoch ms from which the secret's token is renewed; undefined when it does not end. */
  renewAt(secret: unknown): number | undefined;
  /** @throws PlatformError; of kind `auth-failed` when the merchant has to open the installation link again. */
  refresh(call: OAuthCall<S>, secret: unknown): Promise<Grant>;
}
