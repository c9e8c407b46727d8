import { beforeAll, describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../functions/domain/event.ts';
import { startEpoch } from '../../../functions/storage/feed-epoch.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const DAY_MS = 24 * 3600 * 1000;
const tables = localTables();
const api = apiBench(tables);
const token = api.token(['orders:read']);

const event = (n: number): Omit<NewEvent, 'id'> => ({
  type: n % 5 === 0 ? 'order.cancelled' : 'order.updated',
  at: new Date(api.clock.now()).toISOString(),
  key: `shop:s:${n}`,
  version: 1,
});

async function publish(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  await api.feed.append({
    events: (epoch) => numbers.map((n) => ({ id: `shop:s:order:${n}:${epoch}:1`, ...event(n) })),
  });
}

const events = (query = '') => api.call('GET', `/v1/events${query}`, { token });
const numbersOf = ({ body }: { body: { items: { seq: number }[] } }) => body.items.map(({ seq }) => seq);

describe('before the first event', () => {
  it('the feed is empty, and who follows from its head misses nothing of what comes', async () => {
    const { body } = await events('?after=head');
    await publish(1, 3);

    const next = await events(`?after=${body.next}`);

    expect(body).toMatchObject({ items: [], behind: 0 });
    expect(numbersOf(next)).toEqual([1, 2, 3]);
  });
});

describe('events', () => {
  beforeAll(() => publish(4, 250));

  it('are told from the oldest on where no cursor says otherwise', async () => {
    const { body } = await events('?limit=2');

    expect(numbersOf({ body })).toEqual([1, 2]);
    expect(body.behind).toBe(248);
  });

  it('are each told once to who follows the cursors, and then none', async () => {
    const seen: number[] = [];
    let after = 'oldest';
    let last: Awaited<ReturnType<typeof events>>;
    do {
      last = await events(`?after=${after}&limit=60`);
      seen.push(...numbersOf(last));
      after = last.body.next;
    } while (last.body.items.length > 0);

    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    expect(last.body).toMatchObject({ behind: 0, next: last.body.head });
  });

  it('of some types only are passed over as far as was looked', async () => {
    const first = await events('?types=order.cancelled&limit=3');
    const rest = await events(`?types=order.cancelled&limit=1000&after=${first.body.next}`);

    expect(numbersOf(first)).toEqual([5, 10, 15]);
    expect(numbersOf(rest)).toHaveLength(47);
    expect(rest.body).toMatchObject({ behind: 0, next: rest.body.head });
  });

  it('of a type that none has move the cursor all the same', async () => {
    const { body } = await events('?types=order.redacted');

    expect(body).toMatchObject({ items: [], behind: 0, next: body.head });
  });

  it('after the head are those that come later', async () => {
    const head = await events('?after=head');
    await publish(251, 252);

    expect(numbersOf(head)).toEqual([]);
    expect(numbersOf(await events(`?after=${head.body.next}`))).toEqual([251, 252]);
  });

  it('say nothing of a person: their fields are listed', async () => {
    const { body } = await events('?limit=1');

    expect(Object.keys(body.items[0]).sort()).toEqual(['at', 'id', 'key', 'seq', 'type', 'version']);
  });
});

describe('a cursor', () => {
  const first = async (query = '') => (await events(`?limit=1${query}`)).body.next as string;

  it('goes with the filters that it was made with, in any order', async () => {
    const cursor = await first('&types=order.updated,order.cancelled');

    const same = await events(`?types=order.cancelled,order.updated&after=${cursor}`);
    const other = await events(`?after=${cursor}`);

    expect(same.status).toBe(200);
    expect([other.status, other.body.code]).toEqual([400, 'cursor-of-other-filters']);
  });

  it('of another list is refused', async () => {
    const answer = await api.call('GET', `/v1/orders?cursor=${await first()}`, { token });

    expect([answer.status, answer.body.code]).toEqual([400, 'cursor-of-other-filters']);
  });

  it.each([
    ['cut off', (cursor: string) => cursor.slice(0, -3)],
    ['changed', (cursor: string) => `A${cursor.slice(1)}`],
    ['made up', () => 'bm90LW91cnM.aaaaaaaaaaaa'],
    ['a word', () => 'tail'],
  ])('that is %s is answered 400', async (_, change) => {
    const answer = await events(`?after=${change(await first())}`);

    expect([answer.status, answer.body.code]).toEqual([400, 'cursor-invalid']);
  });

  it('that is older than what is kept is answered 410 with the oldest, which can be read from', async () => {
    const old = await first();
    api.clock.move(20 * DAY_MS);
    await publish(253, 253);
    api.clock.move(20 * DAY_MS);
    await publish(254, 254);

    const answer = await events(`?after=${old}`);
    const again = await events(`?after=${answer.body.oldest}`);

    expect([answer.status, answer.body.code]).toEqual([410, 'cursor-expired']);
    expect(numbersOf(again)).toEqual([253, 254]);
  });

  it('of an epoch that is over is answered 410, and told to begin anew', async () => {
    const old = await first();
    await startEpoch({ client: tables.client, table: tables.table, clock: api.clock });

    const answer = await events(`?after=${old}`);
    const again = await events(`?after=${answer.body.oldest}`);

    expect([answer.status, answer.body.code]).toEqual([410, 'feed-reset']);
    expect(again.body).toMatchObject({ items: [], behind: 0 });
  });
});
