import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { fetchReport } from '../../ops/commands/privacy.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { whatIsPrinted } from '../support/printed.ts';

whatIsPrinted();
const folder = temporaryFolder('report');
const context = {
  privacyStores: [{ platform: 'shop', storeId: '1' }],
  storeOf: () => ({ reports: { get: async () => ({ held: {} }) } }),
  audited: (_what: string, _details: object, work: () => Promise<object>) => work(),
} as unknown as OperatorContext;
const fetchTo = (to: string) => fetchReport(context, '7', { to, json: true });

it('a report goes into a new file that only its owner can read', async () => {
  const file = join(folder, 'new.json');

  expect(await fetchTo(file)).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('a report goes over no other file, and the refusal says what to do', async () => {
  const file = join(folder, 'there.json');
  writeFileSync(file, 'mine');

  await expect(fetchTo(file)).rejects.toThrow(`${file} is there already, and stays as it is.`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

it('a report that cannot be written says so in words', async () => {
  await expect(fetchTo(join(folder, 'no-such-folder', 'a.json'))).rejects.toThrow(
    /cannot be written .*ENOENT/,
  );
});
