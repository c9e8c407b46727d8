import { lazily } from '../../../domain/lazily.ts';
import { type Failure, parseJson, strictTextOf, textOf } from '../../../http/answer.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../http/errors.ts';
import type { PlatformResponse } from '../../../http/transport.ts';
import type { Send } from '../../calls.ts';
import { ENDPOINTS, type Endpoint, type Operation } from '../endpoints.ts';
import type { PedidosyaChain } from '../settings.ts';

export interface Call extends CallContent {
  operation: Exclude<Operation, 'oauth.token'>;
}

/** What a call says. */
export interface CallContent {
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
  /** The bytes read as UTF-8, once for all who ask; empty when they are none. */
  text(): string;
  /** @throws PlatformError of kind `invalid-response` when the body is not JSON. */
  json(): unknown;
}

/** Makes one authenticated call. @throws PlatformError for everything but a success. */
export type Caller = (call: Call) => Promise<Answer>;

/** An endpoint that no method of the client is made of. */
export interface OtherCall extends CallContent {
  operation: string;
  endpoint: Pick<Endpoint, 'method' | 'path' | 'idempotent'>;
}

const TIMEOUT_MS = 20_000;
const TOKEN_REMEDY =
  'The token is refused. In the Partner Portal open Shops Integrations > Configuración > API > Administración de tokens, ' +
  'create one and put it into the secret; calls resume by themselves.';

const OUTLET_REMEDY =
  'The token may not do this at the outlet. If it was closed or belongs to another chain, take it out of the stores of the chain; ' +
  'else ask the account manager of PedidosYa for the permission.';

type Addressed = Pick<PedidosyaChain, 'baseUrl' | 'chainId'>;

/** Makes the caller that every part of the client goes through. */
export function createCaller(send: Send, settings: Addressed): Caller {
  const callAny = createAnyCaller(send, settings);
  return (call) => callAny({ ...call, endpoint: ENDPOINTS[call.operation] });
}

/** Makes any call of the API: path, form, and what failures mean. */
export function createAnyCaller(send: Send, settings: Addressed): (call: OtherCall) => Promise<Answer> {
  return async (call) => {
    const { operation, body } = call;
    const { method, idempotent } = call.endpoint;
    const { response, failure } = await send({
      operation,
      method,
      idempotent,
      url: urlOf(call, settings),
      headers: (token = '') => ({
        Authorization: `Bearer ${token}`,
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
    });
    const { status } = response;
    if (failure !== undefined)
      throw failed({ operation, status, ...meaningOf(failure, status, call), ...detailOf(response) });
    const text = lazily(() => strictTextOf(response.body) ?? '');
    const answer = { status, bytes: response.body, text };
    return { ...answer, json: () => readJson({ operation, method }, answer) };
  };
}

/** An error of PedidosYa's room. */
export function failed(details: Omit<PlatformErrorDetails, 'platform'>): PlatformError {
  return new PlatformError({ platform: 'pedidosya', ...details });
}

/** The error for a success whose body is not what is documented. */
export const notUnderstood = (operation: Operation, status: number, detail: string): PlatformError =>
  unreadable({ operation, method: ENDPOINTS[operation].method }, status, detail);

type Named = Pick<OtherCall, 'operation'> & Pick<Endpoint, 'method'>;

const unreadable = ({ operation, method }: Named, status: number, detail: string): PlatformError =>
  failed({ operation, kind: 'invalid-response', status, detail, outcomeUnknown: method !== 'GET' });

function urlOf({ operation, endpoint, params, query }: OtherCall, { baseUrl, chainId }: Addressed): string {
  const values: Readonly<Record<string, string>> = { ...params, chain: chainId };
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
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

function meaningOf(failure: Failure, status: number, { params }: CallContent): Failure {
  if (failure.throttled) return failure;
  if (status === 401) return { ...failure, remedy: TOKEN_REMEDY };
  if (status === 403 && params?.vendor !== undefined) return { ...failure, remedy: OUTLET_REMEDY };
  // A pilot that is not open to this chain: waiting does not open it.
  if (status === 501) {
    const remedy = 'PedidosYa has not enabled this for the chain; ask the account manager.';
    return { kind: 'refused', throttled: false, outcomeUnknown: false, remedy };
  }
  return failure;
}

function readJson(call: Named, { status, bytes, text }: Omit<Answer, 'json'>): unknown {
  try {
    return parseJson(text());
  } catch {
    throw unreadable(call, status, `${bytes.byteLength} bytes that are not JSON.`);
  }
}

// Error bodies are not documented and may quote what was sent: only what looks like a code is passed on.
function detailOf({ body }: PlatformResponse): { detail?: string } {
  if (body.byteLength === 0 || body.byteLength > 16_384) return {};
  try {
    const json: unknown = JSON.parse(textOf(body));
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
