import type * as z from 'zod';
import type { Failure } from '../http/answer.ts';
import type { PlatformRequest, PlatformResponse } from '../http/transport.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Secret } from '../runtime/secrets.ts';

/** For what, and how, a client's calls are made. */
export interface CallContext {
  /** Follows one piece of work through every call made for it. */
  readonly correlationId: string;
  /**
   * Awaited before each single call: takes its slot in the platform's limit. May wait; what it throws ends the call.
   *
   * @param writes whether the call may change something; it may when absent
   */
  admit(operation: string, writes?: boolean): Promise<void>;
  /** What is left for the work, in ms: no call lasts longer. As long as a call may take when absent. */
  timeLeftMs?(): number;
}

/** One call as a client knows it; token, slot and correlation id are the connection's. */
export interface ApiCall
  extends Pick<PlatformRequest, 'operation' | 'method' | 'url' | 'body' | 'timeoutMs' | 'maxBytes'> {
  /** @param token absent for calls that need none */
  headers(token: string | undefined): Readonly<Record<string, string>>;
  /** True only when the same call made twice leaves the platform as if it was made once. */
  readonly idempotent: boolean;
  /** Reading takes something off the platform: a success is handed over at once, whatever its body. */
  readonly destructive?: boolean;
  /** A limit of its own; `api` when absent. */
  readonly limit?: string;
}

/** What came back. `failure` is what the platform's answer means when it is no success. */
export interface ApiAnswer {
  readonly response: PlatformResponse;
  readonly failure: Failure | undefined;
}

/** Where the token of a call comes from. */
export interface TokenSource {
  get(): Promise<string>;
  /** Another token than the refused one, if there is any; the refused one when there is not. */
  renew(refused: string): Promise<string>;
}

/** Makes a client's calls. @throws PlatformError when no whole answer came, or no slot was free. */
export type Send = (call: ApiCall) => Promise<ApiAnswer>;

/** What a platform's client is built on, for one store and one container. */
export interface Connection {
  readonly clock: Clock;
  /** One of the platform's credentials. */
  secret<T>(credential: string, schema: () => z.ZodType<T>): Secret<T>;
  /** Sends calls, with a token where there is one to send. A call refused for its token is made once more with another. */
  sender(context: CallContext, tokens?: TokenSource): Send;
  /** The token that a secret holds. */
  fixedToken<T>(secret: Secret<T>, read: (value: T) => string): TokenSource;
  /** The store's token of the platform's `oauth.rotation`. */
  rotatingToken(): TokenSource;
}
