import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createInstallStates, STATE_LIFE_MS } from '../../functions/storage/install-states.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
let serial = 0;
function states() {
  const clock = movedClock();
  serial += 1;
  const prefix = `state-${serial}`;
  let count = 0;
  const random = () => `${prefix}-${++count}`;
  const one = () => createInstallStates({ ...tables, platform: 'shop', clock, random });
  return { clock, one, states: one() };
}

describe('a state', () => {
  it('is good once, on whichever instance', async () => {
    const { states: first, one } = states();
    const state = await first.issue();

    expect(await one().spend(state)).toBe(true);
    expect(await first.spend(state)).toBe(false);
  });

  it('is spent by one of many who bring it at the same moment', async () => {
    const { states: first, one } = states();
    const state = await first.issue();

    const spent = await Promise.all(Array.from({ length: 8 }, () => one().spend(state)));

    expect(spent.filter(Boolean)).toHaveLength(1);
  });

  it('is good until its time is over, and not a moment longer', async () => {
    const { states: first, clock } = states();
    const [early, late] = [await first.issue(), await first.issue()];

    clock.move(STATE_LIFE_MS - 1);
    expect(await first.spend(early)).toBe(true);
    clock.move(1);
    expect(await first.spend(late)).toBe(false);
  });

  it('that nobody issued is refused', async () => {
    const { states: first } = states();
    expect(await first.spend('invented')).toBe(false);
    expect(await first.spend('')).toBe(false);
  });

  it('cannot be read from the table, which forgets it by itself', async () => {
    const { states: first, clock } = states();
    const state = await first.issue();

    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));

    expect(JSON.stringify(Items)).not.toContain(state);
    expect(Items.at(-1)).toMatchObject({ expiresAt: Math.ceil((clock.now() + STATE_LIFE_MS) / 1000) });
  });
});
