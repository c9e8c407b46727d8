import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { COMMANDS } from '../../../functions/domain/command.ts';
import type { StockSettings } from '../../../functions/domain/stock/settings.ts';
import { commandsPart } from '../../../functions/erp/api/acceptor.ts';
import {
  answerRequest,
  type HttpEvent,
  problemsAsAnswers,
} from '../../../functions/erp/api/answer-request.ts';
import { createApi } from '../../../functions/erp/api/api.ts';
import { openApiOf } from '../../../functions/erp/api/openapi.ts';
import { routeKeyOf } from '../../../functions/erp/api/route.ts';
import { ROUTES } from '../../../functions/erp/api/routes.ts';
import {
  makeToken,
  type Scope,
  type StoredToken,
  UNKNOWN_TOKEN_REREAD_MS,
} from '../../../functions/erp/tokens.ts';
import type { LazyChannel } from '../../../functions/outbound/commands/lazy-tables.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import type { CommandTable, CommandTarget } from '../../../functions/platforms/commands.ts';
import type { Endpoint, ThroughCall } from '../../../functions/platforms/pass-through.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import { frame } from '../../../functions/runtime/handler.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { createCustomerStore } from '../../../functions/storage/customers.ts';
import { createFeedWriter } from '../../../functions/storage/feed-writer.ts';
import type { StoreName } from '../../../functions/storage/keys.ts';
import { createOrderStore, createRawStore } from '../../../functions/storage/orders.ts';
import { createProductStore } from '../../../functions/storage/products.ts';
import { createStockStore } from '../../../functions/storage/stock.ts';
import { findRoute } from '../../../local/cloud/http-api/routes.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';
import { locationShop } from '../../support/location-shop.ts';

export const STORES: readonly StoreName[] = [
  { platform: 'shop', storeId: 's' },
  { platform: 'shop', storeId: 's-2' },
  { platform: 'mall', storeId: 'm' },
];

export const KEPT = 'Reading it takes it away. Use GET /v1/orders.';
const NO_CALL = { refused: 'Shop has no call for it. Use its panel.' };
/** What the platform `shop` can have done; of orders of `mall` nothing is known. */
const table = {
  ...Object.fromEntries(COMMANDS.map((name) => [name, NO_CALL])),
  ...Object.fromEntries(
    (['dispatch', 'cancel', 'note'] as const).map((name) => [
      name,
      {
        call: 'POST /x',
        once: 'it is',
        refusedWhen: [],
        twice: () => 'harmless',
        refusal: ({ row }: CommandTarget) =>
          row.order?.status === 'cancelled' ? 'It is cancelled.' : undefined,
        ...(name === 'dispatch' ? { expiresAfterHours: 2 } : {}),
      },
    ]),
  ),
} as unknown as CommandTable;
/** Every call of shop is passed on, but for those that a test keeps. */
const SHOP_CALLS: readonly Endpoint[] = [
  { operation: 'items.list', method: 'GET', path: '/items', through: 'read', reachedBy: [] },
  { operation: 'items.take', method: 'GET', path: '/taken', through: 'never', reason: KEPT, reachedBy: [] },
  {
    operation: 'people.list',
    method: 'GET',
    path: '/people',
    through: 'read',
    persons: ['customers:personal'],
    reachedBy: [],
  },
  ...(['POST', 'PUT', 'PATCH', 'DELETE'] as const).map(
    (method): Endpoint => ({
      operation: `items.${method}`,
      method,
      path: '/items',
      through: 'write',
      reachedBy: [],
      refusal: (body, { tellsPrices }) => {
        if (body === 'price' && tellsPrices) return 'Send it with PUT /v1/prices.';
        return body === 'no' ? 'Not this. Send another.' : undefined;
      },
    }),
  ),
];
/** What shop answers, unless a test says what it does instead; and what it was called for. */
export const shopAnswers: { calls: ThroughCall[]; next: (() => unknown)[] } = { calls: [], next: [] };
async function answerOfShop(context: CallContext, call: ThroughCall): Promise<unknown> {
  await context.admit(call.endpoint.operation);
  shopAnswers.calls.push(call);
  const next = shopAnswers.next.shift();
  return next === undefined ? { status: 200, headers: {}, body: { persons: 'data' } } : next();
}
/** What shop has of locations. */
export const shopLocations = locationShop();
const shop = {
  name: 'shop',
  settings: z.object({}),
  stores: () =>
    STORES.filter(({ platform }) => platform === 'shop').map(({ storeId: id }) => ({ id, settings: {} })),
  commands: () => table,
  customerWrite: ({ id }: { id: string }) =>
    id === 's' ? { twice: () => 'harmless' } : { refused: 'The store takes no customers.' },
  productWrite: ({ id }: { id: string }) => (id === 's' ? {} : { refused: 'The store takes no products.' }),
  credentials: {},
  limits: ({ id }: { id: string }) => ({ api: { scope: id, perSecond: 1000, burst: 1000 } }),
  connect: () => (context: CallContext) => context,
  passThrough: {
    endpoints: () => SHOP_CALLS,
    call: answerOfShop,
  },
  places: shopLocations.places,
} as unknown as Platform;
export const CHANNELS: readonly LazyChannel[] = [{ name: 'shop', settings: {}, load: async () => shop }];
export const OPEN_API = openApiOf(ROUTES);

