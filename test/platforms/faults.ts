import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import type { CallRecord, Fault, Faults } from '../../local/platforms/simulator.ts';

export const FAULTS = {
  '429': { kind: 'status', status: 429 },
  '500': { kind: 'status', status: 500 },
  'a page for humans': { kind: 'html', status: 502 },
  'a time-out before it acted': { kind: 'timeout-before' },
  'a time-out after it acted': { kind: 'timeout-after' },
  'a reset before it acted': { kind: 'reset-before' },
  'a reset after it acted': { kind: 'reset-after' },
  'a reset in the middle of the answer': { kind: 'reset-during' },
  'an empty body': { kind: 'empty-body' },
  'a truncated body': { kind: 'truncated-body' },
} as const satisfies Record<string, Omit<Fault, 'match'>>;

export type FaultName = keyof typeof FAULTS;
/** What the caller notices: fields of the error, or nothing. */
export type Outcome = Record<string, unknown> | 'succeeds';
export type Outcomes = Partial<Record<FaultName, Outcome>>;

const LATER = { kind: 'retry-later' } as const;
/** Nobody knows whether the platform acted. */
export const LOST: Outcome = { ...LATER, outcomeUnknown: true };

const ALWAYS: Outcomes = {
  '429': { ...LATER, throttled: true, outcomeUnknown: false },
  '500': { ...LATER, throttled: false, outcomeUnknown: true },
  'a page for humans': { ...LATER, throttled: true },
  'a time-out before it acted': LOST,
  'a time-out after it acted': LOST,
  'an empty body': { kind: 'invalid-response' },
  'a truncated body': { kind: 'invalid-response' },
};

/** For a write whose outcome can be looked up: what was done is found, whatever became of its answer. */
export const FOUND_AGAIN: Outcomes = {
  'a time-out after it acted': 'succeeds',
  'a reset after it acted': 'succeeds',
  'a reset in the middle of the answer': 'succeeds',
  'an empty body': 'succeeds',
  'a truncated body': 'succeeds',
};

/** Spoils the next call of one endpoint and nothing else. */
export interface Spoilt {
  run(): Promise<unknown>;
  platform: { faults: Faults; calls: CallRecord[] };
  method: string;
  /** As in `Fault`: the end of a route's template, or a pattern of the path. */
  path: NonNullable<NonNullable<Fault['match']>['path']>;
  impatient(method: string): void;
}

/** One kind of call: all of it go the same way through the client. */
export interface CallKind {
  start(): Promise<Spoilt>;
  /** Whether the call made twice is as good as made once: it is, after a connection that broke, and only then. */
  repeatable: boolean;
  /** Where this kind differs from what is always so. */
  but?: Outcomes;
}

/**
 * Tests what each fault means to each kind of call. One method stands for all of its kind, because what a fault means is
 * decided in one place: every method goes through its platform's one caller, which the tests of the endpoints show. What
 * methods of a kind do by themselves, such as looking up what became of a write, has cases of its own.
 */
export function testFaults(kinds: Readonly<Record<string, CallKind>>): void {
  describe.each(Object.entries(kinds))('%s', (_, { start, repeatable, but = {} }) => {
    it.each(Object.keys(FAULTS) as FaultName[])('means the right thing by %s', async (name) => {
      // Arrange
      const { run, platform, method, path, impatient } = await start();
      const fault = FAULTS[name];
      if (fault.kind.startsWith('timeout')) impatient(method);
      platform.faults.add({ ...fault, match: { method, path }, times: 1 });
      const earlier = platform.calls.length;

      // Act
      const outcome = await run().then(
        () => 'succeeds',
        (error: unknown) => error,
      );

      // Assert
      const again = fault.kind.startsWith('reset') && repeatable;
      const expected = but[name] ?? ALWAYS[name] ?? (again ? 'succeeds' : LOST);
      if (expected === 'succeeds') expect(outcome).toBe('succeeds');
      else {
        expect(outcome).toBeInstanceOf(PlatformError);
        expect(outcome).toMatchObject(expected);
      }
      const made = platform.calls.slice(earlier).filter((call) => call.method === method && isAt(call, path));
      expect(made).toHaveLength(again ? 2 : 1);
      expect(made.filter(({ fault: met }) => met !== undefined)).toHaveLength(1);
    });
  });
}

function isAt(call: CallRecord, path: Spoilt['path']): boolean {
  return path instanceof RegExp ? path.test(call.path) : call.route.endsWith(path);
}
