import type { Answer, ScreenName } from '../screens.ts';

/** What a question came to. */
export interface Answered<T> {
  data: T;
  /** Calls of AWS that it took, and its time in ms. */
  calls: number;
  ms: number;
}

/** An answer that is none. `status` 401: nobody is let in any more. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const OWN = { 'x-acopio': 'page' };

async function call<T>(path: string, init: RequestInit): Promise<Answered<T>> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' });
  const body = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new NotAnswered(response.status, body.error ?? response.statusText);
  const count = (name: string) => Number(response.headers.get(name) ?? 0);
  return { data: body, calls: count('x-acopio-calls'), ms: count('x-acopio-ms') };
}

/** Asks a screen's question. @param byItself nobody is there: it keeps no session alive */
export function ask<N extends ScreenName>(
  name: N,
  query: Record<string, string>,
  byItself = false,
): Promise<Answered<Answer<N>>> {
  const text = new URLSearchParams(query).toString();
  const headers: Record<string, string> = byItself ? { 'x-acopio-by-itself': '1' } : {};
  return call(`/api/${name}${text === '' ? '' : `?${text}`}`, { headers });
}

/** Who is here and what the page may do. */
export interface PageState {
  merchant: string;
  region: string;
  release: string;
  who: string;
  platforms: readonly { name: string; title: string }[];
  /** Where an order may stand. */
  statuses: readonly string[];
  write: boolean;
  personal: boolean;
}
export const askState = async (): Promise<PageState> => (await call<PageState>('/api/state', {})).data;

type Said = 'plan' | 'run' | 'person' | 'find' | 'peek' | 'session';

/** Says what is no question, or must not stand in an address: a plan, a run, a look at a person, an e-mail. */
export const tell = async <T>(name: Said, body: object): Promise<T> =>
  (await tellCounted<T>(name, body)).data;

/** The same, with what it took. */
export function tellCounted<T>(name: Said, body: object): Promise<Answered<T>> {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...OWN, 'content-type': 'application/json' },
  };
  return call<T>(`/api/${name}`, init);
}
