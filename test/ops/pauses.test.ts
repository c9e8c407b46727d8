import { expect, it, vi } from 'vitest';
import { pausePlatform } from '../../ops/commands/pauses.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
const { printed } = whatIsPrinted();
const HOUR_MS = 3_600_000;

it('a pause that takes the place of another says so, with who said that one, until when and why', async () => {
  const clock = movedClock();
  const stores = [{ platform: 'shop', storeId: 'replaced' }];
  const pausedBy = (who: string, reason: string, hours: number) =>
    pausePlatform(
      {
        stores,
        names: ['shop'],
        who,
        control: { ...tables, clock },
        audited: vi.fn(async (_what, _details, work) => work('ops-1')),
      } as unknown as OperatorContext,
      'shop',
      { reason, for: hours * HOUR_MS, dryRun: false, json: false },
    );
  await pausedBy('ana@shop', 'wrong prices', 48);
  const first = printed.splice(0).join('');

  await pausedBy('luis@shop', 'a look', 1);

  const until = new Date(clock.now() + 48 * HOUR_MS).toISOString();
  expect(first).not.toContain('in place of');
  expect(printed.join('')).toContain(`, in place of the pause of ana@shop until ${until}: wrong prices`);
});
