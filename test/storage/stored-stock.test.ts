import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { catalogueKey } from '../../functions/domain/stock/links.ts';
import { withMove, withOwnSale, withSoldElsewhere } from '../../functions/domain/stock/mastered.ts';
import { begun, foundMade, type Move, trusted } from '../../functions/domain/stock/move.ts';
import { EVERYWHERE, withWanted } from '../../functions/domain/stock/pricing.ts';
import { withClaim } from '../../functions/domain/stock/sale.ts';
import {
  withBase,
  withLinks,
  withPricing,
  withRejected,
  withShown,
} from '../../functions/domain/stock/sku.ts';
import { createCatalogueCompared } from '../../functions/storage/last-times.ts';
import { createOrderClaims } from '../../functions/storage/order-claims.ts';
import { createProductSkus } from '../../functions/storage/product-skus.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { createStockJobs } from '../../functions/storage/stock-jobs.ts';
import { createTellingState } from '../../functions/storage/stock-telling.ts';
import { createZeroWatch } from '../../functions/storage/stock-zeroed.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

/** Pins the items of stock, as test/storage/stored-items.test.ts pins the others. */
const tables = localTables();
const clock = movedClock();
const NOW = clock.now();
const DAY_MS = 24 * 3_600_000;
const store = { platform: 'shop', storeId: 's' };
const channel = { ...store, sells: ['main'], buffer: 0, shows: 'number' as const };
const rules = {
  channels: [channel],
  baseMeans: 'available' as const,
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const history = [{ version: 1, taken: 2000, gone: 0, since: NOW }];

it('holds a SKU with its claims and what is to be told, what orders take, and what was zeroed', async () => {
  const claim = { order: 'shop:s:1', line: 'l|A', places: ['main'], history, bookings: [] };
  await createStockStore({ ...tables, rules, clock }).update('A#1', (known) => {
    const links = [{ productId: 'p', variantId: 'v' }];
    const counted = withBase(known, 'main', { quantity: 5000, asOf: NOW }, rules, NOW).sku;
    const linked = withLinks(counted, catalogueKey(channel), links, rules, NOW);
    const sold = withClaim(linked, claim, { ...store, placedAt: NOW, before: undefined }, rules, NOW);
    const shown = withShown(sold, 'shop#s##', { display: { units: 9 }, from: NOW, to: NOW }, rules, NOW);
    const refused = { display: { units: 8 }, at: NOW, reason: 'r' };
    const prices = { prices: { currency: 'ARS', price: 1000 }, asOf: NOW };
    const rejected = withRejected(shown, 'shop#s##', refused, rules, NOW);
    const drifted = { 'shop#s##': { seen: { units: 9 }, at: NOW, repairs: 0 } };
    const priced = withPricing(rejected, withWanted(undefined, EVERYWHERE, prices).pricing, rules, NOW);
    return { ...priced, drifted, unlinked: 'no-product' as const };
  });
  const lines = { 'l|A': { sku: 'A', places: ['main'], history } };
  const key = { ...store, platformOrderId: '1' };
  await createOrderClaims(tables.client, tables.table).put(key, { version: 1, bookings: [], lines }, 0);
  await createProductSkus(tables.client, tables.table).put(
    { ...store, platformProductId: 'p' },
    { skus: ['A'], version: 1 },
  );
  await createZeroWatch({ ...tables, clock }).admit(['A'], async () => 1);
  const job = { jobId: 'j', what: 'display' as const, from: NOW, told: { 'shop#s##': ['A'] }, looks: 0 };
  await createStockJobs({ ...tables, clock }).put(store, job, NOW);
  await createCatalogueCompared({ ...tables, ...store }).set(NOW);
  await createTellingState({ ...tables, ...store }).put({ underWay: ['A'], most: 50 });

  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));

  const shapes = Items.map(({ pk, sk, ...rest }) => [`${pk} ${sk}`, Object.keys(rest).sort()]);
  expect(Object.fromEntries(shapes)).toEqual({
    'stock#A#1 item': [
      'bases',
      'changedAt',
      'claimed',
      'drifted',
      'eventCount',
      'lastOrderAt',
      'links',
      'marks',
      'movements',
      'pricing',
      'rejected',
      'reviewAt',
      'reviewOf',
      'revision',
      'shown',
      'sku',
      'storeKey',
      'told',
      'unlinked',
    ],
    'stock#A#1 claim#shop:s:1#l|A': ['bookings', 'history', 'line', 'order', 'places'],
    'stock#A#1 tell#shop#s': ['workAt', 'workOf'],
    'shop#s#order#1 claims': ['bookings', 'lines', 'revision', 'version'],
    'shop#s#product#p skus': ['skus', 'version'],
    'stock-zeroed zeroed': ['expiresAt', 'revision', 'zeroed'],
    'reconcile#shop#s catalogue': ['at'],
    'stock-job#shop#s#j job': ['from', 'jobId', 'looks', 'told', 'what', 'workAt', 'workOf'],
    'stock-telling#shop#s telling': ['most', 'underWay'],
  });
});

it('holds what is to be taken from a master’s number, and then what was really taken, in its place', async () => {
  const sku = 'M';
  const mastered = {
    ...rules,
    channels: [
      { ...channel, isMaster: true as const },
      { ...channel, platform: 'app' },
    ],
  };
  const claim = { order: 'app:s:1', line: 'l|M', places: ['main'], history, bookings: [] };
  const key = 'app:s:1#l|M';
  const sale = { platform: 'app', storeId: 's', placedAt: NOW, before: undefined };
  const stock = createStockStore({ ...tables, rules: mastered, clock });
  const shapes = async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));
    const found = Items.filter(({ pk, sk }) => pk === 'stock#M' && sk !== 'item');
    return found.map(({ sk, pk: _, ...rest }) => [sk, Object.keys(rest).sort()]);
  };
  const change = (next: (move: Move) => Move) =>
    stock.update(sku, (known) => withMove(known, next(known.moves[key]!), mastered, NOW), key);
  await stock.update(sku, (known) =>
    withOwnSale(
      withSoldElsewhere(known, claim, sale, mastered, NOW),
      ['main'],
      { from: NOW, to: NOW },
      mastered,
      NOW,
    ),
  );

  await change((move) => begun(move, { units: 5, changedAt: NOW }, NOW));
  const running = await shapes();
  await change((move) => foundMade(move, 3));
  const presumed = await shapes();
  await change((move) => trusted(move, NOW + DAY_MS));
  const applied = await shapes();
  const kept = await stock.read(sku);
  await stock.update(
    sku,
    (known) => withSoldElsewhere(known, { ...claim, history: again }, sale, mastered, NOW),
    key,
  );

  expect(running).toEqual([
    [`move#${key}`, ['call', 'line', 'order', 'place', 'settled', 'state', 'taken', 'version', 'wanted']],
  ]);
  expect(presumed).toEqual([
    [`move#${key}`, ['line', 'order', 'place', 'presumed', 'settled', 'state', 'taken', 'version', 'wanted']],
  ]);
  expect(applied).toEqual([
    [`took#${key}`, ['line', 'order', 'place', 'settled', 'state', 'taken', 'version', 'wanted']],
  ]);
  expect([kept.moves, kept.ownAt]).toEqual([{}, { main: NOW }]);
  expect((await stock.read(sku)).moves[key]).toMatchObject({
    state: 'wanted',
    settled: 2,
    taken: 2,
    wanted: 1,
  });
  expect((await shapes()).map(([sk]) => sk)).toEqual([`move#${key}`]);
});
const again = [{ version: 2, taken: 1000, gone: 0, since: NOW }];
