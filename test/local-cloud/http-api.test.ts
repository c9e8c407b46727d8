import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { isTextType } from '../../local/cloud/http-api/event.ts';
import { findRoute } from '../../local/cloud/http-api/routes.ts';
import { Throttles } from '../../local/cloud/http-api/throttles.ts';
import { httpApi, lambda, role, startFixture, stopAll } from './fixture.ts';

const handler = `
  exports.handler = async (event) => {
    switch (event.rawPath) {
      case '/throw': throw new Error('secret reason');
      case '/plain': return { hello: 'plain' };
      case '/bad': return { statusCode: 'many' };
      case '/whole': return { statusCode: 201, headers: { 'X-Own': 'yes', 'content-type': 'image/png' },
        cookies: ['a=1', 'b=2'], body: Buffer.from([0, 255, 7]).toString('base64'), isBase64Encoded: true };
      default: return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
    }
  };`;

let cloud: Cloud;
beforeAll(async () => {
  const resources = httpApi(
    'F',
    'POST /echo',
    'GET /echo',
    'GET /orders/{id}',
    'ANY /files/{proxy+}',
    'GET /throw',
    'GET /plain',
    'GET /bad',
    'GET /whole',
  );
  cloud = await startFixture(
    { Main: { Resources: { R: role(), F: lambda('api', 'R'), ...resources } } },
    { api: handler },
  );
});
afterAll(stopAll);

const call = (path: string, init?: RequestInit) => fetch(cloud.apiUrl + path, init);
interface Event extends Record<string, unknown> {
  body: string;
  isBase64Encoded: boolean;
  pathParameters: Record<string, string>;
  queryStringParameters: Record<string, string>;
  requestContext: { time: string };
}
const event = async (path: string, init?: RequestInit): Promise<Event> =>
  (await (await call(path, init)).json()) as Event;

describe('the event of payload format 2.0', () => {
  it('has parameters that are called what every object has as they were sent', async () => {
    const got = await event('/echo?constructor=1&__proto__=2&__proto__=3');

    expect(Object.entries(got.queryStringParameters)).toEqual([
      ['constructor', '1'],
      ['__proto__', '2,3'],
    ]);
  });

  it('has the request in it', async () => {
    const got = await event('/echo?a=1&b=x%20y&a=2', {
      headers: { 'X-Mixed-Case': 'Value', cookie: 'one=1; two=2', 'user-agent': 'test' },
    });

    expect(got).toMatchObject({
      version: '2.0',
      routeKey: 'GET /echo',
      rawPath: '/echo',
      rawQueryString: 'a=1&b=x%20y&a=2',
      queryStringParameters: { a: '1,2', b: 'x y' },
      cookies: ['one=1', 'two=2'],
      headers: { 'x-mixed-case': 'Value', 'user-agent': 'test' },
      requestContext: {
        accountId: '000000000000',
        http: {
          method: 'GET',
          path: '/echo',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        routeKey: 'GET /echo',
        stage: '$default',
      },
      isBase64Encoded: false,
    });
    expect(got).not.toHaveProperty('body');
    expect(got).not.toHaveProperty('headers.cookie');
    expect(got.requestContext.time).toMatch(/^\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
  });

  it.each([
    ['application/json', '{"año":1}', false],
    ['application/json; charset=utf-8', '{}', false],
    ['text/plain', 'text', false],
    ['application/octet-stream', 'bytes', true],
    ['application/x-www-form-urlencoded', 'a=1', true],
  ])('carries a body of %s', async (type, body, encoded) => {
    const got = await event('/echo', { method: 'POST', headers: { 'content-type': type }, body });

    expect(got.isBase64Encoded).toBe(encoded);
    expect(Buffer.from(got.body, encoded ? 'base64' : 'utf8').toString()).toBe(body);
  });

  it('carries any bytes unchanged as base64', async () => {
    const bytes = randomBytes(5000);

    const got = await event('/echo', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: bytes,
    });

    expect(Buffer.from(got.body, 'base64').equals(bytes)).toBe(true);
  });

  it('has path parameters', async () => {
    expect((await event('/orders/A%2F1')).pathParameters).toEqual({ id: 'A/1' });
    expect((await event('/orders/%E0%A4%A')).pathParameters).toEqual({ id: '%E0%A4%A' });
    expect((await event('/files/a/b.txt', { method: 'PUT' })).pathParameters).toEqual({ proxy: 'a/b.txt' });
  });

  it('has greedy path parameters decoded, encoded slashes too', async () => {
    const got = await event('/files/a%2Fb/caf%C3%A9%20x');

    expect(got.pathParameters).toEqual({ proxy: 'a/b/café x' });
    expect(got).toMatchObject({ routeKey: 'ANY /files/{proxy+}', rawPath: '/files/a/b/café x' });
  });
});

describe('the answer', () => {
  it.each([
    ['/throw', 500, '{"message":"Internal Server Error"}'],
    ['/bad', 500, '{"message":"Internal Server Error"}'],
    ['/nowhere', 404, '{"message":"Not Found"}'],
    ['/plain', 200, '{"hello":"plain"}'],
  ])('to %s is %d', async (path, status, body) => {
    const response = await call(path);

    expect([response.status, await response.text()]).toEqual([status, body]);
  });

  it('has the headers, cookies and bytes of the function', async () => {
    const response = await call('/whole');

    expect(response.status).toBe(201);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 7]);
  });

  it.each([
    ['over what an HTTP API takes', 10 * 1024 * 1024 + 1],
    ['over what a function takes', 7 * 1024 * 1024],
  ])('to a body %s is 413', async (_, size) => {
    const response = await call('/echo', { method: 'POST', body: 'x'.repeat(size) });

    expect(response.status).toBe(413);
  });

  it('to a request whose function takes longer than the integration allows is 503', async () => {
    // Arrange
    const resources = httpApi('F', 'GET /slow');
    Object.assign(resources.Integration!.Properties!, { TimeoutInMillis: 100 });
    const slow = await startFixture(
      { Main: { Resources: { R: role(), F: lambda('slow', 'R'), ...resources } } },
      { slow: 'exports.handler = () => new Promise(() => {});' },
    );

    // Act
    const response = await fetch(`${slow.apiUrl}/slow`);

    // Assert
    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('to a path below a greedy route that ends before its variable is 404', async () => {
    const response = await call('/files/');

    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
  });

  it('to another method of a known path is 404', async () => {
    expect((await call('/echo', { method: 'DELETE' })).status).toBe(404);
  });
});

describe('the limits of routes', () => {
  const limited = async (throttling?: 'on') => {
    const resources = httpApi('F', 'GET /few', 'GET /many', '$default');
    Object.assign(resources.Stage!.Properties!, {
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
      RouteSettings: { 'GET /few': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 } },
    });
    const { apiUrl } = await startFixture(
      { Main: { Resources: { R: role(), F: lambda('api', 'R'), ...resources } } },
      { api: handler },
      throttling ? { throttling } : {},
    );
    return async (path: string) => {
      const response = await fetch(apiUrl + path);
      return [response.status, response.status === 200 ? '' : await response.text()];
    };
  };

  it('refuse what is above them with 429, each for its own route', async () => {
    const get = await limited('on');

    const answers = [
      await get('/few'),
      await get('/few'),
      await get('/few'),
      await get('/many'),
      await get('/else'),
    ];

    expect(answers).toEqual([
      [200, ''],
      [200, ''],
      [429, '{"message":"Too Many Requests"}'],
      [200, ''],
      [200, ''],
    ]);
  });

  it('refuse nothing unless they are switched on', async () => {
    const get = await limited();

    const answers = [await get('/few'), await get('/few'), await get('/few')];

    expect(answers).toEqual([
      [200, ''],
      [200, ''],
      [200, ''],
    ]);
  });

  it('give a route its tokens back with time, up to its burst', () => {
    // Arrange
    let now = 0;
    const throttles = new Throttles(
      () => ({ rateLimit: 2, burstLimit: 3 }),
      () => now,
    );
    const take = (times: number) => Array.from({ length: times }, () => throttles.take('GET /'));

    // Act
    const first = take(4);
    now += 500;
    const second = take(2);
    now += 60_000;
    const third = take(4);

    // Assert
    expect([first, second, third]).toEqual([
      [true, true, true, false],
      [true, false],
      [true, true, true, false],
    ]);
  });
});

