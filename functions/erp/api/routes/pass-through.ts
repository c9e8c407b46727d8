import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { isToldPrices } from '../../../domain/stock/channel.ts';
import { bytesAsSent, MOST_ANSWERED_BYTES } from '../answer-size.ts';
import type { ApiContext } from '../context.ts';
import { problemOf } from '../platform-problem.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { type ApiAnswer, type ApiRequest, type Method, type Route, route } from '../route.ts';
import { storeField, storeOf } from '../store-of.ts';

/** Of what is sent; an image of a product is the largest. */
const MOST_SENT_BYTES = 2 * 1024 * 1024;
const MOST_PATH_LETTERS = 1024;
const MOST_VALUE_LETTERS = 1024;

const parameters = () =>
  z.strictObject({
    platform: platformNameSchema().meta({ description: 'The name of the platform.' }),
    path: z.string().min(1).max(MOST_PATH_LETTERS).meta({
      description:
        "The platform's own path below the store's address, slashes and all, such as `categories/7`. docs/platforms.md lists them.",
    }),
  });
const query = () =>
  z
    .object({
      store: storeField(),
    })
    .catchall(z.string().max(MOST_VALUE_LETTERS));

/** A number that JavaScript has not room for would reach the platform as another one, or as null. */
const carried = () => z.unknown().refine(isCarried, 'holds a number of more than 15 digits: send it as text');

function isCarried(body: unknown): boolean {
  if (typeof body === 'number') return Number.isFinite(body) && Math.abs(body) <= Number.MAX_SAFE_INTEGER;
  return typeof body !== 'object' || body === null || Object.values(body).every(isCarried);
}

const answer = lazily(() =>
  z.object({
    /** The platform's own. */
    status: z.int(),
    /** Those that say where a list goes on. */
    headers: z.record(z.string(), z.string()),
    /** Read from JSON; absent where the platform sent none, and where a repeat is told of a call that was made. */
    body: z.unknown().optional(),
  }),
);

const ABOUT =
  'For what has no route and no command of ours. The call is made once, with the token, the limit and the circuit of the store. Every parameter but `store` goes to the platform. What has a verb of its own is not passed on: the problem names it.';
const REPEATED =
  'A repeat under the same Idempotency-Key is told `status` and `headers`, and no `body`, which may hold data of persons and is not kept.';
const PERSONS = {
  'orders:personal': 'is needed where the answer holds data of orders',
  'customers:personal': 'is needed where the answer holds data of customers',
} as const;

type Request = ApiRequest<
  z.output<ReturnType<typeof parameters>>,
  z.output<ReturnType<typeof query>>,
  unknown
>;

const routeOf = (method: Method, operation: string, summary: string): Route =>
  route({
    operation,
    method,
    path: '/v1/platforms/{platform}/api/{path+}',
    scopes: [method === 'GET' ? 'platform:read' : 'platform:write'],
    moreScopes: PERSONS,
    summary,
    description: method === 'GET' ? ABOUT : `${ABOUT} ${REPEATED}`,
    parameters,
    query,
    ...(method === 'GET' || method === 'DELETE'
      ? {}
      : { body: { schema: carried, maxBytes: MOST_SENT_BYTES } }),
    ...(method === 'GET' || method === 'POST' ? {} : { keyed: true as const }),
    ...(method === 'GET' ? {} : { atMostOnce: true as const }),
    answer: { status: 200, description: 'What the platform answered.', schema: answer },
    problems: [
      'request-invalid',
      'store-unknown',
      'endpoint-unknown',
      'endpoint-kept',
      'platform-refused',
      'platform-stopped',
      'platform-busy',
      ...(method === 'GET'
        ? (['answer-too-large'] as const)
        : (['outcome-unknown', 'idempotency-key-reused', 'idempotency-key-running'] as const)),
      ...(method === 'GET' || method === 'DELETE' ? [] : BODY_PROBLEMS),
    ],
    personal: true,
    handle: (request, context) => handle(method, request, context),
  });

/** Calls of a platform's API that are passed on. */
export const PASS_THROUGH: readonly Route[] = [
  routeOf('GET', 'readFromPlatform', "Read something of a platform's API"),
  routeOf('POST', 'postToPlatform', 'POST something to a platform'),
  routeOf('PUT', 'putToPlatform', 'PUT something to a platform'),
  routeOf('PATCH', 'patchAtPlatform', 'PATCH something of a platform'),
  routeOf('DELETE', 'deleteAtPlatform', 'DELETE something of a platform'),
];

async function handle(method: Method, request: Request, context: ApiContext): Promise<ApiAnswer> {
  const { path, query: given, body, client, requestId } = request;
  const { store: named, ...rest } = given;
  const store = storeOf(context.stores, path.platform, named);
  const outcome = await context.through(store, {
    method,
    path: path.path,
    query: rest,
    body,
    scopes: client.scopes,
    tellsPrices: isToldPrices(context.stock?.settings.channels ?? [], store),
    correlationId: requestId,
  });
  if (outcome.outcome === 'unknown') return unknown(requestId);
  if (outcome.outcome !== 'answered') throw problemOf(outcome);
  if (outcome.personal) {
    context.metrics.add('PersonalDataRead', store.platform, 1);
    context.log.info('personal data read', { client: client.name, platform: store.platform });
  }
  const { status, headers, body: said } = outcome.answer;
  const isTooLarge = bytesAsSent(said) > MOST_ANSWERED_BYTES;
  if (isTooLarge && method === 'GET')
    throw new Problem('answer-too-large', {
      detail:
        'The platform answered with more than an answer of ours can hold, about 4 MiB. Ask for fewer at once, by its own parameters.',
    });
  const shown = said === undefined || isTooLarge ? {} : { body: said };
  // Whatever it holds of persons is not kept for the sake of a repeat.
  return { status: 200, body: { status, headers, ...shown }, remembered: { status, headers } };
}

/** Kept under its Idempotency-Key, where there is one: the same request again must not do it a second time. */
function unknown(requestId: string): ApiAnswer {
  return new Problem('outcome-unknown', {
    detail:
      'The platform may have done it, and did not say so. Look there before you send it again, under another key.',
  }).answer(requestId);
}
