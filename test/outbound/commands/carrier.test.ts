import { expect, it } from 'vitest';
import { carrierOf } from '../../../functions/outbound/commands/carrier.ts';
import { answered, calling } from '../../../functions/outbound/commands/progress.ts';
import type { CommandTable, PlatformCommand } from '../../../functions/platforms/commands.ts';
import { NOW, sampleCommand, sampleRow } from './samples.ts';

const note: Partial<PlatformCommand> = { twice: () => 'harmless' };
const TABLE = { note } as unknown as CommandTable;
const KEY = { platform: 'shop', storeId: 'store', platformOrderId: '1' };
const ERASED_ROW = sampleRow(KEY, { erased: { at: NOW, because: 'operator', request: 'r' } });
const given = sampleCommand({ command: 'note', input: { text: 'For Invented Person' } });

it('a command that was given while its person was erased is refused, and loses what may tell of one', () => {
  const carrier = carrierOf(TABLE, given, ERASED_ROW, NOW);

  expect(carrier).toMatchObject({ ended: { state: 'refused', erased: true, input: {} } });
});

it('a command of several calls whose person was erased between them is refused, and says how far it came', () => {
  const halfway = answered(calling(given, { step: 'one', more: true }, NOW), NOW);

  const carrier = carrierOf(TABLE, halfway, ERASED_ROW, NOW);

  const reason = expect.stringMatching(/erased.*Give it again without.*one call of it had its effect/);
  expect(carrier).toMatchObject({ ended: { state: 'refused', reason } });
});

it('a command that says nothing of a person is carried out for an erased order', () => {
  const table = { close: note } as unknown as CommandTable;

  expect(carrierOf(table, sampleCommand({ command: 'close' }), ERASED_ROW, NOW)).toHaveProperty('run');
});
