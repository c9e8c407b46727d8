import { afterEach, describe, expect, it } from 'vitest';
import { platforms } from '../../functions/platforms/registry.ts';
import type { MetricName } from '../../functions/runtime/metric-names.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { type HostileAccount, INSTALL_KEY, openAccount } from './account.ts';
import { type Drawn, draw } from './draw.ts';
import { type Kit, nuvemshopKit, PERSON, pedidosyaKit, SECRET } from './kits.ts';

/** Requests to each platform's routes; `.ci/nightly` asks for 10,000 of each. */
const REQUESTS = Number(process.env.HOSTILE_REQUESTS ?? 300);
const SEED = process.env.HOSTILE_SEED ?? '1';
/** Logs are searched this often, so that they need not all be kept. */
const SEARCH_EVERY = 100;

/** One of these counts whatever was acknowledged, or it left something in a table. */
const TELLS: readonly MetricName[] = [
  'OrderCreated',
  'OrderUpdated',
  'OrderUnchanged',
  'OrderStale',
  'OrderNeedsReview',
  'EventIgnored',
  'FetchCoalesced',
  'PersonalDataErased',
  'PrivacyReportReady',
];

let account: HostileAccount;
/** How often each status was answered. */
let statuses: Map<number, number>;

const shownOf = (orderId: string) => {
  const { order, personal, erased, state } = account.rowOf(orderId) ?? {};
  return structuredClone({ order, personal, erased, state });
};

/** What one request did that it must not; the request is named in each. */
async function wrongs(kit: Kit, drawn: Drawn, victims: Map<string, unknown>): Promise<string[]> {
  const { what, event, proven } = drawn;
  const found: string[] = [];
  const wrong = (message: string) =>
    void found.push(`${event.requestContext.requestId} (${what}): ${message}`);
  const told = account.totals(TELLS);
  account.written();
  const answer = await account
    .request(event)
    .catch((error: unknown) => ({ statusCode: 599, body: `${error}` }));
  const status = answer.statusCode ?? 200;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const dead = await account.drain();
  const written = account.written();
  if (status >= 500) wrong(`answered ${status}`);
  if (dead > 0) wrong(`${dead} dead letters`);
  if (!proven && (status < 300 || written.length > 0))
    wrong(`${status} without a proof, and wrote ${written.map(({ pk }) => pk).join(', ')}`);
  if (status === 200 && written.length === 0 && account.totals(TELLS) === told)
    wrong('acknowledged, and nothing tells of it');
  if (status >= 400 && !kit.pages.includes(event.rawPath) && !says(answer.body))
    wrong(`${status} without saying what is wrong and what to do`);
  for (const [orderId, shown] of victims) {
    const now = shownOf(orderId);
    if (JSON.stringify(now) !== JSON.stringify(shown)) wrong(`changed order ${orderId}`);
    victims.set(orderId, now);
  }
  return found;
}

function says(body: string | undefined): boolean {
  const { message, next, correlationId } = JSON.parse(body ?? '{}') as Record<string, string>;
  return Boolean(message && next && correlationId);
}

/** The orders that somebody else's requests have to leave alone, as they came in honestly. */
async function bringIn(kit: Kit): Promise<Map<string, unknown>> {
  const random = createSeededRandom('honest');
  for (const { body } of kit.captured) {
    const { event } = draw(random, { ...kit, pages: [] }, 0);
    const http = { ...event.requestContext.http, method: 'POST' };
    const honest = {
      ...event,
      rawPath: kit.posts[0] ?? '',
      headers: kit.prove(Buffer.from(body)),
      requestContext: { ...event.requestContext, http },
      body,
      isBase64Encoded: false,
    };
    expect(await account.request(honest)).toMatchObject({ statusCode: 200 });
    expect(await account.drain()).toBe(0);
  }
  return new Map(kit.captured.map(({ orderId }) => [orderId, shownOf(orderId)]));
}

const KITS: readonly Kit[] = [nuvemshopKit, pedidosyaKit];

describe('the public routes', () => {
  it('are those of every platform that has one', () => {
    const open = platforms().filter(({ webhook, oauth }) => webhook !== undefined || oauth !== undefined);

    expect(KITS.map((kit) => kit.channel.platform.name)).toEqual(
      expect.arrayContaining(open.map(({ name }) => name)),
    );
  });
});

describe.each(KITS)('hostile requests at the public routes of $channel.platform.title', (kit) => {
  afterEach(() => account.close());

  it(`answer no 5xx, leave no dead letter, show no person and no secret, change no order that is not theirs, and lose nothing (${REQUESTS} of seed ${SEED})`, async () => {
    // Arrange
    account = openAccount(kit);
    statuses = new Map();
    const random = createSeededRandom(`${SEED}/${kit.channel.platform.name}`);
    const victims = await bringIn(kit);
    const found: string[] = [];
    const secrets = [PERSON, PERSON.toLowerCase(), SECRET, INSTALL_KEY];

    // Act
    for (let index = 0; index < REQUESTS && found.length < 20; index += 1) {
      account.clock.move(1000);
      found.push(...(await wrongs(kit, draw(random, kit, index), victims)));
      if (index % SEARCH_EVERY === 0 || index === REQUESTS - 1)
        found.push(...account.lines.holding(secrets).map((line) => `logged: ${line}`));
    }

    // Assert: they were of every kind, and a good part of them came through.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405, 415]));
    expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 10);
    expect(victims.size).toBe(kit.captured.length);
    for (const shown of victims.values()) expect(shown).toMatchObject({ state: 'ok' });
    expect(found).toEqual([]);
  }, 600_000);
});
