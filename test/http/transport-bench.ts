import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import type { Fetch } from '../../functions/http/fetch.ts';
import { type CallReport, createTransport, type PlatformRequest } from '../../functions/http/transport.ts';

/** What is to be stopped after the test. */
export const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function makeTransport(fetch?: Fetch) {
  const reports: CallReport[] = [];
  let now = 1000;
  const clock = { now: () => (now += 5), sleep: async () => {} };
  const transport = createTransport({
    clock,
    onCall: (report) => reports.push(report),
    ...(fetch === undefined ? {} : { fetch }),
  });
  return { transport, reports };
}

export const request = (url: string, changes: Partial<PlatformRequest> = {}): PlatformRequest => ({
  platform: 'nuvemshop',
  operation: 'orders.get',
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5000,
  idempotent: true,
  ...changes,
});

export const failureOf = async (promise: Promise<unknown>): Promise<PlatformError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlatformError)) throw new Error('it did not fail as a PlatformError');
  return error;
};
