import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UrlRefused } from '../../../functions/erp/webhooks/addresses.ts';
import { type CallerOptions, createEndpointCaller } from '../../../functions/erp/webhooks/call.ts';
import { certificateOf } from '../../support/certificate.ts';

const HOST = 'erp.example.com';
const HERE = { address: '127.0.0.1', family: 4 } as const;
const { key, cert } = certificateOf(HOST);

/** A receiver of the merchant's, on this machine, with a certificate of its name. */
async function receiver(behave: RequestListener, host = HOST): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = https.createServer({ key, cert }, (request, response) => {
    count += 1;
    behave(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://${host}:${(server.address() as AddressInfo).port}/hooks`, count: () => count };
}

/** Calls as the local cloud may, which is the only way to reach a server of a test. */
async function post(url: string, options: Partial<CallerOptions> = {}) {
  const caller = createEndpointCaller({
    exceptions: { loopback: true },
    resolve: async () => [HERE],
    ca: cert,
    timeoutMs: 2_000,
    ...options,
  });
  const line = await caller.open(url);
  onTestFinished(() => line.close());
  return line.post({ 'content-type': 'application/json', 'webhook-id': 'e-1' }, '{"seq":1}');
}

describe('a call', () => {
  it('posts the body with its headers and tells the answer', async () => {
    const seen: unknown[] = [];
    const { url } = await receiver(async (request, response) => {
      const chunks = await request.toArray();
      seen.push(request.method, request.url, request.headers['webhook-id'], Buffer.concat(chunks).toString());
      response.writeHead(202, { 'retry-after': '7' }).end('thanks');
    });

    const result = await post(url);

    expect(result).toEqual({ status: 202, retryAfter: '7', text: 'thanks' });
    expect(seen).toEqual(['POST', '/hooks', 'e-1', '{"seq":1}']);
  });

  it('goes to the address that was judged, with one look-up, whatever the name stands for a moment later', async () => {
    const { url, count } = await receiver((_, response) => response.end());
    const answers = [[HERE], [{ address: '169.254.169.254', family: 4 } as const]];
    const resolve = vi.fn(async () => answers.shift() ?? []);
    const caller = createEndpointCaller({ exceptions: { loopback: true }, resolve, ca: cert });

    const line = await caller.open(url);
    for (let call = 0; call < 3; call += 1) await line.post({}, '{}');
    line.close();

    expect(count()).toBe(3);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('is made to nobody whose certificate is of another name, or of an authority that nobody knows', async () => {
    const other = await receiver((_, response) => response.end(), 'other.example.com');
    const own = await receiver((_, response) => response.end());
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());

    expect(await post(other.url)).toEqual({ failure: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(await post(own.url, { ca: certificateOf(HOST).cert })).toMatchObject({
      failure: expect.stringMatching(/CERT/),
    });
    expect(other.count() + own.count()).toBe(0);
  });

  it('follows no redirect', async () => {
    const target = await receiver((_, response) => response.end());
    const { url } = await receiver((_, response) => {
      response.writeHead(302, { location: target.url }).end();
    });

    expect(await post(url)).toMatchObject({ status: 302 });
    expect(target.count()).toBe(0);
  });

  it('reads no more than 4 KB of an answer, however long it is', async () => {
    const { url } = await receiver((_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(more));
    });

    const result = await post(url);

    expect(result).toEqual({ status: 200, retryAfter: null, text: 'x'.repeat(4096) });
  });

  it('ends in time when no answer comes', async () => {
    const { url } = await receiver(() => {});

    expect(await post(url, { timeoutMs: 150 })).toEqual({ failure: 'timeout' });
  });

  it('ends in time when an answer never ends: its status counts', async () => {
    const { url } = await receiver((_, response) => {
      response.writeHead(200).write('x');
    });

    expect(await post(url, { timeoutMs: 300 })).toEqual({ status: 200, retryAfter: null, text: 'x' });
  });

  it('fails where the connection breaks, nobody listens, or no HTTP is spoken', async () => {
    const breaking = await receiver((request) => request.socket.destroy());
    const large = await receiver((_, response) => {
      response.writeHead(200, { large: 'x'.repeat(10_000) }).end();
    });
    const plain = http.createServer((_, response) => response.end());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    plain.close();

    expect(await post(breaking.url)).toEqual({ failure: 'ECONNRESET' });
    expect(await post(large.url)).toEqual({ failure: 'HPE_HEADER_OVERFLOW' });
    expect(await post(`https://${HOST}:${port}/`)).toEqual({ failure: 'ECONNREFUSED' });
  });
});

describe('a name', () => {
  const open = (url: string, resolve: CallerOptions['resolve'], loopback = false) =>
    createEndpointCaller({ exceptions: { loopback }, ...(resolve === undefined ? {} : { resolve }) }).open(
      url,
    );

  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
  ])('that stands for %s is not called', async (address) => {
    const resolve = async () => [{ address, family: address.includes(':') ? (6 as const) : (4 as const) }];

    await expect(open(`https://${HOST}/`, resolve)).rejects.toThrow(/not on the public internet/);
  });

  it('that stands for an inner address too is not called', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 } as const,
      { address: '10.0.0.1', family: 4 } as const,
    ];

    await expect(open(`https://${HOST}/`, resolve)).rejects.toThrow(/not on the public internet/);
  });

  it('that nobody knows is not called', async () => {
    const resolve = async () => Promise.reject(new Error('getaddrinfo ENOTFOUND erp.example.com'));

    await expect(open(`https://${HOST}/`, resolve)).rejects.toThrow(/has no address/);
  });

  it.each(['localhost', 'localhost.', 'LOCALHOST'])(
    'of this machine (%s) is not called, by the system either',
    async (name) => {
      // A system that takes a dot at the end for another name knows none of it.
      await expect(open(`https://${name}:8443/`, undefined)).rejects.toThrow(UrlRefused);
    },
  );

  it('whose look-up never ends is not waited for', async () => {
    const resolve = () => new Promise<never>(() => {});
    const caller = createEndpointCaller({ exceptions: { loopback: false }, resolve, lookupTimeoutMs: 50 });

    await expect(caller.open(`https://${HOST}/`)).rejects.toThrow(/cannot be looked up/);
  });
});