/** How the merchant's stock is counted. */
export const STOCK: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: STORES.map((store) => ({
    ...store,
    sells: ['main'],
    buffer: 1,
    shows: 'nothing',
    charges: ['price'],
  })),
};

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Read from JSON; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  body: any;
  text: string;
}

export interface Call {
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Sent as it is when it is text. */
  body?: unknown;
  bytes?: Uint8Array;
}

/**
 * The API on tables of a test, as API Gateway calls it.
 *
 * @param hasStock whether the merchant's configuration has stock
 */
/** @param stock undefined: nobody counts it */
export function apiBench(tables: LocalTables, stock: StockSettings | false = STOCK) {
  const clock = movedClock();
  const metrics = { ...countingMetrics(), flush: () => {} };
  const lines = keptLog();
  const log = { ...lines, begin: () => {} };
  const stored: StoredToken[] = [];
  const secret = { reads: 0, failing: false };
  const secrets = {
    send: async () => {
      secret.reads += 1;
      if (secret.failing) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      return { SecretString: JSON.stringify({ tokens: stored }) };
    },
  } as unknown as SecretsManagerClient;
  const open = (client = tables.client) => {
    const env = {
      MERCHANT: 'test',
      LOG_LEVEL: 'INFO' as const,
      SECRETS: { tokens: 'the-tokens' },
      CONTROL_TABLE: tables.table,
      ORDERS_TABLE: tables.table,
      RAW_DAYS: 90,
      COMMAND_QUEUES: {},
      STOCK_QUEUES: {},
    };
    const runtime = { env, log, metrics, clock };
    const api = createApi(
      {
        stores: STORES,
        ...(stock === false ? {} : { stock }),
        loadCommands: async () => commandsPart(CHANNELS, { dynamo: client, secretsManager: secrets }),
        loadFurther: () => import('../../../functions/erp/api/further-part.ts'),
        loadStockHints: () => import('../../../functions/erp/api/stock-hints-part.ts'),
        loadOpenApi: async () => ({ default: OPEN_API }),
      },
      runtime,
      client,
      secrets,
    );
    return frame(runtime, (event: HttpEvent, run) => answerRequest(api, event, run), problemsAsAnswers(log));
  };
  let handler: ReturnType<typeof open> | undefined;
  let count = 0;

  /** A token with these scopes, of the client `erp` unless named. */
  function token(scopes: readonly Scope[] = [], client = 'erp'): string {
    count += 1;
    const made = makeToken({ name: `token-${count}`, client, scopes }, clock.now());
    stored.push(made.stored);
    // No container reads the secret sooner for a token that it does not know.
    clock.move(UNKNOWN_TOKEN_REREAD_MS);
    return made.token;
  }

  async function call(method: string, url: string, given: Call = {}): Promise<Answer> {
    handler ??= open();
    return answered(handler, eventOf(method, url, given));
  }

  async function answered(through: ReturnType<typeof open>, event: HttpEvent): Promise<Answer> {
    count += 1;
    const context = { awsRequestId: `request-${count}`, getRemainingTimeInMillis: () => 28_000 } as Context;
    const { statusCode, headers = {}, body = '' } = await through(event, context);
    return {
      status: statusCode ?? 0,
      headers: headers as Record<string, string>,
      body: body === '' ? undefined : JSON.parse(body),
      text: body,
    };
  }

  return {
    clock,
    metrics,
    lines: lines.lines,
    secret,
    stored,
    token,
    call,
    /** Calls the API of another container, whose table is reached through this client. */
    callThrough: (client: LocalTables['client'], method: string, url: string, given: Call = {}) =>
      answered(open(client), eventOf(method, url, given)),
    get orders() {
      return createOrderStore(tables.client, tables.table);
    },
    get products() {
      return createProductStore(tables.client, tables.table);
    },
    get customers() {
      return createCustomerStore(tables.client, tables.table);
    },
    get raws() {
      return createRawStore({ ...tables, days: 90, now: clock.now });
    },
    get commands() {
      return createCommandStore({ ...tables, clock });
    },
    get stock() {
      return createStockStore({ ...tables, rules: STOCK, clock });
    },
    get feed() {
      return createFeedWriter({ ...tables, clock });
    },
  };
}

/** A request as API Gateway hands it on. */
function eventOf(method: string, url: string, { token, headers = {}, body, bytes }: Call): HttpEvent {
  const [path = '', rawQueryString = ''] = url.split('?');
  const keys = [...ROUTES.map(routeKeyOf), '$default'].map((routeKey) => ({ routeKey, target: routeKey }));
  const match = findRoute(keys, method, path)?.match ?? { routeKey: '$default' };
  const asked = new URLSearchParams(rawQueryString);
  const query = Object.fromEntries([...asked.keys()].map((name) => [name, asked.getAll(name).join()]));
  const text = bytes === undefined && body !== undefined;
  const sent = text ? (typeof body === 'string' ? body : JSON.stringify(body)) : undefined;
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString,
    ...match,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(rawQueryString === '' ? {} : { queryStringParameters: query }),
    ...(sent === undefined ? {} : { body: sent }),
    ...(bytes === undefined ? {} : { body: Buffer.from(bytes).toString('base64') }),
    isBase64Encoded: bytes !== undefined,
    requestContext: { http: { method, path } },
  } as HttpEvent;
}