describe('routes', () => {
  const routes = ['$default', 'ANY /a/{x}', 'GET /a/{x}', 'GET /a/{rest+}', 'GET /a/b'].map((routeKey) => ({
    routeKey,
    target: routeKey,
  }));

  it.each([
    ['GET', '/v1/stores/7/api/orders', 'GET /v1/stores/{id}/api/{rest+}'],
    ['GET', '/v1/stores/7', 'GET /v1/{rest+}'],
    ['POST', '/v1/stores/7/api/orders', 'ANY /{rest+}'],
  ])('%s %s goes to %s, the longest of several greedy ones', (method, path, expected) => {
    const greedy = ['ANY /{rest+}', 'GET /v1/{rest+}', 'GET /v1/stores/{id}/api/{rest+}'];
    const known = greedy.map((routeKey) => ({ routeKey, target: routeKey }));

    expect(findRoute(known, method, path)?.target).toBe(expected);
  });

  it.each([
    ['GET', '/a/b', 'GET /a/b'],
    ['GET', '/a/c', 'GET /a/{x}'],
    ['PUT', '/a/c', 'ANY /a/{x}'],
    ['GET', '/a/c/d', 'GET /a/{rest+}'],
    ['GET', '/other', '$default'],
  ])('%s %s goes to %s, the most particular', (method, path, expected) => {
    expect(findRoute(routes, method, path)?.target).toBe(expected);
  });
});

describe('text types', () => {
  it.each([
    ['text/html', true],
    ['Application/JSON', true],
    ['application/xml', true],
    ['application/zip', false],
    [undefined, false],
  ])('%s: %s', (type, expected) => {
    expect(isTextType(type)).toBe(expected);
  });
});

describe('two HTTP APIs of one deployment', () => {
  it('have an address each, and answer with their own routes only', async () => {
    const named = (prefix: string, resources: ReturnType<typeof httpApi>) =>
      JSON.parse(JSON.stringify(resources).replaceAll(/"(Api|Stage|Integration|Route\d)"/g, `"${prefix}$1"`));
    const { outputs } = await startFixture(
      {
        Two: {
          Resources: {
            R: role(),
            F: lambda('key', 'R'),
            ...named('One', httpApi('F', 'GET /one')),
            ...named('Other', httpApi('F', 'GET /other', '$default')),
          },
          Outputs: {
            One: { Value: { 'Fn::GetAtt': ['OneApi', 'ApiEndpoint'] } },
            Other: { Value: { 'Fn::GetAtt': ['OtherApi', 'ApiEndpoint'] } },
          },
        },
      },
      { key: 'exports.handler = async ({ routeKey }) => ({ statusCode: 200, body: routeKey });' },
    );

    const answers = await Promise.all(
      [`${outputs.One}/one`, `${outputs.One}/other`, `${outputs.Other}/one`, `${outputs.Other}/other`].map(
        async (url) => {
          const response = await fetch(url);
          return response.ok ? response.text() : response.status;
        },
      ),
    );

    expect(answers).toEqual(['GET /one', 404, '$default', 'GET /other']);
  });
});
