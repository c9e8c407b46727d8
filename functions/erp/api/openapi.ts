import * as z from 'zod';
import { feedEventSchema } from '../../domain/event.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import { acknowledgementView, ORDER_ANSWERS, orderView } from './answer-views.ts';
import { DOCUMENTED_BODIES } from './documented-bodies.ts';
import { FRAME_PROBLEMS, PROBLEMS, type ProblemCode } from './problem.ts';
import { productView } from './product-view.ts';
import { type Route, takesKey } from './route.ts';

type Json = Record<string, unknown>;

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** What to branch on. */
    code: z.string().meta({ description: 'What to branch on.', examples: Object.keys(PROBLEMS) }),
    detail: z.string().meta({ description: 'What is wrong and what to do, for a person.' }),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .meta({ description: 'JSON Pointer into `{path, query, headers, body}` of the request.' }),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
    requestId: z.string().meta({ description: 'The operator finds the request by it.' }),
    retry: z.enum(['after', 'same-key', 'new-key']).optional(),
  })
  .meta({ description: 'RFC 9457, with members of ours.' });

/** The API as an OpenAPI 3.1 document, made of its routes. */
export function openApiOf(routes: readonly Route[]): object {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    // OpenAPI knows no variable of several segments.
    const path = route.path.replace('+}', '}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Acopio',
      version: '1',
      description:
        "Orders and products of a merchant's sales channels, for the merchant's own system. Fields and words are added within /v1 without notice: pass over those that you do not know.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The output ApiUrl of the deployment.' }],
    security: [{ token: [] }],
    paths,
    webhooks: { event: { post: webhook() } },
    components: {
      schemas: componentsOf(routes),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token that begins with acp_.' },
      },
    },
  };
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const jsonOf = (schema: Json, type = 'application/json'): Json => ({ [type]: { schema } });
const answerName = ({ operation }: Route): string => `${capital(operation)}Answer`;
const bodyName = ({ operation }: Route): string => `${capital(operation)}Body`;
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function operationOf(route: Route): Json {
  const { operation, summary, description, scopes, moreScopes = {}, body, answer } = route;
  const needed = scopes.length === 0 ? 'Any token is let in.' : `Needs ${scopes.map(code).join(', ')}.`;
  const more = Object.entries(moreScopes).map(([scope, what]) => `${code(scope)} ${what}.`);
  return {
    operationId: operation,
    summary,
    description: [description, needed, ...more].filter((text) => text !== undefined).join(' '),
    security: [{ token: [...scopes] }],
    parameters: [
      ...parametersOf(route.parameters, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(takesKey(route) ? [idempotencyHeader] : []),
      ...(route.tagged === true ? [ifNoneMatchHeader] : []),
    ],
    ...(body === undefined ? {} : { requestBody: { required: true, content: jsonOf(ref(bodyName(route))) } }),
    responses: {
      [answer.status]: { description: answer.description, content: jsonOf(ref(answerName(route))) },
      ...(route.tagged === true ? { 304: { description: 'It is as the tag that you sent says.' } } : {}),
      ...refusalsOf(route),
    },
  };
}

const code = (word: string): string => `\`${word}\``;

const idempotencyHeader: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeats with the same key and body are answered as the first time, for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const ifNoneMatchHeader: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of an earlier answer.',
  schema: { type: 'string' },
};

/** By status, the problems that a route has. */
function refusalsOf({ problems, scopes }: Route): Json {
  const codes: ProblemCode[] = [
    ...FRAME_PROBLEMS,
    ...(scopes.length > 0 ? (['scope-missing'] as const) : []),
    ...problems,
  ];
  const byStatus: Record<string, Set<string>> = {};
  for (const name of codes) {
    const { status } = PROBLEMS[name];
    byStatus[status] ??= new Set();
    byStatus[status].add(name);
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, names]) => [
      status,
      {
        description: [...names].map(code).join(', '),
        content: jsonOf(ref('Problem'), 'application/problem+json'),
      },
    ]),
  );
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { $schema: _, description, ...json } = z.toJSONSchema(field as z.ZodType, { io: 'output' });
    return {
      name,
      in: place,
      required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: json,
      ...(json.type === 'array' ? { style: 'form', explode: false } : {}),
    };
  });
}

const webhook = (): Json => ({
  operationId: 'receiveEvent',
  summary: 'An event of the feed, sent to an endpoint of yours',
  description:
    'Signed as Standard Webhooks 1.0 has it: webhook-id, webhook-timestamp, webhook-signature. Answer 2xx once it is stored.',
  security: [],
  requestBody: { required: true, content: jsonOf(ref('FeedEvent')) },
  responses: {
    '2XX': { description: 'It is stored.' },
    410: { description: 'Send no more to this endpoint.' },
  },
});

/** @throws OwnError of a route whose answer nobody described */
export function answerSchemaOf({ operation, answer }: Route): z.ZodType {
  const schema = answer.schema?.() ?? ORDER_ANSWERS[operation];
  if (schema === undefined) throw new OwnError(`the answer of ${operation} has no schema`);
  return schema;
}

function componentsOf(routes: readonly Route[]): object {
  const answers: Record<string, z.ZodType> = {
    Problem: problem,
    Order: orderView,
    Product: productView(),
    Acknowledgement: acknowledgementView,
    FeedEvent: feedEventSchema(),
  };
  const bodies: Record<string, z.ZodType> = {};
  for (const route of routes) {
    answers[answerName(route)] = answerSchemaOf(route);
    if (route.body !== undefined)
      bodies[bodyName(route)] = DOCUMENTED_BODIES[route.operation] ?? route.body.schema;
  }
  return { ...schemasOf(answers, 'output'), ...schemasOf(bodies, 'input') };
}

function schemasOf(named: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      // What we answer may have more fields tomorrow.
      const { def } = zodSchema._zod;
      if (def.type === 'object' && (def as z.core.$ZodObjectDef).catchall === undefined)
        delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, id: ___, ...schema }]) => [name, schema]),
  );
}
