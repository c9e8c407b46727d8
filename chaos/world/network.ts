import { createHash } from 'node:crypto';
import { bodyBytes } from '../../local/platforms/shared/responder.ts';
import type { CallRecord, Responder } from '../../local/platforms/simulator.ts';
import { currentInvocation } from '../aws/invocation.ts';
import type { Io } from '../aws/io.ts';
import { API_HOST } from '../plan/merchant.ts';
import type { SimStore } from '../plan/stores.ts';
import type { WebhookRequest } from './account.ts';

export interface NetworkOptions {
  stores: readonly SimStore[];
  io: Io;
  /** Takes a webhook that a platform sends; answers the status. */
  webhook(request: WebhookRequest): Promise<number>;
  /** Sees each call leave a function; the function that it gives hears when it is over. */
  onCall(store: SimStore, path: string): () => void;
  /** Sees each call come to its platform. The status in the record is filled in later. @param by request id of the function */
  onArrival(store: SimStore, record: CallRecord, by: string): void;
  /**
   * Sees a call that may change something come to its platform. What it gives hears when the platform is through with it,
   * and when its answer came to the function.
   */
  onWrite(store: SimStore, by: string, record: CallRecord | undefined): { over(): void; heard(): void };
  /** Sees each answer to a call that only reads. */
  onRead(store: SimStore, by: string): void;
  /** Changes the body of a success on its way; undefined leaves it. */
  alter(store: SimStore, path: string, body: Buffer): Buffer | undefined;
  /** Sees the whole body of each success that reached the function that asked. @param askedAt when the call left (epoch ms) */
  onAnswer(store: SimStore, path: string, body: Buffer, askedAt: number): void;
  now(): number;
}

/** Watches nothing, for whoever only wants the calls made. */
export const UNWATCHED = {
  onCall: () => () => {},
  onArrival: () => {},
  onWrite: () => ({ over() {}, heard() {} }),
  onRead: () => {},
  alter: () => undefined,
  onAnswer: () => {},
} satisfies Partial<NetworkOptions>;

/** A `fetch` whose whole internet is the world: our functions call the platforms, the platforms call our API. */
export function createNetwork({
  stores,
  io,
  webhook,
  onCall,
  onArrival,
  onWrite,
  onRead,
  alter,
  onAnswer,
  now,
}: NetworkOptions): typeof globalThis.fetch {
  const callPlatform = async (store: SimStore, url: URL, init: RequestInit): Promise<Response> => {
    const { simulator, platform } = store;
    const signal = init.signal ?? undefined;
    const over = onCall(store, url.pathname);
    const askedAt = now();
    const by = currentInvocation()?.id ?? '';
    const method = init.method ?? 'GET';
    let written: ReturnType<typeof onWrite> | undefined;
    const answered = io({ service: 'platform', operation: platform.name }, () => {
      const headers = Object.fromEntries(new Headers(init.headers));
      return new Promise<() => Response>((resolve) => {
        const body = Buffer.from(typeof init.body === 'string' ? init.body : '');
        const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : url.pathname;
        const call = { method, path, query: url.searchParams, headers, body };
        const before = simulator.calls.length;
        const taken = simulator.take(call, directResponder(resolve));
        for (const record of simulator.calls.slice(before)) onArrival(store, record, by);
        if (method === 'GET') return;
        written = onWrite(store, by, simulator.calls[before]);
        void taken.then(written.over);
      });
    });
    const give = await orAborted(answered, signal).finally(over);
    const response = give();
    written?.heard();
    if (method === 'GET') onRead(store, by);
    if (!response.ok || broken.has(response)) return response;
    const altered = response.body === null ? undefined : alter(store, url.pathname, bytesOf(response));
    onAnswer(store, url.pathname, altered ?? bytesOf(response), askedAt);
    return altered === undefined ? response : withBody(altered, response);
  };

  return async (input, init = {}) => {
    const url = new URL(String(input instanceof Request ? input.url : input));
    if (url.host === API_HOST) {
      const headers = Object.fromEntries(new Headers(init.headers));
      const body = typeof init.body === 'string' ? init.body : '';
      const status = await orAborted(
        webhook({ path: url.pathname, headers, body }),
        init.signal ?? undefined,
      );
      return new Response(null, { status });
    }
    const store = stores.find(({ host }) => host === url.host);
    if (store === undefined) throw refused(`nothing listens at ${url.host}`, 'ENOTFOUND');
    return callPlatform(store, url, init);
  };
}

const bodies = new WeakMap<Response, Buffer>();
const broken = new WeakSet<Response>();
/** A response whose body comes in one piece. A stream of it takes as long to make and to read as the call all around it. */
function withBody(bytes: Buffer, init: ResponseInit): Response {
  const response = new Response(null, init);
  Object.defineProperty(response, 'body', { value: [new Uint8Array(bytes)] });
  bodies.set(response, bytes);
  return response;
}

const bytesOf = (response: Response): Buffer => bodies.get(response) ?? Buffer.alloc(0);

/** Nothing compresses it to less than a message holds. */
export const PADDING = createHash('shake256', { outputLength: 200_000 }).update('padding').digest('base64');

/** The same page with more around its orders than one message can carry. */
export function enlarged(page: Buffer): Buffer {
  const read: object = JSON.parse(page.toString());
  return Buffer.from(JSON.stringify({ ...read, padding: PADDING }));
}

function directResponder(resolve: (give: () => Response) => void): Responder {
  return {
    send: ({ status, headers = {}, body }) =>
      resolve(() => {
        if (body === undefined) return new Response(null, { status, headers });
        const bytes = bodyBytes(body);
        const type = { 'content-type': 'application/json; charset=utf-8' };
        return withBody(bytes, { status, headers: { ...type, ...headers } });
      }),
    cutOff: ({ status, headers = {}, body }) =>
      resolve(() => {
        const bytes = bodyBytes(body ?? ' ');
        const half = new Uint8Array(bytes.subarray(0, Math.floor(bytes.length / 2)));
        const stream = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(half),
          pull: (controller) => controller.error(refused('terminated', 'UND_ERR_SOCKET')),
        });
        const response = new Response(stream, { status, headers });
        broken.add(response);
        return response;
      }),
    reset: () =>
      resolve(() => {
        throw refused('fetch failed', 'ECONNRESET');
      }),
    close: () =>
      resolve(() => {
        throw refused('fetch failed', 'UND_ERR_SOCKET');
      }),
  };
}

/** As the run-time's own fetch says it: the code is in the cause. */
const refused = (message: string, code: string) =>
  new TypeError(message, { cause: Object.assign(new Error(code), { code }) });

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException('This operation was aborted', 'AbortError'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject);
  });
}
