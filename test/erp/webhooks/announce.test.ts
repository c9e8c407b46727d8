import { expect, it } from 'vitest';
import { createAnnouncer } from '../../../functions/erp/webhooks/announce.ts';
import { movedClock } from '../../support/fakes.ts';

it('tells the endpoints that are sent events, and asks at most once a minute which those are', async () => {
  const clock = movedClock();
  const told: string[] = [];
  let asked = 0;
  const all = [
    { id: 'erp', status: 'active' },
    { id: 'waits', status: 'active', notBefore: clock.now() + 1 },
    { id: 'paused', status: 'paused' },
    { id: 'gone', status: 'disabled' },
  ] as const;
  const announce = createAnnouncer({
    endpoints: async () => {
      asked += 1;
      return [...all];
    },
    deliveries: { announce: async (id) => void told.push(id) },
    clock,
  });

  await announce();
  clock.move(59_999);
  await announce();
  expect([told, asked]).toEqual([['erp', 'erp'], 1]);
  clock.move(1);
  await announce();

  expect([told, asked]).toEqual([['erp', 'erp', 'erp', 'waits'], 2]);
});
