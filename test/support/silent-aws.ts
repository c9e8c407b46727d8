import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { onTestFinished, vi } from 'vitest';
import type { Patience } from '../../functions/runtime/aws-clients.ts';

/** Long enough for a local table under load, short enough for a test. */
export const IMPATIENT: Patience = { connectMs: 500, answerMs: 1500, attempts: 2 };

/** How a server that took a connection deals with a request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface Endpoint {
  url: string;
  /** Requests that came in. */
  count: number;
  behave: Behaviour;
}

/** Takes the connection and the request, and never answers. */
export const silent: Behaviour = () => {};

/** Begins an answer and never ends it. */
export const stuck: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
  response.write('{');
};

// Tests put another one in its place.
const { fetch: network } = globalThis;

/** Passes requests on. */
export const passOn =
  (target: string): Behaviour =>
  async (request, response) => {
    const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers;
    const answer = await network(`${target}${request.url ?? ''}`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: await buffer(request),
    });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };

/** A server of one test. */
export async function endpoint(behave: Behaviour): Promise<Endpoint> {
  const here: Endpoint = { url: '', count: 0, behave };
  const server = createServer((request, response) => {
    here.count += 1;
    here.behave(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  here.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return here;
}

/** The URL of a queue, which is what its client calls. */
export const queueUrl = ({ url }: Endpoint): string => `${url}/000000000000/queue`;

/** Lets the AWS clients that are made from now on call these servers, whatever was put in their place before. */
export function useEndpoints(endpoints: {
  queue?: Endpoint;
  table?: Endpoint;
  secrets?: Endpoint;
  bus?: Endpoint;
}): void {
  const { queue, table, secrets, bus } = endpoints;
  vi.stubEnv('AWS_REGION', 'sa-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  if (bus !== undefined) vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', bus.url);
  if (table !== undefined) vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', table.url);
  if (queue !== undefined) {
    mockClient(SQSClient).restore();
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', queue.url);
  }
  if (secrets !== undefined) {
    mockClient(SecretsManagerClient).restore();
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.url);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}
