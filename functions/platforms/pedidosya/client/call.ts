import { classify } from '../../../http/classify.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../http/errors.ts';
import { parseJson } from '../../../http/json.ts';
import type { PlatformResponse, Transport } from '../../../http/transport.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { PedidosyaSettings } from '../../settings.ts';
import { ENDPOINTS, type Operation } from '../endpoints.ts';
import type { AccessTokens } from './access-token.ts';

export interface Call {
  operation: Exclude<Operation, 'oauth.token'>;
  /** Values of the path's parameters other than the chain. */
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
}

/** A success of the platform. */
export interface Answer {
  status: number;
  bytes: Uint8Array;
  /** @throws PlatformError of kind `not-understood` when the body is not JSON. */
  json(): unknown;
}

/** Makes one authenticated call. @throws PlatformError for everything but a success. */
export type Caller = (call: Call) => Promise<Answer>;

/** What the platform says about our pace, for the shared bucket. */
export interface PedidosyaFeedback {
  throttled: boolean;
  retryAfterMs?: number;
}

export interface CallerOptions {
  settings: Pick<PedidosyaSettings, 'baseUrl' | 'chainId'>;
  tokens: AccessTokens;
  transport: Transport;
  clock: Clock;
  /** Takes a token of the shared limit before each call; may wait or throw. */
  admit?: (operation: Operation) => Promise<void>;
  onFeedback?: (feedback: PedidosyaFeedback) => void | Promise<void>;
  correlationId?: string;
}

const TIMEOUT_MS = 20_000;
const TOKEN_REMEDY =
  'The token is refused. In the Partner Portal open Shops Integrations > Configuración > API > Administración de tokens, ' +
  'create one and put it into the secret; calls resume by themselves.';

/** Makes the caller that every part of the client goes through: path, token, one renewal on 401, and what failures mean. */
export function createCaller(options: CallerOptions): Caller {
  const { tokens, clock } = options;

  return async (call) => {
    const { operation } = call;
    const url = urlOf(call, options.settings);
    const send = async (token: string) => {
      await options.admit?.(operation);
      return options.transport({
        ...requestOf(call, url, token, options.correlationId),
        readmit: async () => options.admit?.(operation),
      });
    };
    const token = await tokens.get();
    let answer = await send(token);
    if (answer.status === 401) {
      const renewed = await tokens.renew(token);
      if (renewed !== token) answer = await send(renewed);
    }
    const failure = failureOf(answer, clock.now());
    await options.onFeedback?.({
      throttled: failure?.throttled ?? false,
      ...(failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    });
    if (failure !== undefined) {
      throw failed({ operation, status: answer.status, ...failure, ...detailOf(answer) });
    }
    const { status, body } = answer;
    return { status, bytes: body, json: () => readJson(operation, status, body) };
  };
}

/** An error of PedidosYa's room. */
export function failed(details: Omit<PlatformErrorDetails, 'platform'>): PlatformError {
  return new PlatformError({ platform: 'pedidosya', ...details });
}

/** The error for a success whose body is not what is documented. */
export function notUnderstood(operation: Operation, status: number, detail: string): PlatformError {
  const outcomeUnknown = ENDPOINTS[operation].method !== 'GET';
  return failed({ operation, kind: 'invalid-response', status, detail, outcomeUnknown });
}

function urlOf({ operation, params, query }: Call, { baseUrl, chainId }: CallerOptions['settings']): string {
  const values: Readonly<Record<string, string>> = { ...params, chain: chainId };
  const path = ENDPOINTS[operation].path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    // Dots are not escaped in a path, and would climb out of it.
    if (/^\.{0,2}$/.test(value)) {
      throw failed({ operation, kind: 'refused', detail: `The ${name} is empty or no id.` });
    }
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? `${baseUrl}${path}` : `${baseUrl}${path}?${search}`;
}

function requestOf(call: Call, url: string, token: string, correlationId: string | undefined) {
  const { method, idempotent } = ENDPOINTS[call.operation];
  return {
    platform: 'pedidosya' as const,
    operation: call.operation,
    method,
    url,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeoutMs: TIMEOUT_MS,
    idempotent,
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function failureOf(answer: PlatformResponse, nowMs: number): ReturnType<typeof classify> {
  const failure = classify(answer, nowMs);
  if (failure === undefined || failure.throttled) return failure;
  if (answer.status === 401) return { ...failure, remedy: TOKEN_REMEDY };
  // A pilot that is not open to this chain: waiting does not open it.
  if (answer.status === 501) {
    const remedy = 'PedidosYa has not enabled this for the chain; ask the account manager.';
    return { kind: 'refused', throttled: false, outcomeUnknown: false, remedy };
  }
  return failure;
}

function readJson(operation: Operation, status: number, body: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw notUnderstood(operation, status, `${body.byteLength} bytes that are not JSON.`);
  }
}

// Error bodies are not documented and may quote what was sent: only what looks like a code is passed on.
function detailOf({ body }: PlatformResponse): { detail?: string } {
  if (body.byteLength === 0 || body.byteLength > 16_384) return {};
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof json !== 'object' || json === null) return {};
    const codes = ['code', 'error', 'error_code', 'type'].map(
      (key) => Object.entries(json).find(([k]) => k === key)?.[1],
    );
    const code: unknown = codes.find(
      (value) => typeof value === 'string' && /^[A-Za-z_.-]{2,60}$/.test(value),
    );
    return typeof code === 'string' ? { detail: `The platform says: ${code}.` } : {};
  } catch {
    return {};
  }
}
