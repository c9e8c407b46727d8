import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { hostileText, spoil } from './bodies.ts';
import { type Kit, PERSON, SECRET } from './kits.ts';

/** One request of an attacker, or of a platform that lost its mind. */
export interface Drawn {
  /** Says what it is, so that a failure can be read. */
  what: string;
  event: APIGatewayProxyEventV2;
  /** It carries a proof of origin that is good. */
  proven: boolean;
}

const OTHER_METHODS = ['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'post'];

export function draw(random: SeededRandom, kit: Kit, index: number): Drawn {
  return kit.pages.length > 0 && random.chance(0.15)
    ? drawVisit(random, kit, index)
    : drawWebhook(random, kit, index);
}

function drawWebhook(random: SeededRandom, kit: Kit, index: number): Drawn {
  const [path, pathIs] = drawPath(random, kit);
  const method = random.chance(0.9) ? 'POST' : random.pick(OTHER_METHODS);
  const [body, bodyIs] = drawBody(random, kit);
  const [sent, encoding] = encode(random, body);
  const [headers, proofIs] = drawProof(random, kit, sent);
  const asText = encoding === undefined && random.chance(0.6);
  const event = eventOf(index, {
    path,
    method,
    headers: {
      ...headers,
      'content-type': random.pick(['application/json', 'text/plain', 'application/x-www-form-urlencoded']),
      'user-agent': `${PERSON}/1.0`,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body: sent.toString(asText ? 'utf8' : 'base64'),
    isBase64Encoded: !asText,
  });
  const proven = proofIs.startsWith('good');
  return { what: `${method} ${pathIs}, ${bodyIs}, ${encoding ?? 'plain'}, proof ${proofIs}`, event, proven };
}

function drawPath(random: SeededRandom, { posts, pages }: Kit): [path: string, what: string] {
  const route = random.pick(posts);
  if (random.chance(0.75)) return [route, route];
  return random.pick<() => [string, string]>([
    () => [`${route}/`, `${route} with a slash`],
    () => [`${route}/${PERSON}/../..`, 'below a path'],
    () => [route.slice(0, -1), 'a path cut short'],
    () => [`/${PERSON}`, 'another path'],
    () => [random.pick([...pages, '/', '', '/webhooks', '//']), 'a path that is no webhook'],
  ])();
}

function drawBody(random: SeededRandom, kit: Kit): [body: Buffer, what: string] {
  if (random.chance(0.1)) return [Buffer.from(random.pick(kit.captured).body), 'a captured body'];
  const document = random.pick(kit.documents);
  if (random.chance(0.55)) {
    const [spoiled, what] = spoil(random, document);
    return [Buffer.from(JSON.stringify(spoiled)), what];
  }
  return hostileText(random, JSON.stringify(document));
}

/** Compressed honestly, wrongly, or into a bomb. */
function encode(random: SeededRandom, body: Buffer): [sent: Buffer, encoding: string | undefined] {
  if (random.chance(0.85)) return [body, undefined];
  return random.pick<() => [Buffer, string]>([
    () => [gzipSync(body), 'gzip'],
    () => [gzipSync(body).subarray(0, random.int(0, 20)), 'gzip'],
    () => [body, 'gzip'],
    () => [gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20)), 'gzip'],
    () => [body, random.pick(['br', 'zstd', 'deflate', 'gzip, br', PERSON, ',', 'identity'])],
  ])();
}

function drawProof(
  random: SeededRandom,
  kit: Kit,
  sent: Buffer,
): [headers: Record<string, string>, what: string] {
  const good = kit.prove(sent);
  const [[name = '', value = ''] = []] = Object.entries(good);
  const hex = /^[0-9a-f]{64}$/.test(value) ? Buffer.from(value, 'hex') : undefined;
  if (random.chance(0.7))
    return random.pick<() => [Record<string, string>, string]>([
      () => [good, 'good'],
      () => [good, 'good'],
      () => [{ [name]: `${value},${value}` }, 'good, twice'],
      () => [{ [name]: hex?.toString('base64') ?? `Bearer ${value}` }, 'good, in another form'],
    ])();
  return random.pick<() => [Record<string, string>, string]>([
    () => [{}, 'missing'],
    () => [{ [name]: '' }, 'empty'],
    () => [{ [name]: PERSON }, 'a text'],
    () => [{ [name]: `Bearer ${SECRET}` }, 'a guess'],
    () => [{ [name]: random.hex(64) }, 'wrong'],
    () => [{ [name]: Buffer.from(random.hex(32)).toString('base64') }, 'wrong base64'],
    () => [{ [name]: 'a'.repeat(8000) }, 'long'],
    () => [{ [name]: `${value}0` }, 'nearly'],
    () => [{ [name]: `${random.hex(64)},${random.hex(64)}` }, 'two'],
  ])();
}

function drawVisit(random: SeededRandom, kit: Kit, index: number): Drawn {
  const path = random.pick(kit.pages);
  const text = () =>
    random.pick([random.hex(44), '', PERSON, 'x'.repeat(5000), '<script>', '../..', '\u0000']);
  const query: Record<string, string> = {};
  for (const name of ['code', 'state', 'key', 'error', PERSON]) if (random.chance(0.5)) query[name] = text();
  const state = query.state ?? text();
  const cookies = random.chance(0.5) ? [`__Host-acopio-install-${kit.channel.platform.name}=${state}`] : [];
  const event = eventOf(index, {
    path,
    method: 'GET',
    headers: { 'accept-language': text() },
    query,
    cookies,
  });
  return { what: `a visit of ${path} with ${Object.keys(query).join(', ')}`, event, proven: false };
}

function eventOf(
  index: number,
  given: {
    path: string;
    method: string;
    headers: Record<string, string>;
    body?: string;
    isBase64Encoded?: boolean;
    query?: Record<string, string>;
    cookies?: string[];
  },
): APIGatewayProxyEventV2 {
  const { path, method, headers, body, isBase64Encoded = false, query, cookies = [] } = given;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    cookies,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'hostile',
      domainName: 'api.invalid',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: PERSON },
      requestId: `hostile-${index}`,
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}
