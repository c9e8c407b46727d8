import { describe, expect, it } from 'vitest';
import type { PlatformRequest, Transport } from '../../../functions/http/transport.ts';
import { errorOf, pedidosyaClient, settingsOf } from './harness.ts';

const allowedHosts = ['files.example.com', '*.bucket.example.net', '127.0.0.1:9999'];

function downloading(
  answer: { status?: number; headers?: Record<string, string>; body?: string | Uint8Array } = {},
) {
  const requests: PlatformRequest[] = [];
  const { status = 200, headers = { 'content-type': 'text/csv' }, body = 'sku\nA\n' } = answer;
  const transport: Transport = (request) => {
    requests.push(request);
    return Promise.resolve({ status, headers: new Headers(headers), body: Buffer.from(body) });
  };
  const { download } = pedidosyaClient({ settings: settingsOf({ downloadHosts: allowedHosts }), transport });
  return { requests, download };
}

describe('a catalogue file', () => {
  it.each([
    'https://files.example.com/a.csv?signature=x',
    'https://FILES.example.com/a.csv',
    'https://eu.bucket.example.net/a.csv',
    'http://127.0.0.1:9999/a.csv',
  ])('is fetched from an allowed host without our token: %s', async (address) => {
    const { requests, download } = downloading();

    expect(await download(address)).toBe('sku\nA\n');

    expect(Object.keys(requests[0]?.headers ?? {})).toEqual(['Accept']);
  });

  it.each([
    ['no URL', 'files.example.com/a.csv', 'no URL'],
    ['nothing', '', 'no URL'],
    ['another host', 'https://example.com/feedback.csv', 'downloadHosts'],
    ['a host that ends alike', 'https://evil-files.example.com/a', 'downloadHosts'],
    ['a host that begins alike', 'https://files.example.com.evil.example/a', 'downloadHosts'],
    ['the bare domain of a wildcard', 'https://bucket.example.net/a', 'downloadHosts'],
    ['another port', 'https://files.example.com:8443/a', 'downloadHosts'],
    ['the metadata of the machine', 'http://169.254.169.254/latest/meta-data', 'not https'],
    ['this machine on another port', 'http://127.0.0.1:80/', 'downloadHosts'],
    ['plain http', 'http://files.example.com/a', 'not https'],
    ['a file of ours', 'file:///etc/passwd', 'not https'],
    ['a user name', 'https://user@files.example.com/a', 'user name'],
    ['a host hidden behind a user name', 'https://files.example.com@evil.example/a', 'user name'],
  ])('is not fetched from %s', async (_, address, why) => {
    const { requests, download } = downloading();
    expect(await errorOf(download(address))).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining(why),
    });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['a redirect', { status: 302, headers: { location: 'http://169.254.169.254/' } }, { kind: 'refused' }],
    ['an expired link', { status: 403, headers: { 'content-type': 'application/xml' } }, { kind: 'refused' }],
    ['a file that is gone', { status: 404 }, { kind: 'not-found' }],
    ['a failing host', { status: 503 }, { kind: 'retry-later' }],
    ['a web page', { headers: { 'content-type': 'text/html' } }, { kind: 'retry-later' }],
    ['bytes that are no text', { body: Buffer.from([0xff, 0xfe, 0x00]) }, { kind: 'invalid-response' }],
  ])('that is %s never stops the platform', async (_, answer, expected) => {
    const { requests, download } = downloading(answer);
    expect(await errorOf(download('https://files.example.com/a.csv'))).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });
});
