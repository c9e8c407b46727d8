import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewEvent } from '../../functions/domain/event.ts';
import { createEventBus } from '../../functions/erp/event-bus.ts';

const aws = mockClient(EventBridgeClient);
const bus = createEventBus(new EventBridgeClient({ region: 'sa-east-1' }), 'the-bus');

const events = Array.from(
  { length: 12 },
  (_, index): NewEvent => ({
    id: `shop:1:order:${index}:5:1`,
    type: 'order.created',
    at: '2026-11-22T12:00:00.000Z',
    key: `shop:1:${index}`,
    version: 1,
  }),
);

beforeEach(() => {
  aws.reset();
});

describe('the event bus', () => {
  it('gets each event under its type, with its id, ten in one call', async () => {
    aws.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });

    const lost = await bus.put(events);

    const calls = aws.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries ?? []);
    expect(lost).toBe(0);
    expect(calls.map(({ length }) => length)).toEqual([10, 2]);
    expect(calls[0]?.[0]).toEqual({
      EventBusName: 'the-bus',
      Source: 'acopio',
      DetailType: 'order.created',
      Detail: JSON.stringify(events[0]),
      Time: new Date('2026-11-22T12:00:00.000Z'),
    });
  });

  it('is sent again what it refused alone, and says what it never took', async () => {
    aws
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: [{ EventId: 'e' }, { ErrorCode: 'ThrottlingException' }] })
      .resolves({ Entries: [{ ErrorCode: 'InternalFailure' }] });

    const lost = await bus.put(events.slice(0, 2));

    const sent = aws.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries?.length);
    expect(lost).toBe(1);
    expect(sent).toEqual([2, 1, 1]);
  });
});
