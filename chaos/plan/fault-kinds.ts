import type { PlatformName } from '../../functions/domain/order.ts';
import type { Fault } from '../../local/platforms/simulator.ts';
import type { Service } from '../aws/io.ts';

/** From when to when, ms after the world's start. */
export interface TimeRange {
  from: number;
  to: number;
}

/** A person in what nobody can read, who must be in no log line. So short that whoever quotes a little quotes it whole. */
export const PLANTED_PERSON = 'Plantada';

/** What goes wrong with requests of functions to the account's services, or with the functions themselves. */
export interface ServiceFault extends TimeRange {
  kind: 'crash' | 'hang' | 'refusal' | 'repeat' | 'lost-answer' | 'slow' | 'late-answer';
  /** The function that it hits; all when absent. */
  name?: string;
  service: Service;
  chance: number;
  /** It hits the last receive of a message too, which then is a dead letter; an operator sends it back afterwards. */
  deadly?: true;
}

/** What a platform does wrong. */
export interface PlatformFault extends TimeRange {
  kind: 'platform';
  /** Name of a store: stores that the platform serves from one host are hit together. */
  store: string;
  fault: Pick<Fault, 'kind' | 'status' | 'delayMs' | 'headers'>;
  chance: number;
  /** Only calls that may change something are hit. */
  writes?: true;
}

/** A `store` is the name of one. */
export type PlannedFault =
  | ServiceFault
  | PlatformFault
  /** The queues deliver twice and out of order. */
  | (TimeRange & { kind: 'disorder'; duplicates: number; lateMs: number })
  /** A server of a platform's queue is away: the messages that it holds come all at once when it is back. */
  | (TimeRange & { kind: 'stragglers'; platform: PlatformName; chance: number })
  /** Webhooks that the platform believes delivered, and that nobody got. */
  | (TimeRange & { kind: 'lost-webhooks'; platform: PlatformName; chance: number })
  /** Webhooks come twice and overtake each other. */
  | (TimeRange & { kind: 'unruly-webhooks'; store: string })
  /** A platform sends so much with each order that its bytes do not fit into one message. */
  | (TimeRange & { kind: 'large-webhooks'; platform: PlatformName })
  /** A page of new orders has more around its orders than one message can carry. */
  | (TimeRange & { kind: 'large-pages'; store: string })
  /** What a platform hands out or sends by itself holds a character that no queue takes as it is. */
  | (TimeRange & { kind: 'odd-texts'; platform: PlatformName })
  /** Our API answers 503 before any function is called. */
  | (TimeRange & { kind: 'api-down' })
  /** Something is wrong with the account at the platform; the secrets are put right when the time is over. */
  | (TimeRange & { kind: 'trouble'; store: string; trouble: string })
  /** A second poll starts in the middle of the first. */
  | { kind: 'second-poller'; at: number; store: string }
  /** A second reconciliation starts in the middle of the first. */
  | { kind: 'second-reconcile'; at: number; store: string }
  /** Buyers ask for their data to be erased: those of a share of the orders that the store has by then. */
  | { kind: 'erase'; at: number; store: string; share: number }
  /** A webhook whose bytes make no sense to anybody. */
  | { kind: 'poison-webhook'; at: number; store: string; body: string }
  /** Somebody who knows the secret says of an order what the platform never said, as if it were of the far future. */
  | { kind: 'forged-webhook'; at: number; store: string; final: boolean }
  /** A webhook of an order in whose lines stands a number that no table holds. `known`: the store's newest order, else one of its own. */
  | { kind: 'odd-number'; at: number; store: string; number: string; known?: true }
  /** A message that is none of ours in a queue. */
  | { kind: 'poison-message'; at: number; platform: PlatformName }
  /** The operator replays the rows of a platform, from the bytes that were kept or from the platform; all of them, or those that need review. */
  | { kind: 'replay'; at: number; platform: PlatformName; source: 'raw' | 'fresh'; reviewed: boolean }
  /** The operator sends a platform's dead letters back. */
  | { kind: 'redrive'; at: number; platform: PlatformName }
  /** Messages that say that an order has commands vanish. */
  | (TimeRange & { kind: 'lost-hints'; chance: number })
  | FeedFault;

/** What goes wrong on the way to the merchant's own system. */
export type FeedFault =
  /** Queries of the feed and its readers take so long at most (ms), and what is written meanwhile they may pass over. */
  | (TimeRange & { kind: 'torn-queries'; chance: number; mostMs: number })
  /** A shard of the orders table's stream hands out nothing. */
  | (TimeRange & { kind: 'shard-lag'; shard: number })
  /** The merchant's endpoint does not work as it should. */
  | (TimeRange & { kind: 'endpoint'; does: EndpointTrouble; chance: number })
  /** Messages that say that the endpoint has work vanish. */
  | (TimeRange & { kind: 'lost-announcements'; chance: number })
  /** Nothing happens at the shop. `nights`: whether the sweep runs meanwhile. */
  | (TimeRange & { kind: 'idle'; nights: boolean })
  /** A table is set back to what it held some time before, and the operator ends the restore. */
  | { kind: 'restore'; at: number; table: 'orders' | 'feed'; backMs: number }
  /** The item is gone that says how far the feed has come. */
  | { kind: 'lost-pointer'; at: number }
  /** The operator publishes the newest state of every order. */
  | { kind: 'catch-up'; at: number };

/** An endpoint answers 503, nothing, or 404; refuses single events for good; or its answers get lost. */
export type EndpointTrouble = 'down' | 'silent' | 'suspended' | 'refuses' | 'loses-answers';

export type FaultKind = PlannedFault['kind'];

/** When a fault begins. */
export const beginOf = (fault: PlannedFault): number => ('from' in fault ? fault.from : fault.at);

/** Whether a platform's misbehaviour says no more than that it is asked too much. */
export const isThrottling = ({ kind, status }: PlatformFault['fault']): boolean =>
  kind === 'html' || status === 429;
