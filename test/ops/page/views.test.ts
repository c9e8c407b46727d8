import { describe, expect, it } from 'vitest';
import { COMMAND_STATES } from '../../../functions/domain/command.ts';
import { PAYMENT_STATUSES, REVIEW_REASONS } from '../../../functions/domain/order.ts';
import { ORDER_STATUSES } from '../../../functions/domain/order-words.ts';
import { redactedRow } from '../../../functions/pipeline/replay/redacted-row.ts';
import type { CommandView } from '../../../ops/data/commands.ts';
import type { EndpointStanding } from '../../../ops/data/endpoints.ts';
import type { FeedLate } from '../../../ops/data/feed.ts';
import type { GivenUp } from '../../../ops/data/given-up.ts';
import type { PlatformStanding } from '../../../ops/data/platforms.ts';
import type { StockReason } from '../../../ops/data/stock.ts';
import { wordsOf } from '../../../ops/page/changes.ts';
import { en } from '../../../ops/page/texts/en.ts';
import { enWords } from '../../../ops/page/texts/en-words.ts';
import { es } from '../../../ops/page/texts/es.ts';
import { esWords } from '../../../ops/page/texts/es-words.ts';
import { pt } from '../../../ops/page/texts/pt.ts';
import { ptWords } from '../../../ops/page/texts/pt-words.ts';
import { LANGUAGES, languageOf, speakerOf } from '../../../ops/page/texts/speaker.ts';
import { commandGroups } from '../../../ops/page/view/commands.ts';
import { nowView } from '../../../ops/page/view/now.ts';
import { durationOf, stepViews } from '../../../ops/page/view/order.ts';
import { orderItem } from '../../../ops/page/view/orders.ts';
import { reviewGroups } from '../../../ops/page/view/review.ts';
import { skuItem, stockCards } from '../../../ops/page/view/stock.ts';
import { rowOf } from '../../storage/samples.ts';

const speaker = speakerOf('en', 'UTC');
const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([gap]) => gap).sort();

