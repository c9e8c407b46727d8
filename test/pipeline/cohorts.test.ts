import { describe, expect, it } from 'vitest';
import { cohortsOf } from '../../functions/runtime/cohorts.ts';
import type { Message } from '../../functions/runtime/queue.ts';
import { inLine, openBazaar, refresh, sent } from '../support/bazaar/bench.ts';
import { FETCHES } from '../support/bazaar/job-benches.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** A store whose orders in `failing` cannot be fetched for a reason of our own. */
function open(store: string) {
  const failing = new Set<string>();
  const bed = openBazaar(tables, {
    stores: [store],
    change: ({ resources }) => ({
      resources: {
        ...resources,
        order: {
          ...resources.order,
          get(api, id) {
            if (failing.has(id)) throw new Error('a bug of ours');
            return resources.order.get(api as Parameters<typeof resources.order.get>[0], id);
          },
        },
      },
    }),
  });
  const { line, processor } = inLine(bed, bed.processor());
  return {
    ...bed,
    failing,
    line,
    work: (...messages: Message[]) => deliver(processor, ...messages),
    fetches: () => bed.shop.callsTo(FETCHES).map(({ path }) => path.replace(FETCHES, '')),
  };
}

function cohortOf(messages: Message[]): Message {
  const [cohort] = cohortsOf(messages.map((message) => ({ message, delaySeconds: 0 })));
  return cohort!.message;
}

describe('a cohort of which one fails', () => {
  it('is done but for that one, which is sent again alone', async () => {
    // Arrange
    const bed = open('one-fails');
    const ids = [1, 2, 3].map(() => bed.shop.place('one-fails').id);
    const [bad = '', ...good] = ids;
    bed.failing.add(bad);

    // Act
    const back = await bed.work(cohortOf(ids.map((id) => refresh(bed, id))));

    // Assert
    expect(back).toEqual([]);
    expect(bed.queue.sent).toMatchObject([
      { message: { kind: 'refresh', orderId: bad, alone: true }, delaySeconds: 60 },
    ]);
    for (const id of good) expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(bed.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is fetched for that one alone when the fault is gone', async () => {
    // Arrange
    const bed = open('fault-gone');
    const ids = [1, 2, 3].map(() => bed.shop.place('fault-gone').id);
    const [bad = ''] = ids;
    bed.failing.add(bad);
    await bed.work(cohortOf(ids.map((id) => refresh(bed, id))));
    bed.failing.clear();
    bed.clock.move(60_000);
    const before = bed.fetches().length;

    // Act
    const back = await bed.work(sent(bed));

    // Assert
    expect(back).toEqual([]);
    expect(bed.fetches().slice(before)).toEqual([bad]);
    expect(await bed.row(bad)).toMatchObject({ state: 'ok' });
  });

  it('comes back by the queue from the second time on, which counts its receives', async () => {
    // Arrange
    const bed = open('poison');
    const ids = [1, 2].map(() => bed.shop.place('poison').id);
    bed.failing.add(ids[0]!);
    await bed.work(cohortOf(ids.map((id) => refresh(bed, id))));

    // Act
    const back = await bed.work(sent(bed));

    // Assert
    expect(back).toEqual([0]);
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('keeps that one out of cohorts, wherever it waits after it failed', async () => {
    // Arrange
    const bed = open('kept-out');
    const ids = [1, 2, 3].map(() => bed.shop.place('kept-out').id);
    bed.failing.add(ids[0]!);
    await bed.work(cohortOf(ids.slice(0, 2).map((id) => refresh(bed, id))));
    bed.line.delaySeconds = 30;

    // Act
    await bed.work(sent(bed), refresh(bed, ids[2]!), refresh(bed, ids[1]!));

    // Assert
    expect(bed.queue.sent.slice(1).map(({ message }) => message.kind)).toEqual(['refresh', 'cohort']);
  });

  it('does not double those that were sent again already', async () => {
    // Arrange
    const bed = open('not-doubled');
    const [bad = '', busy = ''] = [1, 2].map(() => bed.shop.place('not-doubled').id);
    bed.failing.add(bad);
    bed.shop.trouble(new RegExp(`${busy}$`), { status: 503 });

    // Act
    const back = await bed.work(cohortOf([refresh(bed, bad), refresh(bed, busy)]));

    // Assert
    expect(back).toEqual([]);
    const again = bed.queuedMessages().map((message) => 'orderId' in message && message.orderId);
    expect(again.sort()).toEqual([bad, busy].sort());
  });

  it.each([
    ['all', 3, 3],
    ['many', 10, 6],
  ])('comes back whole when %s of it failed: the reason is hardly theirs', async (name, count, bad) => {
    const bed = open(`failed-${name}`);
    const ids = Array.from({ length: count }, () => bed.shop.place(`failed-${name}`).id);
    for (const id of ids.slice(0, bad)) bed.failing.add(id);

    const back = await bed.work(cohortOf(ids.map((id) => refresh(bed, id))));

    expect(back).toEqual([0]);
    expect(bed.queue.sent).toEqual([]);
  });

  it('comes back whole when the queue does not take that one', async () => {
    const bed = open('queue-away');
    const ids = [1, 2].map(() => bed.shop.place('queue-away').id);
    bed.failing.add(ids[0]!);
    bed.queue.refusing = 1;

    const back = await bed.work(cohortOf(ids.map((id) => refresh(bed, id))));

    expect(back).toEqual([0]);
    expect(await bed.row(ids[1]!)).toMatchObject({ state: 'ok' });
  });
});
