import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request to one of our APIs. */
export interface HttpRequest {
  method: 'POST' | 'PUT';
  path: string;
  query?: string;
  headers: Record<string, string>;
  body: string;
}

/** The request as the gateway hands it on. */
export const httpEvent = (
  { method, path, query = '', headers, body }: HttpRequest,
  requestId: string,
): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: `${method} ${path}`,
  rawPath: path,
  rawQueryString: query,
  ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
  headers,
  body,
  isBase64Encoded: false,
  requestContext: {
    accountId: '000000000000',
    apiId: 'chaos',
    domainName: 'api.invalid',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'simulated' },
    requestId,
    routeKey: `${method} ${path}`,
    stage: '$default',
    time: '',
    timeEpoch: 0,
  },
});
