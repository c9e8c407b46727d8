import { afterEach, expect, it, vi } from 'vitest';
import { merchantSchema } from '../../config/merchant.ts';
import { merchantStores } from '../../ops/merchant-stores.ts';
import { createProgram } from '../../ops/program.ts';

const opened = vi.hoisted(() => ({ context: {} as object }));
vi.mock('../../ops/context.ts', () => ({ openContext: async () => opened.context }));
afterEach(() => vi.restoreAllMocks());

it.each([
  [['attention']],
  [['orders', 'list']],
  [['dlq', 'count']],
  [['commands', 'list']],
  [['products', 'attention']],
  [['throttle']],
  [['replay']],
])(
  '%j of a platform that the merchant does not have is refused: that there is nothing would read as if all were well',
  async (words) => {
    const merchant = merchantSchema().parse({
      name: 'shop',
      alarmEmail: 'someone@example.com',
      platforms: { imotriz: { stores: [{ country: 'co', storeId: 'main' }] } },
    });
    const close = vi.fn();
    opened.context = { ...merchantStores(merchant), merchant, close };

    const parsed = createProgram().parseAsync([...words, '--platform', 'nuvemshop'], { from: 'user' });

    await expect(parsed).rejects.toThrow('merchant shop has no nuvemshop (it has: imotriz).');
    expect(close).toHaveBeenCalledOnce();
  },
);
