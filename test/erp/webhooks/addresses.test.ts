import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isPublic,
  mayBeCalled,
  readEndpointUrl,
  UrlRefused,
} from '../../../functions/erp/webhooks/addresses.ts';

const DEPLOYED = { loopback: false };
const LOCAL = { loopback: true };
const four = (address: string) => ({ address, family: 4 }) as const;
const six = (address: string) => ({ address, family: 6 }) as const;

describe('an address', () => {
  it.each([
    ['a public one', four('93.184.215.14')],
    ['just outside of a private block', four('172.32.0.1')],
    ['just outside of carrier-grade NAT', four('100.128.0.1')],
    ['a public one', six('2606:2800:21f:cb07:6820:80da:af6b:8b2c')],
  ])('%s (%o) may be called', (_, address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    ['this network', four('0.0.0.0')],
    ['private', four('10.1.2.3')],
    ['private', four('172.16.0.1')],
    ['private', four('172.31.255.255')],
    ['private', four('192.168.1.1')],
    ['loopback', four('127.0.0.1')],
    ['loopback', four('127.255.255.254')],
    ['link-local', four('169.254.1.1')],
    ['metadata of EC2', four('169.254.169.254')],
    ['credentials of containers', four('169.254.170.2')],
    ['carrier-grade NAT', four('100.64.0.1')],
    ['metadata of another cloud', four('100.100.100.200')],
    ['protocol assignments', four('192.0.0.170')],
    ['documentation', four('203.0.113.7')],
    ['benchmarks', four('198.18.0.1')],
    ['multicast', four('224.0.0.1')],
    ['reserved', four('240.0.0.1')],
    ['broadcast', four('255.255.255.255')],
    ['unspecified', six('::')],
    ['loopback', six('::1')],
    ['mapped IPv4', six('::ffff:10.0.0.1')],
    ['mapped IPv4 in hex', six('::ffff:a9fe:a9fe')],
    ['mapped public IPv4', six('::ffff:93.184.215.14')],
    ['compatible IPv4', six('::10.0.0.1')],
    ['translated IPv4 (NAT64)', six('64:ff9b::a00:1')],
    ['6to4 of a private address', six('2002:a00:1::')],
    ['Teredo', six('2001:0:a00:1::')],
    ['unique local', six('fd12:3456::1')],
    ['metadata of EC2', six('fd00:ec2::254')],
    ['link-local', six('fe80::1')],
    ['link-local with a zone', six('fe80::1%eth0')],
    ['site-local', six('fec0::1')],
    ['multicast', six('ff02::1')],
    ['documentation', six('2001:db8::1')],
    ['documentation', six('3fff::1')],
    ['no address', four('erp.example.com')],
    ['of another family than it says', four('::1')],
  ])('%s (%o) may not', (_, address) => {
    expect(isPublic(address)).toBe(false);
    expect(mayBeCalled([address], DEPLOYED)).toBe(false);
  });

  it('of IPv4 is judged the same however IPv6 carries it: never public', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublic(six(`::ffff:${address}`))).toBe(false);
      }),
    );
  });

  it('beside an inner one of the same name is refused with it', () => {
    expect(mayBeCalled([four('93.184.215.14'), four('10.0.0.1')], DEPLOYED)).toBe(false);
    expect(mayBeCalled([], DEPLOYED)).toBe(false);
  });

  it('of this machine may be called in the local cloud alone, and no other inner one', () => {
    for (const loopback of [four('127.0.0.1'), six('::1')]) {
      expect(mayBeCalled([loopback], LOCAL)).toBe(true);
      expect(mayBeCalled([loopback], DEPLOYED)).toBe(false);
    }
    for (const inner of [four('10.0.0.1'), four('169.254.169.254'), six('fe80::1')])
      expect(mayBeCalled([inner], LOCAL)).toBe(false);
    expect(mayBeCalled([four('127.0.0.1'), four('10.0.0.1')], LOCAL)).toBe(false);
  });
});

describe("an endpoint's URL", () => {
  it.each([
    'https://erp.example.com/hooks?shop=1',
    'https://erp.example.com:443/',
    'https://erp.example.com:8443/',
  ])('%s is taken', (text) => {
    expect(readEndpointUrl(text, DEPLOYED).href).toBe(text.replace(':443', ''));
  });

  it.each([
    ['erp.example.com/hooks', /absolute/],
    ['', /absolute/],
    [`https://erp.example.com/${'x'.repeat(2048)}`, /2048/],
    ['http://erp.example.com/', /https/],
    ['ftp://erp.example.com/', /https/],
    ['file:///etc/passwd', /https/],
    ['gopher://erp.example.com:70/', /https/],
    ['https://user:password@erp.example.com/', /password/],
    ['https://user@erp.example.com/', /password/],
    ['https://erp.example.com/#part', /fragment/],
    ['https://erp.example.com:22/', /port/],
    ['https://erp.example.com:25/', /port/],
    ['https://erp.example.com:80/', /port/],
    ['https://127.0.0.1/', /public/],
    ['https://127.1/', /public/],
    ['https://2130706433/', /public/],
    ['https://0x7f.0.0.1/', /public/],
    ['https://0177.0.0.1/', /public/],
    ['https://169.254.169.254/latest/meta-data/', /public/],
    ['https://127.0.0.1./', /public/],
    ['https://0/', /public/],
    ['https://017700000001/', /public/],
    ['https://0x7f000001/', /public/],
    ['https://①②⑦.⓪.⓪.①/', /public/],
    ['https://127。0。0。1/', /public/],
    ['https://169.254.169.254\t/', /public/],
    ['https://[::1]/', /public/],
    ['https://[0:0:0:0:0:ffff:7f00:1]/', /public/],
    ['https://[64:ff9b::169.254.169.254]/', /public/],
    ['https://[2002:7f00:1::]/', /public/],
    ['https://[::ffff:169.254.169.254]/', /public/],
    ['https://[fd00:ec2::254]/', /public/],
  ])('%s is refused', (text, why) => {
    expect(() => readEndpointUrl(text, DEPLOYED)).toThrow(why);
    expect(() => readEndpointUrl(text, DEPLOYED)).toThrow(UrlRefused);
  });

  it('in plain HTTP is for this machine, and in the local cloud', () => {
    expect(readEndpointUrl('http://127.0.0.1:3000/hooks', LOCAL).port).toBe('3000');
    expect(readEndpointUrl('http://localhost:3000/', LOCAL).hostname).toBe('localhost');
    expect(() => readEndpointUrl('http://localhost:3000/', DEPLOYED)).toThrow(/https/);
    expect(() => readEndpointUrl('http://erp.example.com:3000/', LOCAL)).toThrow(/https/);
    expect(() => readEndpointUrl('http://10.0.0.1:3000/', LOCAL)).toThrow(/public/);
  });

  it('is never quoted: it may hold a token', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (text) => {
        try {
          readEndpointUrl(text.replace(/^https/, 'http'), DEPLOYED);
        } catch (error) {
          expect(String(error)).not.toContain(new URL(text).hostname);
        }
      }),
    );
  });
});
