import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorContext } from '../../../ops/context.ts';
import { createAnswers } from '../../../ops/page/answers.ts';
import { type PageServer, servePage } from '../../../ops/page/server.ts';
import { createSessions, IDLE_MS, type Sessions } from '../../../ops/page/sessions.ts';

const made: { server?: PageServer; sessions?: Sessions; links: string[]; now: number } = {
  links: [],
  now: 0,
};
const assets = new Map([['/', { type: 'text/html', body: '<h1>page</h1>' }]]);
/** Nothing that is refused gets as far as this. */
const context = { merchant: { name: 'demo' }, channels: [], who: 'ana' } as unknown as OperatorContext;
const rights = { write: false, personal: false };

beforeAll(async () => {
  const now = () => made.now;
  const sessions = createSessions({ now, onLink: (token) => made.links.push(token) });
  const answers = createAnswers({ context, rights, release: '1', now });
  made.sessions = sessions;
  made.server = await servePage({ assets, answers, sessions, port: 0, now });
});
afterAll(() => made.server?.close());
beforeEach(() => {
  rights.write = false;
  rights.personal = false;
});

it('a port that is taken is told of in words, with what to do', async () => {
  const now = () => made.now;
  const sessions = createSessions({ now, onLink: () => {} });
  const answers = createAnswers({ context, rights, release: '1', now });

  const served = servePage({ assets, answers, sessions, port: port(), now });

  await expect(served).rejects.toThrow(/cannot be served at port \d+ .*EADDRINUSE.*Name another --port/);
});

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
const port = () => Number(new URL(made.server!.url).port);
const host = () => `127.0.0.1:${port()}`;

