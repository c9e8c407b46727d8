import type * as z from 'zod';
import type { Customer } from '../domain/customer.ts';
import type { PlatformName } from '../domain/order.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Failure } from '../http/answer.ts';
import type { PlatformResponse } from '../http/transport.ts';
import type { Feedback } from '../rate-limit/bucket.ts';
import type { CallContext, Connection } from './calls.ts';
import type { CommandTable, NoCommand } from './commands.ts';
import type { CustomerWrite } from './customer-write.ts';
import type { Intake, Poll, Reading, Webhook, WebhookProof } from './intake.ts';
import type { MirroredResource } from './mirrored-resource.ts';
import type { OAuth, TokenKeeping } from './oauth.ts';
import type { PassThrough } from './pass-through.ts';
import type { Places } from './places.ts';
import type { ProductResource } from './product-resource.ts';
import type { ProductWrite } from './product-write.ts';
import type { OrderResource } from './resource.ts';
import type { StockPort } from './stock.ts';
import type { CredentialSpec, RateLimit, Store } from './store.ts';

/**
 * What the way in knows of a platform: who its stores are, how they are asked, and what the platform's words say. A consumer
 * and a poller are bundled with this and with nothing of what changes anything at the platform, because they start often.
 *
 * Members are methods on purpose: a platform of one kind of store and client then passes for one of any kind, because the
 * value is only ever handed what it made itself.
 */
export interface IntakePlatform<Settings = unknown, S = unknown, Api = unknown> {
  /** First part of every key; a dimension of every metric. */
  readonly name: PlatformName;
  /** As people write it. */
  readonly title: string;
  /** The merchant's stores at this platform; ids are unique within the platform. */
  stores(settings: Settings): readonly Store<S>[];
  readonly credentials: Readonly<Record<string, CredentialSpec>>;
  /** What one store's calls count against. `api` is for all calls but those that name another limit. */
  limits(store: Store<S>): { readonly api: RateLimit } & Readonly<Record<string, RateLimit>>;
  /** What an answer tells of the limit, beyond what every HTTP answer tells. */
  feedback?(response: PlatformResponse, failure: Failure | undefined): Feedback;
  /** Makes the client of one store, once per container; each run of work then gets a client of its own. */
  connect(store: Store<S>, connection: Connection): (context: CallContext) => Api;
  readonly check: AccessCheck<S, Api>;
  /** Of platforms that send webhooks. */
  readonly webhook?: WebhookProof;
  /** Of platforms whose new orders have to be asked for. */
  readonly poll?: Poll<S, Api>;
  /** Of platforms that a merchant allows the app into with a browser: how a store's token stays good. */
  readonly oauth?: TokenKeeping<S>;
  /**
   * What the bytes of a webhook or a polled page say. Never throws, whatever the bytes.
   *
   * @param topic of the webhook's route, or `page`
   */
  read(intake: Intake, stores: readonly Store<S>[]): Reading;
  readonly resources: {
    readonly order: OrderResource<S, Api>;
    /** Of platforms whose products are mirrored. */
    readonly product?: ProductResource<S, Api>;
    /** Of platforms whose customers are mirrored. */
    readonly customer?: MirroredResource<Customer, S, Api>;
  };
  readonly deployment: DeploymentHints;
}

/**
 * A platform is one value. Everything that the pipeline, the deployment, the operator's commands and the local cloud know
 * of a platform, they know from here.
 */
export interface Platform<Settings = unknown, S = unknown, Api = unknown>
  extends IntakePlatform<Settings, S, Api> {
  /** The merchant's configuration of this platform, without secrets. It is read before the deployment; functions have what came of it. */
  settings(): z.ZodType<Settings>;
  readonly webhook?: Webhook<S>;
  readonly oauth?: OAuth<S, Api>;
  /** What the merchant's own system can have done to an order of this store. */
  commands(store: Store<S>): CommandTable<Api>;
  /** Of platforms that can be given customers: how a store takes one, or why it takes none. */
  customerWrite?(store: Store<S>): CustomerWrite<Api> | NoCommand;
  /** Of platforms that can be given products: the same. */
  productWrite?(store: Store<S>): ProductWrite<Api> | NoCommand;
  /** Calls of its API for which there is no verb of ours; absent where nobody has a call passed on. */
  readonly passThrough?: PassThrough<S, Api>;
  /** Of platforms whose stores have categories and locations that can be read and written. */
  readonly places?: Places<Api>;
  /** Of platforms that can be told what they show of stock. */
  readonly stock?: StockPort<S, Api>;
}

/** Shows whether a store's credentials are good. */
export interface AccessCheck<S = unknown, Api = unknown> {
  /** Why no call of the store can show it, as it is configured; undefined while one can. */
  off?(store: Store<S>): string | undefined;
  /**
   * One cheap call that changes nothing and that good credentials may make.
   *
   * @throws PlatformError; `auth-failed` when the credentials are refused
   */
  read(api: Api, store: Store<S>, now: EpochMs): Promise<unknown>;
}

/** What the deployment is told, because the platform's traffic asks for it. */
export interface DeploymentHints {
  /** Consumers that may work at once: how far one platform can press on the others' capacity. */
  readonly maxConcurrency: number;
  /** The platform tells how full its bucket is, so that somebody can be told. */
  readonly tellsBucketFill?: boolean;
  /** A store is a chain, whose outlets are configured one by one. */
  readonly hasOutlets?: boolean;
  /** The platform tells by webhook how jobs of the catalogue ended. */
  readonly tellsCatalogueJobs?: boolean;
  /** The platform passes on what customers ask about their data. */
  readonly sendsPrivacyRequests?: boolean;
}
