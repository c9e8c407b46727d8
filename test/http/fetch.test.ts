import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSilentServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetch as leanFetch } from '../../lib/bundles/lean-fetch.ts';
import { failureOf, makeTransport, request, serve, stops } from './transport-bench.ts';

describe.each([
  ['Node’s own fetch', undefined],
  ['the fetch of bundles', leanFetch],
])('the transport with %s', (_, fetch) => {
  it('brings the very bytes, the status and the headers, whatever the status', async () => {
    const url = await serve((_, answer) =>
      answer.writeHead(422, { 'x-a': 'b' }).end(Buffer.from([0xc3, 0xa9, 0])),
    );
    const { transport } = makeTransport(fetch);
    const response = await transport(request(url));
    expect(response.status).toBe(422);
    expect(response.headers.get('x-a')).toBe('b');
    expect([...response.body]).toEqual([0xc3, 0xa9, 0]);
  });

  it('sends method, headers and body as they are', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (incoming, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      seen.push(incoming.method, incoming.headers['x-key'], Buffer.concat(chunks).toString());
      answer.end();
    });
    await makeTransport(fetch).transport(
      request(url, { method: 'PATCH', headers: { 'x-key': 'k' }, body: '{"ñ":1}' }),
    );
    expect(seen).toEqual(['PATCH', 'k', '{"ñ":1}']);
  });

  it('follows no redirect: the credential would travel along', async () => {
    let calls = 0;
    const url = await serve((_, answer) => {
      calls += 1;
      answer.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await makeTransport(fetch).transport(request(url))).status).toBe(302);
    expect(calls).toBe(1);
  });

  it('gives up in time, and says that the request may have been carried out', async () => {
    const url = await serve(() => {});
    const { transport, reports } = makeTransport(fetch);
    const error = await failureOf(transport(request(url, { timeoutMs: 60 })));
    expect(error).toMatchObject({ kind: 'retry-later', outcomeUnknown: true, throttled: false });
    expect(error.status).toBeUndefined();
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ failed: true, throttled: false });
  });

  it('counts the time of the body too', async () => {
    const url = await serve((_, answer) => answer.writeHead(200, { 'content-length': '9' }).write('{"a"'));
    const error = await failureOf(makeTransport(fetch).transport(request(url, { timeoutMs: 60 })));
    expect(error).toMatchObject({ kind: 'retry-later', outcomeUnknown: true });
  });

  it('reads no more than it may', async () => {
    const url = await serve((_, answer) => answer.end('x'.repeat(5000)));
    const { transport } = makeTransport(fetch);
    expect((await transport(request(url, { maxBytes: 5000 }))).body).toHaveLength(5000);
    expect(await failureOf(transport(request(url, { maxBytes: 4999 })))).toMatchObject({
      kind: 'invalid-response',
      status: 200,
      outcomeUnknown: true,
    });
  });

  it('unpacks an answer, up to what it may read', async () => {
    const url = await serve((_, answer) =>
      answer.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5000))),
    );
    const { transport } = makeTransport(fetch);

    expect((await transport(request(url))).body).toHaveLength(5000);
    expect(await failureOf(transport(request(url, { maxBytes: 4999 })))).toMatchObject({
      kind: 'invalid-response',
    });
  });

  it('takes an answer without a body that is said to be packed', async () => {
    const url = await serve((_, answer) => answer.writeHead(204, { 'content-encoding': 'gzip' }).end());

    const { status, body } = await makeTransport(fetch).transport(request(url, { method: 'DELETE' }));

    expect([status, body.byteLength]).toEqual([204, 0]);
  });

  it('asks again for what is no answer: broken off, or packed wrongly', async () => {
    const half = await serve((_, answer) => {
      answer.writeHead(200, { 'content-length': '9' }).write('{"a"');
      setImmediate(() => answer.destroy());
    });
    const odd = await serve((_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'));
    const { transport } = makeTransport(fetch);

    for (const url of [half, odd])
      expect(await failureOf(transport(request(url, { idempotent: false })))).toMatchObject({
        kind: 'retry-later',
        outcomeUnknown: true,
      });
  });

  it('says how long a body is, whatever the method', async () => {
    const seen: unknown[] = [];
    const url = await serve((incoming, answer) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
      seen.push(length, encoding);
      answer.end();
    });
    const { transport } = makeTransport(fetch);

    await transport(request(url, { method: 'DELETE', body: '{"ñ":1}' }));
    await transport(request(url, { method: 'POST', body: Buffer.from('{}') }));

    expect(seen).toEqual(['8', undefined, '2', undefined]);
  });

  it('knows that nobody listened', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const error = await failureOf(makeTransport(fetch).transport(request(`http://127.0.0.1:${port}`)));

    expect(error).toMatchObject({ kind: 'retry-later', outcomeUnknown: false });
    expect(error.message).toContain('ECONNREFUSED');
  });
});

describe('the fetch of bundles', () => {
  afterEach(() => vi.useRealTimers());

  it('makes the next call over the same connection', async () => {
    const ports = new Set<unknown>();
    const url = await serve((incoming, answer) => {
      ports.add(incoming.socket.remotePort);
      answer.end('{}');
    });
    const { transport } = makeTransport(leanFetch);

    for (let call = 0; call < 3; call += 1) await transport(request(url));

    expect(ports.size).toBe(1);
  });

  it('gives up on a connection that does not come about, and nothing was sent', async () => {
    // Arrange: somebody who takes connections and never speaks TLS.
    const connected = Promise.withResolvers<void>();
    const server = createSilentServer((socket) => {
      stops.push(() => socket.destroy());
      connected.resolve();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

    // Act
    const failure = failureOf(
      makeTransport(leanFetch).transport(request(`https://127.0.0.1:${port}`, { timeoutMs: 60_000 })),
    );
    await connected.promise;
    vi.advanceTimersByTime(10_000);

    // Assert
    expect(await failure).toMatchObject({ kind: 'retry-later', outcomeUnknown: false });
  });
});
