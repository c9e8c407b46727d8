import { jsonOf } from '../../http/answer.ts';
import { type PassThrough, pathOf } from '../pass-through.ts';
import { isEmptyPage } from './client/requests.ts';
import type { NuvemshopClient } from './client.ts';
import { endpointsOf } from './endpoints.ts';

/** Paging of lists (Nuvemshop reference, introduction). */
const TOLD = ['link', 'x-total-count'];

export const passThrough: PassThrough<unknown, NuvemshopClient> = {
  endpoints: endpointsOf,
  async call({ through }, call) {
    const { endpoint, query, body } = call;
    const { operation, method } = endpoint;
    const made = through({
      operation,
      method,
      path: pathOf(call),
      query,
      body,
      idempotent: method !== 'POST' && method !== 'PATCH',
      expectsJson: method === 'GET',
    });
    const answer = await made.catch((error: unknown) => {
      // No refusal, though it has the status of one: whoever asks for a list is told that nothing is in it.
      if (method === 'GET' && isEmptyPage(error)) return undefined;
      throw error;
    });
    if (answer === undefined) return { status: 200, headers: {}, body: [] };
    const { status, headers, bytes } = answer;
    const told = TOLD.flatMap((name): [string, string][] => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    return { status, headers: Object.fromEntries(told), body: jsonOf(bytes) };
  },
};
