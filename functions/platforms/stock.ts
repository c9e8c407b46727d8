import type { DisplayKind } from '../domain/stock/channel.ts';
import type { Display } from '../domain/stock/display.ts';
import type { Link } from '../domain/stock/links.ts';
import type { Counted } from '../domain/stock/move.ts';
import type { PriceField, Prices } from '../domain/stock/prices.ts';
import type { PlatformError } from '../http/errors.ts';
import type { RejectedProduct } from '../storage/job-results.ts';
import type { Store } from './store.ts';

/** A channel, and its product that has a SKU. */
export interface TellingOf {
  readonly sku: string;
  readonly link: Link;
  readonly outletId?: string | undefined;
  readonly locationId?: string | undefined;
}

/** One channel is to show something of one SKU. */
export interface Telling extends TellingOf {
  readonly display: Display;
}

/** One channel is to charge something for one SKU. */
export interface Charging extends TellingOf {
  readonly prices: Prices;
}

/**
 * What became of it: the platform took it, or why it did not. `job`: it took it to work on later, and leaves what it finds
 * wrong as it was.
 */
export type Told =
  | { readonly outcome: 'taken'; readonly job?: string }
  | {
      readonly outcome: 'refused';
      /** In our words; it may stand in a log. */
      readonly reason: string;
      /** In the platform's, which may quote what it was sent: for whoever asks for the SKU, and for no log. */
      readonly said?: string | undefined;
    };

/** What becomes of a SKU of which a platform refuses what it is told. */
export const refusedBy = ({ detail, remedy, status, said }: PlatformError) => ({
  outcome: 'refused' as const,
  reason: [detail, remedy].filter((part) => part !== undefined).join(' ') || `HTTP ${status ?? ''}`,
  ...(said === undefined || status === 403 ? {} : { said }),
});

/** How a job ended. */
export interface JobEnd {
  /** It did nothing of what it was asked for. */
  readonly failed?: true | undefined;
  /** Products that it left as they were; undefined where nobody said anything of single products. */
  readonly rejected?: readonly RejectedProduct[] | undefined;
}

/** What became of some of what was told, by its place in the list. */
export type ToldSome = readonly (readonly [index: number, told: Told])[];

/**
 * How a platform is told what its channels show and charge. Numbers are absolute, so that telling twice does no harm.
 *
 * Members are methods on purpose, as everywhere in the port.
 */
export interface StockPort<S = unknown, Api = unknown> {
  readonly shows: DisplayKind;
  /** Ways of selling (`order.channel.name`) by which it may sell without taking anything off its number; none when absent. */
  readonly bypassedBy?: readonly string[];
  /** SKUs that are told in one call. */
  readonly perCall: number;
  /** The store's channels, where the configuration of stock names none: its outlets, or the store itself. */
  channels(store: Store<S>): readonly { readonly outletId?: string; readonly ownCode?: string }[];
  /**
   * Tells channels of one store, and says what became of each as soon as it is known, by its place in `tellings`.
   *
   * @param most in one call: fewer after the platform has said that a call was too much
   * @throws PlatformError when the platform cannot be told now; what was said before stays true
   */
  tell(api: Api, store: Store<S>, tellings: readonly Telling[], most: number): AsyncIterable<ToldSome>;
  /**
   * How a job ended that `tell` or `charge` began; undefined while it has not. Of platforms that work in jobs.
   *
   * @throws PlatformError
   */
  jobEnd?(api: Api, store: Store<S>, jobId: string): Promise<JobEnd | undefined>;
  /** What it can be told to charge. */
  readonly charges: readonly PriceField[];
  /** Tells channels what to charge, as `tell` does. Only fields of `charges` are asked for. */
  charge(api: Api, store: Store<S>, chargings: readonly Charging[], most: number): AsyncIterable<ToldSome>;
  /** Of platforms that can count the goods for all channels of a merchant. */
  readonly counting?: CountingPort<S, Api>;
}

/** A platform whose number is how many there are: its own sales take it down, and what was sold elsewhere is taken from it. */
export interface CountingPort<S = unknown, Api = unknown> {
  /**
   * How many there are now.
   *
   * @throws PlatformError; `refused` or `not-found` where the product has no number that could be meant
   */
  count(api: Api, store: Store<S>, of: TellingOf): Promise<Counted>;
  /**
   * Adds to the number, or takes from it. What is sold meanwhile stays counted, and it stops at 0 without a word. Made twice
   * it does its work twice.
   *
   * @throws PlatformError; with `outcomeUnknown` where the platform may have done it
   */
  change(api: Api, store: Store<S>, of: TellingOf, by: number): Promise<void>;
}
