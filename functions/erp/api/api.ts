import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { lazily } from '../../domain/lazily.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { awsOptions, secretIdIn } from '../../pipeline/deployed.ts';
import { secretsClient } from '../../runtime/aws-clients.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { gatherHints } from '../../runtime/gather-hints.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { createAcknowledgements } from '../../storage/acknowledgements.ts';
import { readCircuit } from '../../storage/circuit-breaker.ts';
import { createCommandStore } from '../../storage/commands.ts';
import { createCustomerStore } from '../../storage/customers.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { createFeedReader } from '../../storage/feed.ts';
import { createIdempotencyStore } from '../../storage/idempotency.ts';
import type { StoreName } from '../../storage/keys.ts';
import { createOrderStore, createRawStore } from '../../storage/orders.ts';
import { createProductPrices } from '../../storage/product-prices.ts';
import { createProductStore } from '../../storage/products.ts';
import { createCustomerIndex, createOrderIndex, createProductIndex } from '../../storage/row-index.ts';
import { createStockStore } from '../../storage/stock.ts';
import { createZeroWatch } from '../../storage/stock-zeroed.ts';
import { createTokenReader, TOKENS_CACHED_MS, tokensSchema } from '../tokens.ts';
import type { CommandsPart } from './acceptor.ts';
import type { Api } from './answer-request.ts';
import type { StockContext } from './context.ts';
import { createRouteFinder } from './find-route.ts';
import { ROUTES } from './routes.ts';
import type { StockHintsPart } from './stock-hints-part.ts';

/** The secret with the tokens, as the variable SECRETS names it. */
const TOKENS = 'tokens';

/** What the deployment knows and the function is bundled with. */
export interface ApiSettings {
  /** The merchant's stores at every platform. */
  readonly stores: readonly StoreName[];
  /** Of merchants whose configuration has stock. */
  readonly stock?: StockSettings;
}

/** What lies beside the function, and is loaded when it is first asked for. */
export interface ApiParts {
  readonly loadCommands: () => Promise<CommandsPart>;
  /** What names stores that have stock to be told. It brings the client of queues, which no other request needs. */
  readonly loadStockHints: () => Promise<StockHintsPart>;
  /** The OpenAPI document. Made when the function is bundled: what makes it would double the time of a cold start. */
  readonly loadOpenApi: () => Promise<{ readonly default: object }>;
}

/** The API of the merchant's own system, made once per container. */
export function createApi(
  { stores, stock, loadCommands, loadStockHints, loadOpenApi }: ApiSettings & ApiParts,
  runtime: Runtime<'api'>,
  client: DynamoDBDocumentClient = documentClient(awsOptions(runtime)),
  secrets: SecretsManagerClient = secretsClient(awsOptions(runtime)),
): Api {
  const { env, clock, metrics, log } = runtime;
  const [orders, control] = [
    { client, table: env.ORDERS_TABLE, clock },
    { client, table: env.CONTROL_TABLE, clock },
  ];
  const secret = createSecret({
    client: secrets,
    id: secretIdIn(env.SECRETS, TOKENS, undefined),
    schema: tokensSchema(),
    clock,
    maxAgeMs: TOKENS_CACHED_MS,
    // A revoked token must not work for longer because nobody can look.
    staleMs: TOKENS_CACHED_MS,
  });
  const orderStore = createOrderStore(client, orders.table);
  const commands = createCommandStore(orders);
  const customers = createCustomerStore(client, orders.table);
  const products = createProductStore(client, orders.table);
  const acceptor = lazily(async () => {
    const { createAcceptor } = await loadCommands();
    const options = awsOptions(runtime);
    return createAcceptor(runtime, {
      orders: orderStore,
      commands,
      customers,
      products,
      client,
      options,
    });
  });
  const asking = lazily(async () => (await loadCommands()).createAsking(runtime, client));
  return {
    find: createRouteFinder(ROUTES),
    tokens: createTokenReader(secret, { clock, log }),
    idempotency: createIdempotencyStore(control),
    context: {
      stores,
      orders: orderStore,
      raws: createRawStore({ ...orders, days: env.RAW_DAYS, now: clock.now }),
      index: createOrderIndex(client, orders.table),
      products,
      productPrices: createProductPrices(orders),
      productIndex: createProductIndex(client, orders.table),
      customers,
      customerIndex: createCustomerIndex(client, orders.table),
      acknowledgements: createAcknowledgements(orders),
      feed: createFeedReader(control),
      commands,
      accept: async (given) => (await acceptor()).accept(given),
      linkedCustomer: async (key) => (await acceptor()).linkedCustomer(key),
      writeProduct: async (given) => (await acceptor()).writeProduct(given),
      writtenProduct: async (key) => (await acceptor()).writtenProduct(key),
      writeCustomer: async (given) => (await acceptor()).writeCustomer(given),
      through: async (store, request) => (await asking()).through(store, request),
      places: async () => (await asking()).places,
      ...(stock === undefined
        ? {}
        : { stock: stockContext(stock, runtime, { orders, control, loadStockHints }) }),
      openCircuits: async (platform) => {
        const ofPlatform = stores.filter((store) => store.platform === platform);
        const states = await Promise.all(ofPlatform.map((store) => readCircuit({ ...control, ...store })));
        return states.filter((state) => state !== undefined).length;
      },
      openApi: async () => (await loadOpenApi()).default,
      clock,
      metrics,
      log,
    },
  };
}

type TableOptions = Parameters<typeof createZeroWatch>[0];

function stockContext(
  settings: StockSettings,
  runtime: Runtime<'api'>,
  {
    orders,
    control,
    loadStockHints,
  }: { orders: TableOptions; control: TableOptions } & Pick<ApiParts, 'loadStockHints'>,
): StockContext {
  const { env, clock, log } = runtime;
  const told = lazily(async () =>
    (await loadStockHints()).createHints(awsOptions(runtime), env.STOCK_QUEUES),
  );
  const hints = gatherHints({ send: async (...args) => (await told()).send(...args) });
  return {
    settings,
    store: createStockStore({ ...orders, rules: settings, onDue: hints.note }),
    zeros: createZeroWatch(control),
    sendHints: () =>
      hints.send(clock.now()).catch((error: unknown) => {
        log.warn('nobody was told that stores have stock to be told; the sweep tells it', {
          error: describeError(error),
        });
      }),
  };
}
