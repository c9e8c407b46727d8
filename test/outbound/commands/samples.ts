import type { OrderKey, OrderRow } from '../../../functions/domain/order-row.ts';
import type { Command } from '../../../functions/storage/command-item.ts';

export const NOW = Date.parse('2026-11-22T12:00:00.000Z');

/** A row of an order that nobody could read yet. */
export const sampleRow = (key: OrderKey, changes: Partial<OrderRow> = {}): OrderRow => ({
  ...key,
  state: 'ok',
  changedAt: '2026-11-22T12:00:00.000Z',
  observedAt: 0,
  version: 1,
  revision: 1,
  origin: { first: { via: 'webhook', at: 0 }, last: { via: 'webhook', at: 0 } },
  correlationId: 'test',
  ...changes,
});

/** A command that nobody has tried yet. */
export const sampleCommand = (changes: Partial<Command> = {}): Command => ({
  n: 1,
  client: 'erp',
  id: 'c-1',
  command: 'dispatch',
  input: {},
  sha256: 'sha',
  state: 'accepted',
  acceptedAt: NOW,
  updatedAt: NOW,
  giveUpAt: NOW + 7 * 24 * 3_600_000,
  fence: 0,
  tries: 0,
  failures: 0,
  stepsSeen: [],
  eventCount: 0,
  correlationId: 'test',
  ...changes,
});
