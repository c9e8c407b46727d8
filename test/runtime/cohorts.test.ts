import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortsOf, MOST_TOGETHER, type Travelling } from '../../functions/runtime/cohorts.ts';
import { type Message, messageSchema, pack, serialise } from '../../functions/runtime/queue.ts';

/** What SQS charges as one request. */
const CHARGED_AS_ONE = 64 * 1024;

const envelope = {
  v: fc.constant(1 as const),
  correlationId: fc.uuid(),
  receivedAt: fc.integer({ min: 1, max: 2_000_000_000_000 }),
  attempts: fc.integer({ min: 0, max: 24 }),
  storeId: fc.constant('a-store'),
};
const seldom = <T>(value: T) =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(undefined) }, fc.constant(value));
const alone = seldom(true as const);
const refresh = fc.record({
  ...envelope,
  kind: fc.constant('refresh' as const),
  orderId: fc.string({ minLength: 1, maxLength: 60 }),
  origin: fc.constantFrom('reconcile' as const, 'replay' as const),
  priority: fc.constantFrom('urgent' as const, 'normal' as const, 'bulk' as const),
  alone,
});
const chunk = seldom({ index: 0, count: 2 });
/** Payloads of a few hundred bytes, of some that fill a message with others, and of one that needs a message for itself. */
const PAYLOADS = [300, 5000, 20_000, 55_000].map((size) => pack(noise(size))[0]!);
const received = fc
  .record({
    ...envelope,
    kind: fc.constant('received' as const),
    via: fc.constant('webhook' as const),
    topic: fc.constant('event'),
    payload: fc.constantFrom(...PAYLOADS),
    chunk,
  })
  .map(({ payload, chunk: part, ...rest }) => ({
    ...rest,
    payload: part === undefined ? payload : { ...payload, chunk: part },
  }));

const sentOf = (message: fc.Arbitrary<Message>): fc.Arbitrary<Travelling[]> =>
  fc.array(fc.record({ message, delaySeconds: fc.constantFrom(0, 0, 0, 7) }), {
    maxLength: 160,
    size: 'max',
  });
const travelling = fc.oneof(
  sentOf(refresh),
  sentOf(fc.oneof({ weight: 30, arbitrary: refresh as fc.Arbitrary<Message> }, received)),
);

/** Bytes that nothing makes smaller. */
function noise(size: number): Buffer {
  let seed = size;
  return Buffer.from(
    Array.from({ length: size }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed >> 16;
    }),
  );
}

const singlesOf = (message: Message): Message[] => (message.kind === 'cohort' ? message.messages : [message]);
const mayJoin = (message: Message) =>
  message.alone === undefined && (!('payload' in message) || message.payload.chunk === undefined);

const bytesOf = (members: readonly Travelling[]) =>
  members.reduce((sum, { message }) => sum + Buffer.byteLength(JSON.stringify(message)), 0);

describe('whatever travels', () => {
  it('arrives: each message once, as it was, with its own delay', () => {
    fc.assert(
      fc.property(travelling, (sent) => {
        const arrived = cohortsOf(sent).flatMap(({ message, delaySeconds }) =>
          singlesOf(messageSchema().parse(JSON.parse(serialise(message)))).map((one) =>
            JSON.stringify([delaySeconds, one]),
          ),
        );
        const meant = sent.map(({ message, delaySeconds }) =>
          JSON.stringify([delaySeconds, messageSchema().parse(message)]),
        );
        expect(arrived.sort()).toEqual(meant.sort());
      }),
    );
  });

  it('names with each message those that travel in it, whatever became of the others', () => {
    fc.assert(
      fc.property(travelling, (sent) => {
        for (const { message, members, delaySeconds } of cohortsOf(sent)) {
          expect(members.map((one) => one.message)).toEqual(singlesOf(message));
          expect(members.every((one) => one.delaySeconds === delaySeconds)).toBe(true);
        }
        expect(new Set(cohortsOf(sent).flatMap(({ members }) => members)).size).toBe(sent.length);
      }),
    );
  });

  it('is no more together than a function paces, or the queue charges as one', () => {
    fc.assert(
      fc.property(travelling, (sent) => {
        for (const { message } of cohortsOf(sent)) {
          if (message.kind !== 'cohort') continue;
          expect(message.messages.length).toBeGreaterThan(1);
          expect(message.messages.length).toBeLessThanOrEqual(MOST_TOGETHER);
          expect(Buffer.byteLength(serialise(message))).toBeLessThanOrEqual(CHARGED_AS_ONE);
        }
      }),
    );
  });

  it('travels by itself where it is a part of a payload, or failed in a cohort', () => {
    fc.assert(
      fc.property(travelling, (sent) => {
        for (const { message } of cohortsOf(sent))
          if (message.kind === 'cohort') expect(message.messages.every(mayJoin)).toBe(true);
      }),
    );
  });

  it('begins another message only where the one before it has no room', () => {
    fc.assert(
      fc.property(travelling, (sent) => {
        const joining = cohortsOf(sent).filter(({ members }) => members.every((one) => mayJoin(one.message)));
        for (const group of Map.groupBy(joining, ({ delaySeconds }) => delaySeconds).values()) {
          for (const [index, { members }] of group.slice(1).entries()) {
            const before = group[index]!;
            const isFull = before.members.length === MOST_TOGETHER;
            const bytes = bytesOf([...before.members, members[0]!]);
            expect(isFull || bytes > 0.9 * CHARGED_AS_ONE).toBe(true);
          }
        }
      }),
    );
  });
});
