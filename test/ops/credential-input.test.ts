import { expect, it, vi } from 'vitest';
import { intake as platform } from '../../functions/platforms/nuvemshop/intake.ts';
import { askCredentials } from '../../ops/credential-input.ts';

const typed = vi.hoisted(() => ({ clientId: '1', clientSecret: 'the-new-one-of-today' }));
vi.mock('../../ops/ask.ts', () => ({
  mayAsk: () => true,
  confirm: async () => true,
  askHidden: async (question: string) => Reflect.get(typed, question.split(' ')[0]!) as string,
}));

it('keeps the secret that a person on a terminal replaces, and shows neither', async () => {
  const spec = platform.credentials.app!;
  const slot = { credential: 'app', spec, storeId: undefined, secretId: 'app', installed: false };
  const value = { clientId: '1', clientSecret: 'the-old-one-of-before' };
  const said: string[] = [];

  const filled = await askCredentials([{ slot, state: { state: 'filled', value } }], (line) => {
    said.push(line);
  });

  expect(filled).toEqual([{ slot, value: { ...typed, previousClientSecret: 'the-old-one-of-before' } }]);
  expect(said.join()).not.toMatch(/the-(?:new|old)-one/);
});
