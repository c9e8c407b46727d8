import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { Client, Scope } from '../tokens.ts';
import type { ApiContext } from './context.ts';
import type { ProblemCode } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that was let in and read. */
export interface ApiRequest<Path = unknown, Query = unknown, Body = unknown> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly client: Client;
  /** Follows the request through log, answer and audit trail. */
  readonly requestId: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Sent as JSON; nothing when absent. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a repeat under the same Idempotency-Key is answered with, where the body must not be remembered. */
  readonly remembered?: unknown;
  /** Nothing of the request was done or kept: a repeat under its Idempotency-Key is judged anew. */
  readonly nothingKept?: boolean;
}

/** What a route answers when all is well. */
export interface AnswerSpec {
  readonly status: number;
  readonly description: string;
  /**
   * Made when it is asked for: documents need it, and no answer does. Absent where it is of orders: answer-views.ts has those,
   * so that the function does not make the schema of an order at its start.
   */
  schema?(): z.ZodType;
}

/** What a route takes. */
export interface RouteBody<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly maxBytes: number;
}

/**
 * One route of the API as data. From the list of them come the routes that are deployed, what is let in and how it is read,
 * the OpenAPI document, the documentation and the tests.
 */
export interface Route<Context = ApiContext> {
  /** Name of the operation, for generated clients: `listOrders`. */
  readonly operation: string;
  readonly method: Method;
  /** As API Gateway writes it: `/v1/orders/{id}`. */
  readonly path: `/v1/${string}`;
  /** All of them are needed; none means that any token is let in. */
  readonly scopes: readonly Scope[];
  /** Scopes that let the caller see or do more, and what. */
  readonly moreScopes?: Readonly<Partial<Record<Scope, string>>>;
  readonly summary: string;
  /** In Markdown, for the documents. */
  readonly description?: string;
  /** The variables of the path. */
  readonly parameters: z.ZodObject;
  readonly query: z.ZodObject;
  /** Of methods that take one. */
  readonly body?: RouteBody<z.ZodType>;
  readonly answer: AnswerSpec;
  /** Problems that this route has beyond those of every route. */
  readonly problems: readonly ProblemCode[];
  /** The answer may hold data of persons. */
  readonly personal: boolean;
  /** Takes an Idempotency-Key although it is no POST. */
  readonly keyed?: true;
  /** Nobody can look whether it was done: under an Idempotency-Key it is not done again after whoever did it was cut off. */
  readonly atMostOnce?: true;
  /** The answer has an ETag, and `If-None-Match` is looked at. */
  readonly tagged?: true;
  handle(request: ApiRequest, context: Context): Promise<ApiAnswer>;
}

const none = () => z.strictObject({});

type Shaped<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, Context> = Omit<
  Route,
  'parameters' | 'query' | 'body' | 'handle'
> & {
  readonly parameters?: () => P;
  readonly query?: () => Q;
  readonly body?: Omit<RouteBody<B>, 'schema'> & { readonly schema: () => B };
  handle(request: ApiRequest<z.output<P>, z.output<Q>, z.output<B>>, context: Context): Promise<ApiAnswer>;
};

/**
 * A route whose work sees path, query and body as its schemas read them. They are made at the first request that needs them:
 * a function that has just started answers one route, and making the schemas of all takes longer than that.
 */
export function route<
  P extends z.ZodObject = ReturnType<typeof none>,
  Q extends z.ZodObject = ReturnType<typeof none>,
  B extends z.ZodType = z.ZodUndefined,
  Context = ApiContext,
>({ parameters, query, body, ...rest }: Shaped<P, Q, B, Context>): Route<Context> {
  const [parametersOnce, queryOnce] = [
    lazily<z.ZodObject>(parameters ?? none),
    lazily<z.ZodObject>(query ?? none),
  ];
  return {
    ...rest,
    get parameters() {
      return parametersOnce();
    },
    get query() {
      return queryOnce();
    },
    ...(body === undefined ? {} : { body: bodyOnce(body) }),
  };
}

function bodyOnce<B extends z.ZodType>({
  schema,
  ...body
}: Omit<RouteBody<B>, 'schema'> & { schema: () => B }): RouteBody<B> {
  const once = lazily(schema);
  return {
    ...body,
    get schema() {
      return once();
    },
  };
}

/** Whether a repeat under the same Idempotency-Key is answered as the first time. */
export const takesKey = ({ method, keyed }: Pick<Route, 'method' | 'keyed'>): boolean =>
  method === 'POST' || keyed === true;

/** How API Gateway calls the route, in the template and in each event. */
export const routeKeyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
