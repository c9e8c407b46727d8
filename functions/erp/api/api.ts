import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { lazily } from '../../domain/lazily.ts';
import { awsOptions, secretIdIn } from '../../pipeline/deployed.ts';
import { secretsClient } from '../../runtime/aws-clients.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { createIdempotencyStore } from '../../storage/idempotency.ts';
import { createTokenReader, TOKENS_CACHED_MS, tokensSchema } from '../tokens.ts';
import type { Api } from './answer-request.ts';
import { createKeyFinder } from './find-route.ts';
import { createFirstContext } from './first-context.ts';
import { FIRST_ROUTES } from './first-routes.ts';
import type { FurtherPart } from './further-part.ts';
import type { ApiSettings, FurtherParts } from './settings.ts';

/** The secret with the tokens, as the variable SECRETS names it. */
const TOKENS = 'tokens';

/** What lies beside the function, and is loaded when it is first asked for. */
export interface ApiParts extends FurtherParts {
  /** All routes but the first ones. */
  readonly loadFurther: () => Promise<FurtherPart>;
}

/** The API of the merchant's own system, made once per container. */
export function createApi(
  { loadFurther, ...settings }: ApiSettings & ApiParts,
  runtime: Runtime<'api'>,
  client: DynamoDBDocumentClient = documentClient(awsOptions(runtime)),
  secrets: SecretsManagerClient = secretsClient(awsOptions(runtime)),
): Api {
  const { env, clock, log } = runtime;
  const secret = createSecret({
    client: secrets,
    id: secretIdIn(env.SECRETS, TOKENS, undefined),
    schema: tokensSchema,
    clock,
    maxAgeMs: TOKENS_CACHED_MS,
    // A revoked token must not work for longer because nobody can look.
    staleMs: TOKENS_CACHED_MS,
  });
  const further = lazily(async () => (await loadFurther()).createFurther(settings, runtime, client));
  const findFirst = createKeyFinder(FIRST_ROUTES, {
    ...createFirstContext(settings.stores, runtime, client),
    commands: { ofOrder: async (key) => (await further()).commands.ofOrder(key) },
  });
  return {
    find: async (event) => findFirst(event) ?? (await further()).find(event),
    tokens: createTokenReader(secret, { clock, log }),
    idempotency: createIdempotencyStore({ client, table: env.CONTROL_TABLE, clock }),
    log,
  };
}
