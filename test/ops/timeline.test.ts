import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { type Step, timelineOf } from '../../ops/data/timeline.ts';
import { rowOf } from '../storage/samples.ts';

const at = (seconds: number) => Date.parse('2026-11-22T12:00:00.000Z') + seconds * 1000;
const iso = (seconds: number) => new Date(at(seconds)).toISOString();
const row = rowOf('1', {
  sourceTime: at(-2),
  observedAt: at(1),
  origin: { first: { via: 'webhook', at: at(0) }, last: { via: 'poll', at: at(60) }, lagMs: 3_400 },
  version: 2,
});
const event = (seq: number, seconds: number, type: FeedEvent['type'] = 'order.created'): FeedEvent => ({
  id: `e${seq}`,
  seq,
  type,
  at: iso(seconds),
  key: 'shop:s:1',
});
const wayOf = (known: Partial<Parameters<typeof timelineOf>[0]>) =>
  timelineOf({ row, events: [], commands: [], endpoints: [], ...known });
const only = (steps: readonly Step[], step: Step['step']) => steps.filter((one) => one.step === step);

describe('the way of an order', () => {
  it('begins with what happened first, whoever tells of it', () => {
    const steps = wayOf({ events: [event(7, 2)] });

    const told = steps.filter(({ step }) => step !== 'placed').map(({ step }) => step);
    expect(told).toEqual(['changed-at-platform', 'received', 'published', 'observed']);
  });

  it('says how late the last reading was', () => {
    expect(only(wayOf({}), 'observed')[0]?.with).toEqual({ via: 'poll', version: 2, lagSeconds: 3 });
  });

  it('says who took an event, and who has not yet', () => {
    const endpoints = [
      { id: 'wh-a', seq: 7 },
      { id: 'wh-b', seq: 6 },
      { id: 'wh-c', seq: 9, types: ['command.done'] },
    ];

    const [published] = only(wayOf({ events: [event(7, 2)], endpoints }), 'published');

    expect(published?.with).toMatchObject({ delivered: ['wh-a'], waiting: ['wh-b'] });
  });

  it('tells of what is not understood, and of whoever dealt with it', () => {
    const review = { reason: 'not-json', problem: 'x', at: at(5), dismissedAt: at(9) } as const;

    const steps = wayOf({ row: { ...row, review } });

    expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['needs-review', 'dismissed']));
  });

  it('tells of acknowledgements and of what was erased', () => {
    const acknowledgements = { erp: { erpId: 'SO-7', version: 1, at: iso(3) } };
    const erased = { at: at(70), because: 'operator', request: 'r' } as const;

    const steps = wayOf({ row: { ...row, acknowledgements, erased } });

    expect(only(steps, 'acknowledged')[0]?.with).toEqual({ client: 'erp', erpId: 'SO-7', version: 1 });
    expect(steps.at(-1)).toMatchObject({ step: 'erased', at: iso(70) });
  });

  it('of an order that was erased before it came does not say that it was received', () => {
    const erased = { at: at(0), because: 'operator', request: 'r' } as const;
    const seen = { via: 'webhook', at: at(0) } as const;
    const { order: _, personal: __, sourceTime: ___, ...bare } = row;
    const mark = { ...bare, erased, origin: { first: seen, last: seen }, observedAt: 0, version: 0 };
    const come = { ...row, erased, origin: { first: seen, last: { via: 'poll', at: at(60) } as const } };

    expect(wayOf({ row: mark }).map(({ step }) => step)).toEqual(['erased']);
    expect(wayOf({ row: come }).map(({ step, with: { via } }) => [step, via])).toContainEqual([
      'observed',
      'poll',
    ]);
    expect(only(wayOf({ row: come }), 'received')).toEqual([]);
  });

  it('has no value of a person', () => {
    const text = JSON.stringify(wayOf({ events: [event(7, 2)] }));

    for (const value of [row.personal?.name, row.personal?.email, row.personal?.phone])
      if (value !== undefined) expect(text).not.toContain(value);
  });
});
