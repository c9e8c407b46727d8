import { describe, expect, it, vi } from 'vitest';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { Fault } from '../../../local/platforms/simulator.ts';
import { ENDPOINTS } from './endpoints/all.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { startNuvemshop, subjectsOf } from './harness.ts';

// Most of the time goes into waiting for answers that never come.
vi.setConfig({ maxConcurrency: 20 });

type Fields = Partial<Pick<PlatformError, 'kind' | 'status' | 'throttled' | 'outcomeUnknown'>>;
interface Expected {
  /** Absent where the caller does not notice. */
  error?: Fields;
  /** Calls of the endpoint's own kind that the platform received, when the last of them was made. */
  calls: number;
}

const LATER = { kind: 'retry-later' } as const;
const LOST = { error: { ...LATER, outcomeUnknown: true }, calls: 1 };
const UNNOTICED = (calls: number): Expected => ({ calls });
/** The answer is lost, the work is done. */
const afterActing = (endpoint: Endpoint, otherwise: Expected): Expected =>
  ({ add: UNNOTICED(1), blind: LOST, read: otherwise, state: otherwise, remove: otherwise })[endpoint.nature];
const once = ({ nature }: Endpoint) => nature === 'add' || nature === 'blind';

/**
 * What each fault must come to. An `add` whose answer is lost is found by reading back, and never made twice; the others
 * are repeated only where the connection itself broke, as a closed keep-alive socket does.
 */
const FAULTS: { title: string; fault: Omit<Fault, 'match'>; expected: (endpoint: Endpoint) => Expected }[] = [
  {
    title: '429 is throttled and was not carried out (documented)',
    fault: { kind: 'status', status: 429 },
    expected: () => ({ error: { ...LATER, status: 429, throttled: true, outcomeUnknown: false }, calls: 1 }),
  },
  {
    title: '500 may have happened (documented)',
    fault: { kind: 'status', status: 500 },
    expected: () => ({ error: { ...LATER, status: 500, throttled: false, outcomeUnknown: true }, calls: 1 }),
  },
  {
    title: '402 stops the platform (documented)',
    fault: { kind: 'status', status: 402 },
    expected: () => ({ error: { kind: 'auth-failed', status: 402, outcomeUnknown: false }, calls: 1 }),
  },
  {
    title: 'a page in place of a 403 is throttling, not a refused credential',
    fault: { kind: 'html', status: 403 },
    expected: () => ({ error: { ...LATER, status: 403, throttled: true }, calls: 1 }),
  },
  {
    title: 'a page in place of a 502 is throttling',
    fault: { kind: 'html', status: 502 },
    expected: () => ({ error: { ...LATER, status: 502, throttled: true }, calls: 1 }),
  },
  { title: 'time-out before it acted', fault: { kind: 'timeout-before' }, expected: () => LOST },
  {
    title: 'time-out after it acted',
    fault: { kind: 'timeout-after' },
    expected: (endpoint) => afterActing(endpoint, LOST),
  },
  {
    title: 'connection reset before it acted',
    fault: { kind: 'reset-before' },
    expected: (endpoint) => (once(endpoint) ? LOST : UNNOTICED(2)),
  },
  {
    title: 'connection reset after it acted',
    fault: { kind: 'reset-after' },
    expected: (endpoint) => afterActing(endpoint, UNNOTICED(2)),
  },
  {
    title: 'connection cut in the middle of the answer',
    fault: { kind: 'reset-during' },
    expected: (endpoint) => afterActing(endpoint, UNNOTICED(2)),
  },
  {
    title: 'an empty body where JSON was due',
    fault: { kind: 'empty-body' },
    expected: (endpoint) => (endpoint.nature === 'remove' ? UNNOTICED(1) : afterActing(endpoint, LOST)),
  },
  {
    title: 'a body that breaks off',
    fault: { kind: 'truncated-body' },
    expected: (endpoint) => (endpoint.nature === 'remove' ? UNNOTICED(1) : afterActing(endpoint, LOST)),
  },
];

describe.each(FAULTS)('$title', ({ fault, expected }) => {
  it.concurrent.each(ENDPOINTS)('$name', async (endpoint) => {
    // Prepare
    const nuvemshop = await startNuvemshop();
    const { sim, client, count } = nuvemshop;
    const { method, route } = endpoint;
    const subjects = subjectsOf(nuvemshop);
    sim.faults.add({ ...fault, match: { method, path: `/{version}/{store_id}${route}` }, times: 1 });
    if (fault.kind.startsWith('timeout')) nuvemshop.hurry(onceMatching(method, route));

    // Act
    const outcome = await endpoint.run(client, subjects, nuvemshop).then(
      () => undefined,
      (error: unknown) => error,
    );
    await sim.stop();

    // Assess
    const wanted = expected(endpoint);
    expect(sim.calls.filter((call) => call.fault !== undefined)).toHaveLength(1);
    if (wanted.error === undefined) expect(outcome).toBeUndefined();
    else {
      expect(outcome).toBeInstanceOf(PlatformError);
      expect(outcome).toMatchObject(wanted.error);
    }
    expect(count(method, route)).toBe(wanted.calls);
  });
});

function onceMatching(method: string, route: string): (method: string, url: string) => boolean {
  const pattern = new RegExp(`/2025-03/\\d+${route.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`);
  let done = false;
  return (sent, url) => {
    if (done || sent !== method || !pattern.test(url)) return false;
    done = true;
    return true;
  };
}
