import { expect, it } from 'vitest';
import { COMMANDS } from '../../../functions/domain/command.ts';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';

it('every command is refused, and the seller panel is named: no write call is published', () => {
  const settings = imotriz.settings().parse({ stores: [{ country: 'co', storeId: 'co-main' }] });
  const table = imotriz.commands(imotriz.stores(settings)[0]!);

  for (const name of COMMANDS) {
    expect(table[name]).toEqual({ refused: expect.stringMatching(/no write call.*seller panel/) });
  }
});
