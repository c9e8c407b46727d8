import { expect, it } from 'vitest';
import { makeToken, withToken } from '../../functions/erp/tokens.ts';
import { createToken, revokeToken } from '../../ops/commands/tokens.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { whatIsPrinted } from '../support/printed.ts';

whatIsPrinted();

it('no token is of the client whose commands are the operator’s own, under whatever name', async () => {
  const untouched = {} as OperatorContext;
  const asked = { scopes: ['commands'], dryRun: false, json: false };

  await expect(createToken(untouched, 'operator', asked)).rejects.toThrow(/Choose another --client/);
  await expect(createToken(untouched, 'erp', { ...asked, client: 'operator' })).rejects.toThrow(
    /would see them/,
  );
});

it('why a token is revoked stands in the audit trail, where somebody says so', async () => {
  const entries: unknown[] = [];
  const kept = withToken(
    { tokens: [] },
    makeToken({ name: 'erp', client: 'erp', scopes: ['orders:read'] }, 0).stored,
  );
  const context = {
    secretsManager: { send: async () => ({ SecretString: JSON.stringify(kept) }) },
    outputs: () => 'arn',
    audited: async (what: string, details: object) => entries.push({ what, details }),
  } as unknown as OperatorContext;

  await revokeToken(context, 'erp', { reason: 'it leaked', dryRun: false, json: true });
  await revokeToken(context, 'erp', { dryRun: false, json: true });

  expect(entries).toEqual([
    { what: 'tokens revoke', details: { name: 'erp', reason: 'it leaked' } },
    { what: 'tokens revoke', details: { name: 'erp' } },
  ]);
});