describe('the texts', () => {
  it.each([
    ['es', es],
    ['pt', pt],
  ] as const)('of %s fill in what the English ones do', (_, texts) => {
    for (const [name, text] of Object.entries(en))
      expect([name, gaps(texts[name as keyof typeof en])]).toEqual([name, gaps(text)]);
  });

  it('have every word of the closed lists in each language', () => {
    const words = [...ORDER_STATUSES, ...PAYMENT_STATUSES, ...REVIEW_REASONS, ...COMMAND_STATES];

    for (const known of [enWords, esWords, ptWords])
      expect(words.filter((word) => known[word] === undefined)).toEqual([]);
    expect(Object.keys(esWords)).toEqual(Object.keys(enWords));
    expect(Object.keys(ptWords)).toEqual(Object.keys(enWords));
  });

  it.each([
    ['es-AR', 'es'],
    ['pt-BR', 'pt'],
    ['de', 'en'],
  ])('of a browser of %s are in %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });

  it.each(LANGUAGES)('say in %s how long ago something was', (language) => {
    expect(speakerOf(language).ago(new Date(NOW - 90_000).toISOString(), NOW)).toMatch(/1/);
  });
});

describe('an order in a list', () => {
  const summary = { name: 'shop:s:9', changedAt: new Date(NOW - 60_000).toISOString(), state: 'ok' as const };
  const item = (change: object) =>
    orderItem({ ...summary, ...change }, speaker, { titles: { shop: 'Shop' }, now: NOW });

  it('is called by its number, or by its id', () => {
    expect(item({ number: '#111' }).title).toBe('#111');
    expect(item({}).title).toBe('9');
  });

  it('that needs review says why', () => {
    expect(item({ state: 'needs-review', reason: 'not-json', status: 'ready' })).toMatchObject({
      pill: { text: 'needs review', tone: 'bad' },
      subtitle: 'Shop · No JSON',
    });
  });

  it('says as what it was found', () => {
    expect(item({ by: 'tracking code' }).subtitle).toBe('Shop · by its tracking code');
  });
});

describe('what needs review', () => {
  const rowFor = (id: string, reason: 'not-json' | 'platform-refused' | 'privacy-request') =>
    redactedRow(rowOf(id, { state: 'needs-review', review: { reason, problem: 'p', at: NOW } }));

  it('is grouped by reason, the largest first, with what mends it', () => {
    const groups = reviewGroups([
      rowFor('1', 'platform-refused'),
      rowFor('2', 'not-json'),
      rowFor('3', 'not-json'),
    ]);

    expect(groups.map(({ reason, next, offers, rows }) => [reason, next, offers, rows.length])).toEqual([
      ['not-json', 'next_read', ['raw', 'fresh'], 2],
      ['platform-refused', 'next_fetch', ['fresh'], 1],
    ]);
  });

  it('and nothing of ours can mend is left to a person', () => {
    expect(reviewGroups([rowFor('1', 'privacy-request')])).toMatchObject([
      { next: 'next_person', offers: [] },
    ]);
  });
});

describe('how everything stands', () => {
  const queue = { visible: 0, inWork: 0, delayed: 0, deadLetters: 0 };
  const store = { platform: 'shop', storeId: 's', limits: [], setAside: 0 };
  const platform = (change: Partial<PlatformStanding> = {}): PlatformStanding => ({
    platform: 'shop',
    title: 'Shop',
    queue,
    stores: [store],
    ...change,
  });
  const endpoint = {
    id: 'wh',
    url: 'http://x/',
    status: 'active' as const,
    epoch: 1,
    seq: 5,
    failures: 0,
    createdAt: NOW,
    behind: 0,
    setAside: 0,
    redeliver: [],
    secrets: 1,
  };
  const view = (
    platforms: PlatformStanding[],
    endpoints: EndpointStanding[] = [],
    counts: Partial<Record<'review' | 'commands' | 'stock', number>> = {},
    givenUp: GivenUp[] = [],
    late?: FeedLate,
  ) =>
    nowView({ platforms, erp: { head: 5, endpoints, givenUp, ...(late && { late }) } }, speaker, NOW, {
      review: 0,
      commands: 0,
      stock: 0,
      ...counts,
    });

  it('says who paused a store, why and for how long, and that it waits for a person', () => {
    const at = new Date(NOW - 60_000).toISOString();
    const paused = { by: 'ana', reason: 'wrong prices', at, until: new Date(NOW + 7_200_000).toISOString() };

    const { waiting, platforms } = view([platform({ stores: [{ ...store, paused }] })]);

    expect(waiting).toBe(1);
    expect(platforms[0]?.stores[0]?.paused).toEqual({
      text: 'ana paused all calls; they go on in 2 hr.',
      reason: 'wrong prices',
    });
    expect(wordsOf({ do: 'pause', store: 'shop:s', reason: 'wrong prices' })).toBe(
      "platforms pause shop:s --reason 'wrong prices' --for 4h",
    );
  });

  it('says when the webhooks of a store were looked at, where the app subscribes them', () => {
    const checkedAt = new Date(NOW - 7_200_000).toISOString();
    const stores = [store, { ...store, subscriptions: {} }, { ...store, subscriptions: { checkedAt } }];

    const { platforms } = view([platform({ stores })]);

    expect(platforms[0]?.stores.map(({ webhooks }) => webhooks)).toEqual([undefined, 'not yet', '2 hr. ago']);
  });

  it('is well while nothing waits for a person', () => {
    expect(view([platform()], [endpoint]).waiting).toBe(0);
  });

  it('is not well while changes are given up: it says how many messages name them, and which article helps', () => {
    const lacks: GivenUp[] = [
      { lack: 'unpublished', messages: 2, article: 'changes-not-published' },
      { lack: 'unnoted', messages: 0, article: 'orders-not-noted' },
      { lack: 'unclaimed', article: 'stock-not-claimed' },
    ];

    const { waiting, givenUp } = view([platform()], [endpoint], {}, lacks);

    expect(waiting).toBe(1);
    expect(givenUp).toEqual([
      'Given up: 2 messages name changes that are in no event. Runbook, article changes-not-published.',
    ]);
  });

  it('is not well while changes are not in the feed: it says since when, and which article helps', () => {
    const late = { since: NOW - 40 * 60_000, article: 'publisher-behind', lost: false } as const;

    const { waiting, erp, late: said } = view([platform()], [endpoint], {}, [], late);

    expect([waiting, erp]).toEqual([1, 'bad']);
    expect(said).toBe(
      'Changes are missing from the feed, the oldest of them made 40 min. ago. Runbook, article publisher-behind.',
    );
  });

  it('is not well while something waits on another screen, which it names', () => {
    const { waiting, elsewhere } = view([platform()], [endpoint], { review: 3, stock: 2 });

    expect(waiting).toBe(5);
    expect(elsewhere).toEqual([
      { screen: 'review', n: 3 },
      { screen: 'stock', n: 2 },
    ]);
  });

  it.each([
    ['a dead letter', () => view([platform({ queue: { ...queue, deadLetters: 2 } })])],
    [
      'an open circuit',
      () =>
        view([
          platform({
            stores: [
              {
                ...store,
                circuit: {
                  openedAt: new Date(NOW).toISOString(),
                  cause: 'c',
                  remedy: 'r',
                  reconnect: { command: 'connect shop' },
                },
              },
            ],
          }),
        ]),
    ],
    ['a page that was set aside', () => view([platform({ stores: [{ ...store, setAside: 1 }] })])],
    ['an endpoint that fails', () => view([platform()], [{ ...endpoint, failingSince: NOW }])],
    ['an endpoint that nobody calls', () => view([platform()], [{ ...endpoint, behind: 3, leftSince: NOW }])],
  ])('has %s in sight', (_, made) => {
    expect(made().waiting).toBe(1);
  });

  it('says of an endpoint that nobody calls since when, and which article helps', () => {
    const { erp, endpoints } = view([], [{ ...endpoint, behind: 3, leftSince: NOW - 40 * 60_000 }]);

    expect([erp, endpoints[0]?.pill.tone]).toEqual(['bad', 'bad']);
    expect(endpoints[0]?.state).toBe(
      '3 events behind, and nobody calls it since 40 min. ago. Runbook, article endpoint-failing.',
    );
  });

  it.each([
    ['lacks events', { behind: 3 }, '3 events behind'],
    ['stands in an epoch that is over', { behind: undefined }, '? events behind'],
    ['is to be sent some again', { redeliver: ['e'] }, 'has everything'],
  ])('does not show an endpoint as good that %s', (_, change, state) => {
    const { erp, endpoints } = view([], [{ ...endpoint, ...change }]);

    expect([erp, endpoints[0]?.pill.tone, endpoints[0]?.state]).toEqual(['going', 'going', state]);
  });

  it('offers to resume an endpoint that fails', () => {
    expect(view([], [{ ...endpoint, failingSince: NOW }]).endpoints[0]?.offers).toEqual(['test', 'resume']);
  });
});

describe('a SKU that waits for a person', () => {
  const shop = { titles: { shop: 'Shop' }, merchant: 'demo' };
  const drift: StockReason = {
    sku: 'A',
    where: 'shop#s##l',
    kind: 'drift',
    seen: { units: 7 },
    wanted: { units: 4 },
    toldAgain: false,
  };
  const doubt: StockReason = { sku: "it's", where: 'main', kind: 'in-doubt', line: 'shop:s:1#l|A' };

  it('says what its channel shows and should show, and is told again by a button and a command', () => {
    const [card] = stockCards([drift], speaker, shop);

    expect(card).toEqual({
      sku: 'A',
      where: 'Shop s l',
      text: 'It shows 7, and should show 4.',
      offersTelling: true,
    });
    expect(wordsOf({ do: 'tell-again', sku: 'A B' })).toBe("stock drift 'A B' --repair");
  });

  it.each([
    [
      'en',
      { on: false },
      'It shows not on sale, and should show without a limit, although it was told again.',
    ],
    ['es', { on: true }, 'Muestra a la venta y debería mostrar sin límite, aunque se le volvió a decir.'],
  ] as const)('says so in %s where no number is shown', (language, seen, text) => {
    const reason: StockReason = { ...drift, seen, wanted: { units: null }, toldAgain: true };

    expect(stockCards([reason], speakerOf(language), shop)[0]?.text).toBe(text);
  });

  it('is settled in the terminal where a change is in doubt, by words that a shell takes for words', () => {
    expect(stockCards([doubt], speaker, shop)[0]).toMatchObject({
      where: 'main',
      offersTelling: false,
      command: "npx acopio --merchant demo stock settle 'it'\\''s' 'shop:s:1#l|A' --made",
    });
  });

  it('comes first where it is in doubt, and last where nobody has its product', () => {
    const unlinked: StockReason = { sku: 'B', where: '', kind: 'unlinked', why: 'no-product' };

    expect(stockCards([unlinked, drift, doubt], speaker, shop).map(({ sku }) => sku)).toEqual([
      "it's",
      'A',
      'B',
    ]);
  });
});

describe('a SKU that was found', () => {
  const hit = { sku: 'T-SHIRT M', products: [], changedAt: '2026-11-22T12:00:00.000Z' };

  it('names each product that has it by its store, its outlet and its variant', () => {
    const products = [
      { platform: 'shop', storeId: 's', productId: 'p', variantId: 'v' },
      { platform: 'mall', storeId: 'm', outletId: 'o', productId: 'q', variantId: 'w' },
    ];

    expect(skuItem({ ...hit, products }, 'demo').products).toEqual(['shop:s p/v', 'mall:m:o q/w']);
  });

  it('says how its stock is shown, by words that a shell takes for words', () => {
    expect(skuItem(hit, 'demo')).toEqual({
      sku: 'T-SHIRT M',
      products: [],
      command: "npx acopio --merchant demo stock show 'T-SHIRT M'",
    });
  });
});

describe('commands', () => {
  it('in doubt stand first, and groups without one are left out', () => {
    const command = (state: string) => ({ state }) as CommandView;

    const groups = commandGroups([command('running'), command('in_doubt')]);

    expect(groups.map(({ title }) => title)).toEqual(['group_in_doubt', 'group_running']);
  });
});

describe('a step of the way', () => {
  it('says what was published, from what to what, and the time since the step before', () => {
    const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

    const [, second] = stepViews(
      [
        { at: at(0), step: 'received', with: { via: 'webhook' } },
        {
          at: at(75),
          step: 'published',
          with: { seq: 9, type: 'order.updated', from: 'received', to: 'ready' },
        },
      ],
      speaker,
    );

    expect(second).toMatchObject({
      title: 'Published as event 9',
      details: ['received → ready'],
      gap: '+1 min 15 s',
    });
  });

  it.each([
    [4_000, '4 s'],
    [60_000, '1 min'],
    [3_660_000, '1 h 1 min'],
    [172_800_000, '2 d'],
  ])('%i ms are %s', (ms, text) => {
    expect(durationOf(ms)).toBe(text);
  });
});

describe('the command that does the same as a button', () => {
  it('is one word for a shell, whatever a person wrote', () => {
    const reason = "it's done; rm -rf $HOME";

    expect(wordsOf({ do: 'dismiss', orders: ['shop:s:1'], reason })).toBe(
      `attention dismiss shop:s:1 --reason 'it'\\''s done; rm -rf $HOME'`,
    );
  });
});
