import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { rowOf } from '../storage/samples.ts';
import { contentOf, servedApi } from './served-api.ts';

const PULL = join(import.meta.dirname, '../../examples/erp-pull/pull.mjs');
const served = servedApi();
const { api } = served;
const DAY_MS = 24 * 3600 * 1000;

let folder: string;
let file: string;
const running = new Set<ChildProcess>();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-erp-pull-'));
  file = join(folder, 'orders.sqlite');
});
afterEach(() => {
  served.interfere = () => undefined;
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the client as an ERP's developer does. */
function pull(...args: string[]) {
  const child = spawn(process.execPath, [PULL, file, ...args], {
    env: { ACOPIO_URL: served.url, ACOPIO_TOKEN: served.token },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  return { child, ended };
}

interface Kept {
  number: number;
  id: string;
  version: number;
  content: string;
  acknowledged: number;
}
/** The client's own table. */
function kept(): Kept[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare('SELECT * FROM orders ORDER BY number').all() as unknown as Kept[];
  } finally {
    db.close();
  }
}
const keptOf = (id: string) => kept().find((row) => row.id === `shop:s:${id}`);

/** All orders are here as they are at the API, each once, and the API knows each by one number. */
async function expectAllHere(ids: readonly string[]): Promise<void> {
  const rows = kept();
  expect(rows.map(({ id }) => id).sort()).toEqual(ids.map((id) => `shop:s:${id}`).sort());
  for (const id of ids) {
    const row = await api.orders.get(rowOf(id));
    const mine = rows.find((one) => one.id === `shop:s:${id}`);
    expect(mine).toMatchObject({ version: row?.version, acknowledged: row?.version });
    expect(row?.acknowledgements?.erp).toMatchObject({ erpId: `SO-${mine?.number}`, version: row?.version });
  }
  const names = Map.groupBy(served.acknowledged, ({ id }) => id);
  for (const [id, told] of names) expect(new Set(told.map(({ erpId }) => erpId)).size, id).toBe(1);
  const numbers = new Set(served.acknowledged.map(({ erpId }) => erpId));
  expect(numbers.size).toBe(names.size);
}

describe('the polling client', { timeout: 120_000 }, () => {
  const ids: string[] = [];
  const placed = async (...some: string[]) => {
    for (const id of some) {
      await served.place(id);
      ids.push(id);
    }
  };

  it('lists what there was before it came, and then follows', async () => {
    await placed('old-1', 'old-2', 'old-3');

    const { code } = await pull('--once').ended;
    await placed('new-1');
    await served.change('old-2');
    const again = await pull('--once').ended;

    expect([code, again.code]).toEqual([0, 0]);
    await expectAllHere(ids);
    expect(JSON.parse(keptOf('old-1')?.content ?? '')).toMatchObject({
      personal: { name: 'Invented Person' },
    });
  });

  it('loses no order and doubles none, wherever it is killed', async () => {
    // Arrange
    const random = createSeededRandom('kills');
    let kills = 0;

    // Act
    for (let run = 0; run < 10; run += 1) {
      await placed(`run-${run}-a`, `run-${run}-b`);
      await served.change(random.pick(ids));
      const { child, ended } = pull('--once');
      let left = 1 + Math.floor(random.next() * 6);
      served.interfere = ({ response }) => {
        left -= 1;
        if (left > 0) return undefined;
        kills += 1;
        if (run % 2 === 0) {
          // Before the API has heard of it.
          child.kill('SIGKILL');
          response.destroy();
          return 'handled';
        }
        // The API has done it, and nobody hears of that.
        return () => {
          child.kill('SIGKILL');
          return 'drop';
        };
      };
      await ended;
    }
    served.interfere = () => undefined;
    const { code } = await pull('--once').ended;

    // Assert
    expect(kills).toBeGreaterThan(6);
    expect(code).toBe(0);
    await expectAllHere(ids);
  });

  it('waits as long as it is told to, and goes on where it was', async () => {
    await placed('slow-1');
    const asked: number[] = [];
    const answers = [429, 503, 'drop'] as const;
    served.interfere = ({ response }) => {
      asked.push(Date.now());
      const next = answers[asked.length - 1];
      if (next === undefined) return undefined;
      if (next === 'drop') response.destroy();
      else response.writeHead(next, { 'retry-after': '1' }).end('{}');
      return 'handled';
    };

    const { code, said } = await pull('--once').ended;

    expect(code).toBe(0);
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1000);
    expect(asked[2]! - asked[1]!).toBeGreaterThanOrEqual(1000);
    expect(said).toMatch(/HTTP 429; again in 1 s[\s\S]*HTTP 503; again in 1 s[\s\S]*no answer; again in/);
    await expectAllHere(ids);
  });

  it('lists all orders anew after it was away for longer than the feed reaches back, killed in the middle too', async () => {
    // Arrange
    for (let n = 0; n < 70; n += 1) await placed(`away-${n}`);
    api.clock.move(40 * DAY_MS);
    await placed('late');
    const paths: string[] = [];
    const { child, ended } = pull('--once');
    served.interfere = ({ path }) => {
      paths.push(path);
      if (paths.filter((one) => one.startsWith('/v1/orders?')).length < 2) return undefined;
      return () => {
        child.kill('SIGKILL');
        return 'drop';
      };
    };

    // Act
    await ended;
    served.interfere = () => undefined;
    const { code } = await pull('--once').ended;

    // Assert
    expect(code).toBe(0);
    expect(paths[0]).toMatch(/^\/v1\/events\?/);
    expect(paths[1]).toMatch(/^\/v1\/events\?.*after=head/);
    await expectAllHere(ids);
  });

  it('takes what the API says after a restore, also where its version is lower', async () => {
    const before = await api.orders.get(rowOf('old-2'));
    await served.change('old-2');
    await pull('--once').ended;

    // The table is set back to before the change, and the acknowledgement with it.
    const now = await api.orders.get(rowOf('old-2'));
    await api.orders.put({ ...before!, revision: now!.revision + 1 }, now!.revision);
    api.clock.move(60_000);
    await startEpoch({ ...served.tables, clock: api.clock });
    await placed('after-restore');
    const { code } = await pull('--once').ended;

    expect(code).toBe(0);
    expect(keptOf('old-2')?.version).toBe(before?.version);
    await expectAllHere(ids);
  });

  it('forgets a person who was erased', async () => {
    await placed('erased');
    await pull('--once').ended;
    const { personal: _, ...content } = contentOf({
      platform: 'shop',
      storeId: 's',
      platformOrderId: 'erased',
    });
    await served.change('erased', {
      ...content,
      personal: {},
      erased: { at: api.clock.now(), because: 'customer-request', request: 'c-2' },
    });

    await pull('--once').ended;

    const mine = JSON.parse(keptOf('erased')?.content ?? '');
    expect(mine.erasedAt).toBeDefined();
    expect(JSON.stringify(mine)).not.toContain('Invented');
  });

  it('stops with what to do when its token is revoked, and when it is started twice', async () => {
    const first = pull();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const second = await pull('--once').ended;
    first.child.kill('SIGKILL');
    served.api.stored.splice(0);
    served.token = served.token.replace(/.{6}$/, 'AAAAAA');
    await first.ended;
    const revoked = await pull('--once').ended;

    expect([second.code, revoked.code]).toEqual([2, 2]);
    expect(second.said).toMatch(/Another process has .* open\. End that one/);
    expect(revoked.said).toContain('token-malformed: A token begins with acp_');
  });
});
