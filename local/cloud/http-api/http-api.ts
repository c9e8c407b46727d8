import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { FunctionService, LocalFunction } from '../functions/function-service.ts';
import type { Outcome } from '../functions/sandbox.ts';
import { readBody } from '../gateway/body.ts';
import { asObject, isObject } from '../json.ts';
import { type ApiInfo, toEvent } from './event.ts';
import { findRoute, type Route } from './routes.ts';
import type { Throttles } from './throttles.ts';

/** Largest request body, in bytes. (API Gateway guide, "Quotas for HTTP APIs".) */
const MOST_BYTES = 10 * 1024 * 1024;
/** Largest event of a synchronous invocation, in bytes. (Lambda guide, "Lambda quotas".) */
const MOST_EVENT_BYTES = 6 * 1024 * 1024;

export interface ApiTarget {
  local: LocalFunction;
  timeoutMs: number;
}

/** Answers requests to the HTTP API as API Gateway does, with the function of the route. */
export function createHttpApi(options: {
  routes: readonly Route<ApiTarget>[];
  functions: FunctionService;
  api: ApiInfo;
  /** Absent: every route takes all that comes. */
  throttles?: Throttles | undefined;
  now: () => number;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = randomUUID();
    response.setHeader('apigw-requestid', requestId);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const found = findRoute(options.routes, request.method ?? 'GET', path);
    if (!found) return answer(response, 404, 'Not Found');
    if (options.throttles?.take(found.match.routeKey) === false) {
      return answer(response, 429, 'Too Many Requests');
    }
    const body = await readBody(request, MOST_BYTES);
    if (!body) return answer(response, 413, 'Request Entity Too Large');
    const event = toEvent(request, body, found.match, options.api, requestId, options.now());
    if (Buffer.byteLength(JSON.stringify(event)) > MOST_EVENT_BYTES) {
      return answer(response, 413, 'Request Entity Too Large');
    }
    const { local, timeoutMs } = found.target;
    const outcome = await within(timeoutMs, options.functions.invoke(local, event, 'caller-waits'));
    if (outcome === 'refused' || outcome === 'late') return answer(response, 503, 'Service Unavailable');
    if (outcome.failure) return answer(response, 500, 'Internal Server Error');
    send(response, outcome.payload);
  };
}

async function within(timeoutMs: number, work: Promise<Outcome>): Promise<Outcome | 'late' | 'refused'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const refused = (error: unknown): 'refused' => {
    if (error instanceof ServiceError) return 'refused';
    throw error;
  };
  try {
    return await Promise.race([work.catch(refused), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A result without a status code is the body of a 200; one with it is a whole response. */
function send(response: ServerResponse, payload: unknown): void {
  if (!isObject(payload) || payload.statusCode === undefined) {
    response.setHeader('content-type', 'application/json');
    response.end(payload === null || payload === undefined ? '' : JSON.stringify(payload));
    return;
  }
  const status = Number(payload.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    answer(response, 500, 'Internal Server Error');
    return;
  }
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain;charset=utf-8');
  for (const [name, value] of Object.entries(asObject(payload.headers))) {
    if (value !== undefined && value !== null) response.setHeader(name, String(value));
  }
  if (Array.isArray(payload.cookies)) response.setHeader('set-cookie', payload.cookies.map(String));
  const text = payload.body === undefined || payload.body === null ? '' : String(payload.body);
  response.end(Buffer.from(text, payload.isBase64Encoded === true ? 'base64' : 'utf8'));
}

function answer(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ message }));
}
