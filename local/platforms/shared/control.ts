import * as z from 'zod';
import type { CallRecord, Fault, RouteDoc, SimRequest, SimResponse, SimWorld } from '../simulator.ts';
import type { FaultRegistry } from './fault-registry.ts';

const faultKinds = [
  'status',
  'html',
  'timeout-before',
  'timeout-after',
  'reset-before',
  'reset-after',
  'reset-during',
  'empty-body',
  'truncated-body',
  'slow',
] as const;

const faultBody = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      /** A regular expression over the path, as text. */
      pattern: z.string().optional(),
    })
    .optional(),
  kind: z.enum(faultKinds),
  status: z.int().min(100).max(599).optional(),
  times: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  delayMs: z.number().nonnegative().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/** Something that a person can make happen in the world by `POST /_sim/do/{name}`. Receives the parsed JSON body. */
export type ControlAction = (input: unknown) => unknown;

/** What the control routes need. */
export interface ControlOptions {
  name: string;
  faults: FaultRegistry;
  calls: CallRecord[];
  routes: readonly RouteDoc[];
  world: SimWorld;
  actions: Readonly<Record<string, ControlAction>>;
}

/** Makes the handler of the routes under `/_sim`, by which a person or another process steers a simulator. */
export function createControl(options: ControlOptions): (request: SimRequest) => Promise<SimResponse> {
  return async (request) => {
    try {
      return await control(request, options);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { status: 400, body: { error: message } };
    }
  };
}

async function control(request: SimRequest, options: ControlOptions): Promise<SimResponse> {
  const { faults, calls, routes, world, actions } = options;
  const path = request.path.slice('/_sim'.length);
  const key = `${request.method} ${path === '' ? '/' : path}`;
  switch (key) {
    case 'GET /':
      return { status: 200, body: help(options) };
    case 'GET /faults':
      return { status: 200, body: faults.active().map(printable) };
    case 'POST /faults':
      faults.add(parseFault(json(request)));
      return { status: 201, body: faults.active().map(printable) };
    case 'DELETE /faults':
      faults.clear();
      return { status: 204 };
    case 'GET /calls':
      return { status: 200, body: calls };
    case 'GET /routes':
      return {
        status: 200,
        body: routes.map(({ method, path: template, source }) => ({ method, path: template, source })),
      };
    case 'GET /truth':
      return { status: 200, body: world.truth() };
    case 'GET /effects':
      return { status: 200, body: world.effects() };
    case 'GET /deliveries':
      return { status: 200, body: { pending: world.pendingDeliveries(), deliveries: world.deliveries() } };
    default: {
      const action = request.method === 'POST' ? actions[path.slice('/do/'.length)] : undefined;
      if (path.startsWith('/do/') && action !== undefined) {
        return { status: 200, body: (await action(json(request))) ?? {} };
      }
      return { status: 404, body: { error: `${key} is not a control route.`, ...help(options) } };
    }
  }
}

function help({ name, actions }: ControlOptions): object {
  return {
    simulator: name,
    routes: [
      'GET /_sim/faults',
      'POST /_sim/faults {"match":{"method":"GET","path":"/orders/{id}"},"kind":"status","status":500,"times":1}',
      'DELETE /_sim/faults',
      'GET /_sim/calls',
      'GET /_sim/routes',
      'GET /_sim/truth',
      'GET /_sim/effects',
      'GET /_sim/deliveries',
      ...Object.keys(actions).map((action) => `POST /_sim/do/${action}`),
    ],
    faultKinds,
  };
}

/** Reads a fault as written in JSON. Throws when a field is unknown or wrong. */
export function parseFault(input: unknown): Fault {
  const parsed = faultBody.safeParse(input);
  if (!parsed.success) throw new Error(`Not a fault: ${z.prettifyError(parsed.error)}`);
  const { match, ...rest } = parsed.data;
  const path = match?.pattern === undefined ? match?.path : new RegExp(match.pattern);
  return {
    ...definedOnly(rest),
    kind: rest.kind,
    ...(match === undefined
      ? {}
      : {
          match: {
            ...(match.method === undefined ? {} : { method: match.method }),
            ...(path === undefined ? {} : { path }),
          },
        }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}

function printable(fault: Fault): object {
  const path = fault.match?.path;
  return path instanceof RegExp ? { ...fault, match: { ...fault.match, path: String(path) } } : fault;
}

function json(request: SimRequest): unknown {
  if (request.body.length === 0) return {};
  return JSON.parse(request.body.toString('utf8'));
}
