import type { PlatformRequest, PlatformResponse } from '../../../functions/http/transport.ts';
import { type ClientOptions, openClient } from './open-client.ts';

interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A client whose calls are answered by a function, and the calls it made. */
export function fakeApi(
  answer: (request: PlatformRequest, index: number) => FakeAnswer | Promise<FakeAnswer>,
  changes: Partial<ClientOptions> = {},
) {
  const calls: PlatformRequest[] = [];
  const transport = async (request: PlatformRequest): Promise<PlatformResponse> => {
    calls.push(request);
    const { status = 200, headers = {}, body } = await answer(request, calls.length - 1);
    return {
      status,
      headers: new Headers({ 'content-type': 'application/json', ...headers }),
      body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
    };
  };
  const client = openClient({
    transport,
    clock: { now: () => Date.parse('2026-11-22T12:00:00Z'), sleep: async () => {} },
    ...changes,
  });
  return { client, calls };
}

/** The JSON that a call sent. */
export function sentBody(request: PlatformRequest | undefined): unknown {
  return JSON.parse(String(request?.body ?? 'null'));
}
