import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { lazily } from '../../domain/lazily.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { awsOptions } from '../../pipeline/deployed.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { gatherHints } from '../../runtime/gather-hints.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { createCommandStore } from '../../storage/commands.ts';
import { createCustomerStore } from '../../storage/customers.ts';
import { createProductPrices } from '../../storage/product-prices.ts';
import { createProductStore } from '../../storage/products.ts';
import { createCustomerIndex, createProductIndex } from '../../storage/row-index.ts';
import { createStockStore } from '../../storage/stock.ts';
import { createZeroWatch } from '../../storage/stock-zeroed.ts';
import type { ApiContext, StockContext } from './context.ts';
import { createRouteFinder, type FindRoute } from './find-route.ts';
import { createFirstContext } from './first-context.ts';
import { ROUTES } from './routes.ts';
import type { ApiSettings, FurtherParts } from './settings.ts';

/**
 * All routes, and what they work with. It lies in a file of its own, which the API loads at the first request that is for none of
 * the first routes. Its classes are not those of the API: what it throws is known by its name.
 */
export interface FurtherPart {
  createFurther(
    settings: ApiSettings & FurtherParts,
    runtime: Runtime<'api'>,
    client: DynamoDBDocumentClient,
  ): Further;
}

interface Further {
  readonly find: FindRoute;
  readonly commands: ApiContext['commands'];
}

export const createFurther: FurtherPart['createFurther'] = (
  { stores, stock, loadCommands, loadStockHints, loadOpenApi },
  runtime,
  client,
) => {
  const { env, clock, log } = runtime;
  const [orders, control] = [
    { client, table: env.ORDERS_TABLE, clock },
    { client, table: env.CONTROL_TABLE, clock },
  ];
  const first = createFirstContext(stores, runtime, client);
  const commands = createCommandStore(orders);
  const customers = createCustomerStore(client, orders.table);
  const products = createProductStore(client, orders.table);
  const acceptor = lazily(async () => {
    const { createAcceptor } = await loadCommands();
    const options = awsOptions(runtime);
    const known = { orders: first.orders, commands, customers, products, client, options };
    return createAcceptor(runtime, known);
  });
  const asking = lazily(async () => (await loadCommands()).createAsking(runtime, client));
  const context: ApiContext = {
    ...first,
    products,
    productPrices: createProductPrices(orders),
    productIndex: createProductIndex(client, orders.table),
    customers,
    customerIndex: createCustomerIndex(client, orders.table),
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
    openApi: async () => (await loadOpenApi()).default,
    log,
  };
  return { find: createRouteFinder(ROUTES, context), commands };
};

type TableOptions = Parameters<typeof createZeroWatch>[0];

function stockContext(
  settings: StockSettings,
  runtime: Runtime<'api'>,
  {
    orders,
    control,
    loadStockHints,
  }: { orders: TableOptions; control: TableOptions } & Pick<FurtherParts, 'loadStockHints'>,
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
