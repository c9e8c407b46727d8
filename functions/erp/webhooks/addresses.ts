import { BlockList, isIP } from 'node:net';
import { OwnError } from '../../runtime/describe-error.ts';

/** An address that a name stands for. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The endpoint's URL, or what its name stands for, is not one that we call. The message quotes nothing of it. */
export class UrlRefused extends OwnError {
  override readonly name = 'UrlRefused';
}

/** Where a call may go besides public addresses. Given by code alone: see runtime/local-cloud.ts. */
export interface Exceptions {
  /** To this machine itself, and in plain HTTP. */
  readonly loopback: boolean;
}

/** Special purpose blocks of IPv4 that are not globally reachable (IANA, RFC 6890), multicast and reserved ones. */
const NOT_PUBLIC_V4 = blockList('ipv4', [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, with the metadata and credentials services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
]);

/** IPv6 is judged the other way round: only global unicast is public. Mapped and translated IPv4 lies outside of it. */
const GLOBAL_V6 = blockList('ipv6', [['2000::', 3]]);
const NOT_PUBLIC_V6 = blockList('ipv6', [
  ['2001::', 23], // protocol assignments, with Teredo, which carries an IPv4 address
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which carries an IPv4 address
  ['3fff::', 20], // documentation
]);
const LOOPBACK = { 4: blockList('ipv4', [['127.0.0.0', 8]]), 6: blockList('ipv6', [['::1', 128]]) };

function blockList(family: 'ipv4' | 'ipv6', blocks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of blocks) list.addSubnet(net, prefix, family);
  return list;
}

/** Whether anybody on the internet can reach an address, so that we reach no more by calling it than they do. */
export function isPublic({ address, family }: Address): boolean {
  if (isIP(address) !== family || address.includes('%')) return false;
  if (family === 4) return !NOT_PUBLIC_V4.check(address, 'ipv4');
  return GLOBAL_V6.check(address, 'ipv6') && !NOT_PUBLIC_V6.check(address, 'ipv6');
}

const isLoopback = ({ address, family }: Address): boolean =>
  isIP(address) === family && LOOPBACK[family].check(address, family === 4 ? 'ipv4' : 'ipv6');

/** Whether every address of a name may be called: a name that also stands for an inner address is refused whole. */
export const mayBeCalled = (addresses: readonly Address[], { loopback }: Exceptions): boolean =>
  addresses.length > 0 && (addresses.every(isPublic) || (loopback && addresses.every(isLoopback)));

const LONGEST_URL = 2048;
/** Below are the ports of other services of a machine. */
const LEAST_FREE_PORT = 1024;

/**
 * Reads an endpoint's URL. What its name stands for is judged at each call.
 *
 * @throws UrlRefused saying what is wrong with it
 */
export function readEndpointUrl(text: string, { loopback }: Exceptions): URL {
  const url = URL.parse(text);
  if (url === null || text.length > LONGEST_URL)
    throw new UrlRefused(`the URL must be an absolute one of up to ${LONGEST_URL} characters`);
  if (url.protocol !== 'https:' && !(loopback && url.protocol === 'http:'))
    throw new UrlRefused('the URL must begin with https://');
  if (url.username !== '' || url.password !== '')
    throw new UrlRefused(
      'the URL must not hold a user or a password: deliveries are proved by their signature',
    );
  if (url.hash !== '') throw new UrlRefused('the URL must not have a fragment (#): it is never sent');
  if (url.port !== '' && Number(url.port) < LEAST_FREE_PORT)
    throw new UrlRefused(`the URL must name port 443, or one from ${LEAST_FREE_PORT} on`);
  const literal = literalOf(url);
  if (literal !== undefined && !mayBeCalled([literal], { loopback })) throw notPublic();
  if (
    url.protocol === 'http:' &&
    !(literal !== undefined ? isLoopback(literal) : url.hostname === 'localhost')
  )
    throw new UrlRefused('plain http:// is for this machine only: the URL must begin with https://');
  return url;
}

/** The address that a URL names in a name's place. */
export function literalOf({ hostname }: URL): Address | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  return family === 4 || family === 6 ? { address, family } : undefined;
}

/** What is said where an address may not be called. */
export const notPublic = (): UrlRefused =>
  new UrlRefused('the host stands for an address that is not on the public internet');
