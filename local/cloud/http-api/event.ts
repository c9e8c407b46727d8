import type { IncomingMessage } from 'node:http';

export interface RouteMatch {
  routeKey: string;
  pathParameters?: Record<string, string>;
}

export interface ApiInfo {
  apiId: string;
  account: string;
  region: string;
  stageVariables?: Record<string, string>;
}

/**
 * The event of an HTTP API with payload format 2.0. (API Gateway guide, "Create AWS Lambda proxy integrations for HTTP
 * APIs": lower-case header names, several values joined by commas, cookies apart.)
 */
export function toEvent(
  request: IncomingMessage,
  body: Buffer,
  route: RouteMatch,
  api: ApiInfo,
  requestId: string,
  now: number,
): object {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const rawQueryString = mark === -1 ? '' : url.slice(mark + 1);
  const rawPath = decodePath(mark === -1 ? url : url.slice(0, mark));
  const { cookies, headers } = splitHeaders(request, body);
  const query = queryParameters(rawQueryString);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const isText = isTextType(headers['content-type']);
  const domainPrefix = api.apiId;
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: { ...headers, 'x-forwarded-for': sourceIp, 'x-forwarded-proto': 'http' },
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: api.account,
      apiId: api.apiId,
      domainName: `${domainPrefix}.execute-api.${api.region}.amazonaws.com`,
      domainPrefix,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: accessLogTime(now),
      timeEpoch: now,
    },
    ...(route.pathParameters ? { pathParameters: route.pathParameters } : {}),
    ...(api.stageVariables ? { stageVariables: api.stageVariables } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Types whose bytes arrive as text; every other type, and none at all, arrives as base64. */
export function isTextType(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    type.startsWith('text/') ||
    /^application\/(json|javascript|xml)$/.test(type) ||
    /\+(json|xml)$/.test(type)
  );
}

function splitHeaders(
  request: IncomingMessage,
  body: Buffer,
): { cookies: string[]; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  let cookies: string[] = [];
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (!values) continue;
    if (name === 'cookie') cookies = values.flatMap((value) => value.split(/;\s*/));
    else if (name !== 'connection' && name !== 'transfer-encoding') headers[name] = values.join(',');
  }
  headers['content-length'] = String(body.length);
  return { cookies, headers };
}

function queryParameters(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  // One may be called what every object has.
  return Object.fromEntries(parameters);
}

/** A path without its percent signs, or as it is when they are not valid. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `22/Nov/2026:05:07:06 +0000` */
function accessLogTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().match(/, (\d+) (\w+) (\d+) ([\d:]+)/) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
