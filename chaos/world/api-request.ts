import type { HttpEvent } from '../../functions/erp/api/answer-request.ts';
import { TOKEN } from './command-containers.ts';

/** A request of the merchant's own system to the API. */
export interface ApiRequest {
  method: 'POST' | 'PUT';
  path: string;
  query?: string;
  body: string;
}

let requests = 0;

/** As the gateway hands it on. */
export function apiEvent({ method, path, query = '', body }: ApiRequest): HttpEvent {
  requests += 1;
  const routeKey = `${method} ${path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body,
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'chaos',
      domainName: 'api.invalid',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'simulated' },
      requestId: `command-request-${requests}`,
      routeKey,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  };
}
