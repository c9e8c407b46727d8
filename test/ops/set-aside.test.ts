import { describe, expect, it } from 'vitest';
import { listSetAside, redeliverEvents } from '../../ops/commands/set-aside.ts';
import type { OperatorContext } from '../../ops/context.ts';

/** A merchant with no endpoint: nothing is set aside for any. */
const context = {
  webhooks: { admin: { get: async () => undefined }, list: async () => [], aside: { list: async () => [] } },
} as unknown as OperatorContext;

describe('what is set aside for an endpoint that there is not', () => {
  it.each([
    ['listed', () => listSetAside(context, 'wh-nope', { json: true })],
    ['sent again', () => redeliverEvents(context, 'wh-nope', [], { dryRun: false, json: true })],
  ])('is not %s as if it were nothing: its name is wrong', async (_, ask) => {
    const asked = ask();

    await expect(asked).rejects.toThrow('There is no endpoint "wh-nope". "webhooks list" shows those');
  });
});
