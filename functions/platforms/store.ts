import type * as z from 'zod';

/** One merchant account at a platform: a shop, or a whole chain where the platform counts by chains. */
export interface Store<S = unknown> {
  /** Part of the store's keys; holds no `#`. */
  readonly id: string;
  readonly settings: S;
}

/** One secret: what it holds, and where a person finds that. */
export interface CredentialSpec<T = unknown> {
  /** Shape of the secret's JSON. */
  schema(): z.ZodType<T>;
  /** `platform`: one secret for all stores. `store`: one for each. */
  readonly per: 'platform' | 'store';
  /** What it is and in which panel it stands; shown beside the secret's name. */
  readonly description: string;
  /** Fields that a person fills in. */
  readonly fields: readonly string[];
  /** Other fields that a person may fill in instead, all of one list. */
  readonly alternatives?: readonly (readonly string[])[];
  /** The one of them that the platform lets us choose: the deployment generates it, and a person types it into the panel. */
  readonly generated?: string;
  /** Of fields whose value of before goes on counting during a rotation: the field that keeps it. */
  readonly previous?: Readonly<Record<string, string>>;
}

/** A platform's limit for one kind of calls. Limits with the same name and scope share one bucket. */
export interface RateLimit {
  /** Whatever the platform counts by: a store, or a source address. */
  readonly scope: string;
  readonly perSecond: number;
  readonly burst: number;
  /** The platform answers a call only once those before it have leaked out, so that the line there has to stay short. */
  readonly queues?: boolean;
}

/** A path of our API, and what a person does with its URL. */
export interface Route {
  readonly path: string;
  /** What comes in here; handed to the platform's `read`. */
  readonly topic: string;
  /** The store that has this path to itself. */
  readonly storeId?: string;
  /** Name of the output that carries the URL. */
  readonly output: string;
  /** Panel and field into which the URL is pasted, or what else it is for. */
  readonly pasteInto: string;
}
