import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../functions/domain/event.ts';
import { type Change, eventOf } from '../../functions/erp/event-of.ts';
import { ended, endedBlind } from '../../functions/outbound/commands/endings.ts';
import { type Command, itemOf } from '../../functions/storage/command-item.ts';
import { NOW, sampleCommand } from '../outbound/commands/samples.ts';

const KEY = { platform: 'shop', storeId: 's', platformOrderId: 'o:1' };
const EPOCH = 7;
const eventOfWrite = (before: Command | undefined, after: Command) =>
  eventOf(
    {
      before: before === undefined ? undefined : itemOf(KEY, before),
      after: itemOf(KEY, after),
      at: NOW,
    },
    EPOCH,
  );

describe('a command in the feed', () => {
  it('is told when it ends, with whose it is and nothing that was typed', () => {
    const command = sampleCommand({ n: 3, input: { text: 'For Invented Person' } });

    const event = eventOfWrite(
      command,
      ended(command, 'refused', NOW, { reason: 'R', platformSays: 'Invented Person' }),
    );

    expect(event).toEqual({
      id: 'shop:s:command:o:1:7:3.1',
      type: 'command.refused',
      at: new Date(NOW).toISOString(),
      key: 'shop:s:o:1',
      command: { client: 'erp', id: 'c-1', name: 'dispatch' },
    });
    expect(eventSchema().parse(event)).toEqual(event);
  });

  it('names a customer of the merchant’s system by its id there, and nothing of the person', () => {
    const key = { platform: 'shop', storeId: 's', externalId: 'C-1' };
    const command = sampleCommand({ command: 'customer', input: { name: 'Invented Person' } });
    const done = ended(command, 'done', NOW, { seen: true });

    const event = eventOf({ before: itemOf(key, command), after: itemOf(key, done), at: NOW }, EPOCH);
    const unreadable = eventOf({ after: { ...itemOf(key, done), state: 'odd' }, at: NOW }, EPOCH);

    expect(event).toEqual({
      id: 'shop:s:command:erp-customer:C-1:7:1.1',
      type: 'command.done',
      at: new Date(NOW).toISOString(),
      key: 'shop:s:erp-customer:C-1',
      command: { client: 'erp', id: 'c-1', name: 'customer', seen: true },
    });
    expect(unreadable).toMatchObject({ type: 'customer.attention', key: 'shop:s:erp-customer:C-1' });
  });

  it('says of one that is done whether the effect was there before, and whether it was seen', () => {
    const command = sampleCommand();

    expect(
      eventOfWrite(command, ended(command, 'done', NOW, { already: true, seen: true }))?.command,
    ).toMatchObject({
      already: true,
      seen: true,
    });
  });

  it.each(['done', 'failed', 'in_doubt', 'expired'] as const)('is told of as command.%s', (state) => {
    expect(eventOfWrite(sampleCommand(), ended(sampleCommand(), state, NOW))?.type).toBe(`command.${state}`);
  });

  it('is not told when it is given, called, given anew by a person or erased', () => {
    const doubted = endedBlind(sampleCommand({ calledAt: NOW }), NOW);

    expect(eventOfWrite(undefined, sampleCommand())).toBeUndefined();
    expect(eventOfWrite(sampleCommand(), sampleCommand({ state: 'running', calledAt: NOW }))).toBeUndefined();
    expect(eventOfWrite(doubted, { ...doubted, state: 'accepted' })).toBeUndefined();
    expect(eventOfWrite(doubted, { ...doubted, erased: true, input: {} })).toBeUndefined();
  });

  it('has another id when it ends a second time', () => {
    const doubted = ended(sampleCommand(), 'in_doubt', NOW);

    expect(eventOfWrite(doubted, ended(doubted, 'done', NOW))?.id).toBe('shop:s:command:o:1:7:1.2');
  });

  it('that cannot be read has somebody look at its order, and stops nothing', () => {
    const after = { ...itemOf(KEY, sampleCommand()), state: 'a-new-word' };

    expect(eventOf({ after, at: NOW }, EPOCH)).toMatchObject({ type: 'order.attention', key: 'shop:s:o:1' });
    const strange: Change = { after: { ...after, pk: 7 }, at: NOW };
    expect(eventOf(strange, EPOCH)).toBeUndefined();
  });
});