function call(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { method = 'GET', headers = {}, body = '' } = options;
  return new Promise<Got>((resolve, reject) => {
    const sent = request(
      { agent: false, host: '127.0.0.1', port: port(), path, method, headers: { host: host(), ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (part: Buffer) => {
          text += part.toString();
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
const own = () => ({ origin: `http://${host()}`, 'x-acopio': 'page', 'content-type': 'application/json' });
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', headers: { ...own(), ...headers }, body: JSON.stringify(body) });
/** The cookie of a browser that came by the link. */
async function entered(): Promise<{ cookie: string }> {
  const { headers } = await post('/api/session', { token: made.sessions!.link() });
  return { cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

describe('whoever has the link', () => {
  it('gets a cookie that no script reads and no other site sends', async () => {
    const { status, headers } = await post('/api/session', { token: made.sessions!.link() });

    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(/^acopio-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('is let in with it', async () => {
    expect((await call('/api/state', { headers: await entered() })).status).toBe(200);
  });

  it('cannot use it twice, and the next one is shown', async () => {
    const token = made.sessions!.link();
    await post('/api/session', { token });

    const again = await post('/api/session', { token });

    expect(again.status).toBe(401);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(made.links.at(-1)).toBe(made.sessions!.link());
  });

  it.each(['', 'x', 'a'.repeat(43)])('needs the whole of it: %s', async (token) => {
    expect((await post('/api/session', { token })).status).toBe(401);
  });
});

describe('without a session', () => {
  it.each(['/api/state', '/api/recent', '/api/order?name=x', '/api/audit'])(
    '%s says nothing',
    async (path) => {
      const { status, body } = await call(path);

      expect(status).toBe(401);
      expect(body).not.toContain('demo');
    },
  );

  it('a made-up cookie is none', async () => {
    const headers = { cookie: `acopio-${port()}=${'a'.repeat(43)}` };

    expect((await call('/api/state', { headers })).status).toBe(401);
  });

  it('nothing is planned or done', async () => {
    expect((await post('/api/plan', { do: 'redrive', platform: 'shop' })).status).toBe(401);
    expect((await post('/api/run', { plan: 'x' })).status).toBe(401);
  });
});

describe('a session', () => {
  it('ends after 30 minutes without anybody, though the page looks by itself', async () => {
    const headers = await entered();
    made.now += IDLE_MS - 1;
    const byItself = await call('/api/state', { headers: { ...headers, 'x-acopio-by-itself': '1' } });
    made.now += 1;

    const late = await call('/api/state', { headers });

    expect([byItself.status, late.status]).toEqual([200, 401]);
  });

  it('goes on while somebody does something', async () => {
    const headers = await entered();
    made.now += IDLE_MS - 1;
    await call('/api/state', { headers });
    made.now += IDLE_MS - 1;

    expect((await call('/api/state', { headers })).status).toBe(200);
  });
});

describe('refused, though the session is good:', () => {
  const from = async (headers: Record<string, string>, path = '/api/state') =>
    (await call(path, { headers: { ...(await entered()), ...headers } })).status;

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost:1', 'demo.localhost:80'])(
    'a request for the host %s, whose name may lead here',
    async (name) => {
      expect(await from({ host: name })).toBe(421);
      expect((await call('/', { headers: { host: name } })).status).toBe(421);
    },
  );

  it.each(['cross-site', 'same-site'])('a request of another site (%s)', async (site) => {
    expect(await from({ 'sec-fetch-site': site })).toBe(403);
    expect(await from({ 'sec-fetch-site': site }, '/')).toBe(403);
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://localhost:1'])(
    'a request of the origin %s',
    async (origin) => {
      expect(await from({ origin })).toBe(403);
    },
  );

  it.each([
    ['the header', { 'x-acopio': '' }],
    ['an origin', { origin: '' }],
  ])('a change without %s, as a form sends it', async (_, without) => {
    expect(
      (await post('/api/plan', { do: 'redrive', platform: 'shop' }, { ...(await entered()), ...without }))
        .status,
    ).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'a body of type %s, which needs no permission of ours',
    async (type) => {
      expect((await post('/api/plan', {}, { ...(await entered()), 'content-type': type })).status).toBe(415);
    },
  );

  it.each(['OPTIONS', 'PUT', 'DELETE', 'TRACE', 'HEAD', 'PATCH'])(
    '%s, and no other site is let read it',
    async (method) => {
      const { status, headers } = await call('/api/state', { method, headers: await entered() });

      expect(status).toBe(405);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  it.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '//etc/passwd',
    '/app.js/../../x',
    '/api/../api/state',
    '/api/constructor',
    '/api/__proto__',
    '/%00',
  ])('the path %s', async (path) => {
    expect(await from({}, path)).toBe(404);
  });

  it('a body that is larger than any change', async () => {
    expect((await post('/api/plan', { text: 'x'.repeat(70_000) }, await entered())).status).toBe(413);
  });

  it.each([
    {},
    { do: 'drop' },
    { do: 'replay', orders: [], source: 'raw' },
    { do: 'dismiss', orders: ['x'], reason: '' },
  ])('a change that is none: %j', async (change) => {
    expect((await post('/api/plan', change, await entered())).status).toBe(400);
  });

  it('a change where the page was started without --write', async () => {
    const { status, body } = await post('/api/run', { plan: 'x' }, await entered());

    expect(status).toBe(403);
    expect(body).toContain('--write');
  });

  it('a change that nobody looked at before', async () => {
    rights.write = true;

    expect((await post('/api/run', { plan: 'x' }, await entered())).status).toBe(409);
    expect((await post('/api/run', { do: 'redrive', platform: 'shop' }, await entered())).status).toBe(400);
  });

  it('an e-mail by anybody who has not come in', async () => {
    expect((await post('/api/find', { text: 'ana@example.com' })).status).toBe(401);
  });

  it('a look at a person where the page was started without --personal', async () => {
    const { status, body } = await post('/api/person', { name: 'shop:1' }, await entered());

    expect(status).toBe(403);
    expect(body).toContain('--personal');
  });
});

describe('the server', () => {
  it('lets a browser run, load and embed nothing but its own', async () => {
    const { headers } = await call('/');

    expect(headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  it('says so also of what it refuses', async () => {
    const { headers } = await call('/nothing');

    expect(headers['content-security-policy']).toMatch(/^default-src 'self'/);
  });

  it('listens on this machine alone', () => {
    expect(new URL(made.server!.url).hostname).toBe('127.0.0.1');
  });

  it('answers whatever is drawn as a change with a refusal', async () => {
    const { cookie } = await entered();
    const bodies = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary', maxLength: 2000 }),
    );

    await fc.assert(
      fc.asyncProperty(fc.constantFrom('plan', 'run', 'person', 'session'), bodies, async (name, body) => {
        const { status } = await call(`/api/${name}`, {
          method: 'POST',
          headers: { ...own(), cookie },
          body,
        });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('answers what is no HTTP without an end of its own', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(port(), '127.0.0.1', () => socket.end('\x16\x03\x01 nonsense\r\n\r\n'));
      socket
        .on('close', () => resolve())
        .on('error', () => {})
        .resume();
    });

    expect((await call('/')).status).toBe(200);
  });
});
