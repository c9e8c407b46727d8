import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { awsOptions, secretIdIn } from '../../pipeline/deployed.ts';
import { secretsClient } from '../../runtime/aws-clients.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { createAcknowledgements } from '../../storage/acknowledgements.ts';
import { readCircuit } from '../../storage/circuit-breaker.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { createFeedReader } from '../../storage/feed.ts';
import { createIdempotencyStore } from '../../storage/idempotency.ts';
import type { StoreName } from '../../storage/keys.ts';
import { createOrderIndex } from '../../storage/order-index.ts';
import { createOrderStore, createRawStore } from '../../storage/orders.ts';
import { createTokenReader, TOKENS_CACHED_MS, tokensSchema } from '../tokens.ts';
import type { Api } from './answer-request.ts';
import { createRouteFinder } from './find-route.ts';
import { ROUTES } from './routes.ts';

/** The secret with the tokens, as the variable SECRETS names it. */
const TOKENS = 'tokens';

/** The API of the merchant's own system, made once per container. @param stores of the merchant, at every platform */
export function createApi(
  stores: readonly StoreName[],
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
    schema: tokensSchema,
    clock,
    maxAgeMs: TOKENS_CACHED_MS,
    // A revoked token must not work for longer because nobody can look.
    staleMs: TOKENS_CACHED_MS,
  });
  return {
    find: createRouteFinder(ROUTES),
    tokens: createTokenReader(secret, { clock, log }),
    idempotency: createIdempotencyStore(control),
    context: {
      stores,
      orders: createOrderStore(client, orders.table),
      raws: createRawStore({ ...orders, days: env.RAW_DAYS, now: clock.now }),
      index: createOrderIndex(client, orders.table),
      acknowledgements: createAcknowledgements(orders),
      feed: createFeedReader(control),
      openCircuits: async (platform) => {
        const ofPlatform = stores.filter((store) => store.platform === platform);
        const states = await Promise.all(ofPlatform.map((store) => readCircuit({ ...control, ...store })));
        return states.filter((state) => state !== undefined).length;
      },
      openApi: async () => (await import('./openapi.ts')).openApiOf(ROUTES),
      clock,
      metrics,
      log,
    },
  };
}
