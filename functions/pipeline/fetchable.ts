import type { ReviewReason } from '../domain/order.ts';
import type { Origin } from '../domain/order-row.ts';
import type { EpochMs } from '../domain/time.ts';
import type { PlatformError } from '../http/errors.ts';
import type { Tries } from './failure-policy.ts';
import type { StoreContext } from './store-context.ts';

/** What is known of an observation before the platform is asked. */
export interface About {
  id: string;
  /** When the platform was asked; epoch ms. */
  observedAt: EpochMs;
  /** When our side first had the news. */
  receivedAt: EpochMs;
  origin: Origin;
  correlationId: string;
}

/** What the platform's answer asks for, once it is written. */
export interface Written {
  /** The platform adds something later that it does not have yet. */
  incomplete?: { lookAgainInSeconds: number };
}

/**
 * Has the platform asked once more, because its answer does not fit what it said before. It is called before the row is written:
 * a function that dies between both leaves a question too many, where the row would say that nothing is left to ask.
 */
export type Contradicts = (lookAgainInSeconds: number) => Promise<void>;

/** One order or product whose row was read: what is written goes on from that row, and reads it again only where it changed. */
export interface Fetchable {
  /** When the platform was last asked for it and its answer understood; undefined while it never was. */
  understoodAt: EpochMs | undefined;
  /** Asks the platform. What that answers writes it. @throws PlatformError */
  ask(api: unknown): Promise<(about: About, contradicts: Contradicts) => Promise<Written>>;
  /** Makes it a row that a person looks at. */
  showProblem(
    about: About,
    review: { reason: ReviewReason; problem: string },
    bytes: Uint8Array,
  ): Promise<void>;
  /**
   * What a failure says of the thing itself is written, and nothing is left to do; false where it says nothing.
   *
   * @param tries those before this one
   */
  recordFailure?(about: About, error: PlatformError, tries: Tries): Promise<boolean>;
}

/** Reads the row of one thing of a store, once for all that fetching has to know of it. */
export type Find = (context: StoreContext, id: string) => Promise<Fetchable>;
