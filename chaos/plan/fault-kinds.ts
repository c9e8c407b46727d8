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
  kind: 'crash' | 'hang' | 'refusal' | 'repeat' | 'lost-answer' | 'slow';
  /** The function that it hits; all when absent. */
  name?: string;
  service: Service;
  chance: number;
}

/** What a platform does wrong. */
export interface PlatformFault extends TimeRange {
  kind: 'platform';
  /** Name of a store: stores that the platform serves from one host are hit together. */
  store: string;
  fault: Pick<Fault, 'kind' | 'status' | 'delayMs' | 'headers'>;
  chance: number;
}

/** A `store` is the name of one. */
export type PlannedFault =
  | ServiceFault
  | PlatformFault
  /** The queues deliver twice and out of order. */
  | (TimeRange & { kind: 'disorder'; duplicates: number; lateMs: number })
  /** Webhooks that the platform believes delivered, and that nobody got. */
  | (TimeRange & { kind: 'lost-webhooks'; platform: PlatformName; chance: number })
  /** Webhooks come twice and overtake each other. */
  | (TimeRange & { kind: 'unruly-webhooks'; store: string })
  /** A platform sends so much with each order that its bytes do not fit into one message. */
  | (TimeRange & { kind: 'large-webhooks'; platform: PlatformName })
  /** What a platform hands out or sends by itself holds a character that no queue takes as it is. */
  | (TimeRange & { kind: 'odd-texts'; platform: PlatformName })
  /** Our API answers 503 before any function is called. */
  | (TimeRange & { kind: 'api-down' })
  /** Something is wrong with the account at the platform; the secrets are put right when the time is over. */
  | (TimeRange & { kind: 'trouble'; store: string; trouble: string })
  /** A second poll starts in the middle of the first. */
  | { kind: 'second-poller'; at: number; store: string }
  /** A webhook whose bytes make no sense to anybody. */
  | { kind: 'poison-webhook'; at: number; store: string; body: string }
  /** A message that is none of ours in a queue. */
  | { kind: 'poison-message'; at: number; platform: PlatformName }
  /** Somebody asks for orders to be fetched again: so many of those that exist at platforms that are asked. */
  | { kind: 'replay'; at: number; share: number };

export type FaultKind = PlannedFault['kind'];

/** When a fault begins. */
export const beginOf = (fault: PlannedFault): number => ('from' in fault ? fault.from : fault.at);

/** Whether a platform's misbehaviour says no more than that it is asked too much. */
export const isThrottling = ({ kind, status }: PlatformFault['fault']): boolean =>
  kind === 'html' || status === 429;
