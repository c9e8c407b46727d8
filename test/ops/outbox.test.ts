import { afterEach, describe, expect, it, vi } from 'vitest';
import { deleteFromOutbox, retryOutbox } from '../../ops/commands/outbox.ts';
import type { OperatorContext } from '../../ops/context.ts';

const ids = (asked: readonly string[] = ['a']) => asked.filter((id) => id === 'a');
const context = {
  polledStores: [{ platform: 'shop', storeId: 's' }],
  outboxOf: () => ({
    outbox: {
      listAside: async () => [{ id: 'a' }],
      retry: async (_: unknown, asked?: string[]) => ids(asked).map((id) => ({ id, sent: true })),
      discard: async (asked: string[]) => ids(asked).length,
    },
    queue: {},
  }),
  audited: (_: string, __: object, work: () => Promise<unknown>) => work(),
} as unknown as OperatorContext;
const options = { json: false, dryRun: false, yes: true };
afterEach(() => vi.restoreAllMocks());

describe.each([
  ['retry', retryOutbox],
  ['delete', deleteFromOutbox],
])('outbox %s', (_, command) => {
  const run = async (asked: string[]) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await command(context, asked, options);
    return { code, said: write.mock.calls.join('') };
  };

  it('does what is found, and names what is not, with exit code 1', async () => {
    const { code, said } = await run(['a', 'mistyped']);

    expect(code).toBe(1);
    expect(said).toContain('mistyped is not set aside. "outbox list" shows what is.');
  });

  it('ends with 0 where all of it is found', async () => {
    expect((await run(['a'])).code).toBe(0);
  });
});
