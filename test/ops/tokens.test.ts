import { expect, it } from 'vitest';
import { createToken } from '../../ops/commands/tokens.ts';
import type { OperatorContext } from '../../ops/context.ts';

it('no token is of the client whose commands are the operator’s own, under whatever name', async () => {
  const untouched = {} as OperatorContext;
  const asked = { scopes: ['commands'], dryRun: false, json: false };

  await expect(createToken(untouched, 'operator', asked)).rejects.toThrow(/Choose another --client/);
  await expect(createToken(untouched, 'erp', { ...asked, client: 'operator' })).rejects.toThrow(
    /would see them/,
  );
});
