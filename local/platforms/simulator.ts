import type { IncomingHttpHeaders } from 'node:http';

/** Time as a simulator sees it: real for a local run, virtual for a test. Times are Unix milliseconds. */
export interface SimClock {
  now(): number;
  /** Runs `fn` once after `ms` milliseconds of this clock; the function returned cancels it. */
  setTimeout(fn: () => void, ms: number): () => void;
}

/** A call as a platform's code sees it. */
export interface SimRequest {
  /** Arrival, Unix milliseconds of the simulator's clock. */
  at: number;
  method: string;
  /** Without the query; a trailing slash is cut. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Filled in by the route that was found. */
  params: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:port` of the simulator, for absolute links. */
  origin: string;
}

/** An answer. A string or Buffer body is sent as it is, anything else as JSON; without a body nothing is sent. */
export interface SimResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A call that comes from inside this process. */
export type DirectCall = Pick<SimRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>;

/** The way back to the caller: a socket, or straight to code in this process. One method is called, once. */
export interface Responder {
  /** JSON unless the body is text or bytes. */
  send(response: SimResponse): void;
  /** Announces the whole body, sends half of it, and drops the connection. */
  cutOff(response: SimResponse): void;
  /** Drops the connection without an answer. */
  reset(): void;
  /** Closes a connection that was left without an answer. */
  close(): void;
}

/** One HTTP call that a simulator received, in order of arrival. Holds no header, body or query. */
export interface CallRecord {
  /** Arrival, Unix milliseconds of the simulator's clock. */
  at: number;
  method: string;
  path: string;
  /** The status answered; 0 when the connection was left without an answer. */
  status: number;
  /** The template of the route that was hit, or an empty string. */
  route: string;
  /** The kind of the injected fault, when one was. */
  fault?: FaultKind;
}

/**
 * How an injected fault shows itself. With `-before` the platform did nothing; with `-after` it acted and its
 * answer is lost. `empty-body`, `truncated-body` and `reset-during` spoil the answer of a call that was carried out;
 * `status` and `html` answer in place of it.
 */
export type FaultKind =
  | 'status'
  | 'html'
  | 'timeout-before'
  | 'timeout-after'
  | 'reset-before'
  | 'reset-after'
  | 'reset-during'
  | 'empty-body'
  | 'truncated-body'
  | 'slow';

/** A fault to inject into calls that match. */
export interface Fault {
  match?: {
    method?: string;
    /** A string is a whole path, a whole route template, or the end of a route template; a RegExp sees the path. */
    path?: string | RegExp;
  };
  kind: FaultKind;
  /** For `status` (default 500), `html` (default 502) and `empty-body` (default: the true status). */
  status?: number;
  /** How many calls it hits before it is gone; endless when absent. */
  times?: number;
  /** Chance of each matching call, 0 to 1; default 1. */
  probability?: number;
  /** For `slow`: milliseconds before the answer (default 1000). For timeouts: when the socket is closed at last. */
  delayMs?: number;
  headers?: Record<string, string>;
}

/** The injected faults of a simulator. */
export interface Faults {
  /** Switches a fault on; the function returned switches it off. The oldest matching fault wins. */
  add(fault: Fault): () => void;
  clear(): void;
}

/** One documented route, for coverage tables. */
export interface RouteDoc {
  method: string;
  /** A template with `{name}` parameters. */
  path: string;
  /** Where the platform documents it, in our own words. */
  source: string;
}

/** One try to deliver. */
export interface WebhookAttempt {
  at: number;
  /** The HTTP status, or 0 when none came. */
  status: number;
  /** Why no status came: `timeout`, or the network error's code. */
  failure?: string;
}

/** A delivery and what became of it. */
export interface WebhookDelivery {
  id: number;
  label: string;
  url: string;
  body: string;
  attempts: WebhookAttempt[];
  state: 'pending' | 'delivered' | 'given-up';
  /** The delivery that this one repeats, when the platform sent the same event twice. */
  duplicateOf?: number;
}

/** How webhooks go astray, and how long a failed one waits. Chances are 0 to 1. */
export interface WebhookDisorder {
  /** Factor on the waits between attempts, so that a local run need not wait for hours. Default 1. */
  retryScale?: number;
  /** Chance that an event is delivered twice. Default 0. */
  duplicateProbability?: number;
  /** Chance that an event is held back so that later ones overtake it. Default 0. */
  reorderProbability?: number;
  /** How long a duplicate or a held-back event waits at most, milliseconds. Default 500. */
  disorderMs?: number;
}

/** What every world offers, whatever the platform. */
export interface SimWorld {
  /** Each order, or the one named, exactly as the platform's API would give it now. */
  truth(orderId?: string): OrderTruth[];
  /** What happened to each order, or the one named, since it was placed, in order. */
  effects(orderId?: string): readonly OrderEffect[];
  /** What a store sells and to whom; absent where the platform takes neither from outside. */
  catalogue?(storeId: string): CatalogueTruth;
  /** Every webhook delivery so far, with its attempts. */
  deliveries(): readonly WebhookDelivery[];
  /** Deliveries that are neither accepted nor given up. */
  pendingDeliveries(): number;
  /** Resolves when nothing is left to deliver. */
  settled(): Promise<void>;
}

/** Something that happened to an order, each time that it did: whoever did it twice finds it twice. */
export interface OrderEffect {
  orderId: string;
  kind: /** The order, or a parcel of it, is in another state. */
    | 'status'
    /** The buyer got a message. */
    | 'mail'
    /** Units went back into the platform's stock. */
    | 'stock'
    /** A parcel's code, or the address to track it by. */
    | 'tracking'
    /** Something that a carrier said of a parcel. */
    | 'event'
    /** An entry of the list of invoices, new, changed or gone. */
    | 'invoice'
    | 'note'
    /** A line: how much of it, or whether it is sent. */
    | 'line';
  /** What exactly; the same effect on the same thing reads the same. */
  what: string;
  /** Unix milliseconds. */
  at: number;
}

/** The ground truth of a store's products and customers, as plain as what is compared with it. */
export interface CatalogueTruth {
  products(): readonly {
    id: string;
    name: string;
    description: string;
    variants: readonly { sku: string | null; priceCents: number | null }[];
    /** Their alternative texts. */
    images: readonly string[];
    /** Ids. */
    categories: readonly string[];
  }[];
  categories(): readonly { id: string; name: string; parent?: string }[];
  /** `invitations`: mails that invited the customer. */
  customers(): readonly { id: string; name: string; email: string; note: string; invitations: number }[];
  /** The shopkeeper writes another description. */
  change(productId: string, description: string): void;
  /** The shopkeeper deletes a product. */
  remove(productId: string): void;
  /** Whether a call is about any of this. */
  isOf(path: string): boolean;
}

/** The ground truth of one order. */
export interface OrderTruth {
  storeId: string;
  orderId: string;
  json: object;
  /** Unix milliseconds at which the platform adds something to it of its own accord, and tells nobody. */
  changesAt?: number;
}

/** A platform simulated over HTTP on 127.0.0.1. */
export interface Simulator<World extends SimWorld = SimWorld> {
  /** The platform's name. */
  readonly name: string;
  /** `http://127.0.0.1:port` once started, an empty string before. */
  readonly url: string;
  /** Listens on `port`, or on a free one. Rejects with the port and the remedy when it is taken. */
  start(port?: number): Promise<void>;
  /** Takes a call without a socket, started or not. */
  take(call: DirectCall, responder: Responder): Promise<void>;
  /** Closes every connection and cancels every timer. Safe to repeat. */
  stop(): Promise<void>;
  readonly world: World;
  readonly calls: CallRecord[];
  readonly faults: Faults;
  readonly routes: readonly RouteDoc[];
}
