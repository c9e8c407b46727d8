import type { HttpMethod } from '../http/transport.ts';

/** What brings a call of the platform's API about, beside whoever has it passed on. */
export type Reach = 'event' | 'schedule' | 'installation' | `${'route' | 'command' | 'operator'} ${string}`;

interface Known {
  /** Its name in logs and metrics, as the client's method has it where there is one. */
  readonly operation: string;
  readonly method: HttpMethod;
  /** As the platform's documentation has it, below the store's address, with `{variables}`. `{store}` is the store's id. */
  readonly path: string;
  /** What of ours makes the call. */
  readonly reachedBy: readonly Reach[];
}

/** A call that is made for whoever asks for it. */
export interface PassedEndpoint extends Known {
  readonly through: 'read' | 'write';
  /** Its answer holds data of persons, and needs these scopes too. */
  readonly persons?: readonly ('orders:personal' | 'customers:personal')[];
  /** What keeps a body from being passed on, and what to do instead; undefined when nothing does. */
  refusal?(body: unknown, about: StoreFacts): string | undefined;
}

/** What decides of a store whether a body is passed on to it. */
export interface StoreFacts {
  /** We tell it what to charge. */
  readonly tellsPrices: boolean;
}

/** A call that nobody has passed on, because it would go round something of ours. */
export interface KeptEndpoint extends Known {
  readonly through: 'never';
  /** Why, and what to use instead. */
  readonly reason: string;
}

/** One call of a platform's API. */
export type Endpoint = PassedEndpoint | KeptEndpoint;

/** A call as it is passed on. */
export interface ThroughCall {
  readonly endpoint: PassedEndpoint;
  /** Values of the path's variables, not encoded; none of them is empty or climbs out of its place. */
  readonly variables: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What the platform answered. */
export interface ThroughAnswer {
  readonly status: number;
  /** Those that say where a list goes on. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read from JSON; absent where there was none. */
  readonly body?: unknown;
}

/** How a platform's API is reached by whoever has a call passed on. Its client's token is one that no call replaces. */
export interface PassThrough<S = unknown, Api = unknown> {
  /** The calls there are. A call that is in no row is not passed on. */
  endpoints(store: { readonly id: string; readonly settings: S }): readonly Endpoint[];
  /** @throws PlatformError */
  call(api: Api, call: ThroughCall): Promise<ThroughAnswer>;
}

/** The scopes that a call needs. */
export function scopesOf({
  through,
  persons = [],
}: Pick<PassedEndpoint, 'through' | 'persons'>): (
  | 'platform:read'
  | 'platform:write'
  | 'orders:personal'
  | 'customers:personal'
)[] {
  return [`platform:${through}`, ...persons];
}

/** An endpoint that a path belongs to, with what the path's variables are. */
export interface FoundEndpoint {
  readonly endpoint: Endpoint;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The endpoint of a method and a path. Of several forms that a path has, the one with the fewest variables decides before
 * the method is looked at: a path that the platform reads as something else is never taken for an id.
 *
 * @param path not encoded, without a slash in front
 */
export function findEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  path: string,
): FoundEndpoint | undefined {
  const matches = endpoints.flatMap((endpoint) => {
    const variables = match(endpoint.path, path);
    return variables === undefined ? [] : [{ endpoint, variables }];
  });
  const fewest = Math.min(...matches.map(({ variables }) => Object.keys(variables).length));
  return matches.find(
    ({ endpoint, variables }) =>
      Object.keys(variables).length === fewest && endpoint.method === method.toUpperCase(),
  );
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, actual] = [pattern.slice(1).split('/'), path.split('/')];
  if (wanted.length !== actual.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = actual[at] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name === undefined ? value !== part : /^\.{0,2}$/.test(value)) return undefined;
    if (name !== undefined) variables[name] = value;
  }
  return variables;
}

/** The path of a call, with its variables encoded. */
export const pathOf = ({ endpoint, variables }: Pick<ThroughCall, 'endpoint' | 'variables'>): string =>
  endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(variables[name] ?? ''));
