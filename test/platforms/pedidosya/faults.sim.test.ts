import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../functions/platforms/pedidosya/endpoints.ts';
import type { Fault } from '../../../local/platforms/simulator.ts';
import { errorOf, startPedidosya } from './harness.ts';
import { REACH } from './reach.ts';

type Expected = Record<string, unknown> | 'succeeds';

/** What each fault means, and what it means where an answer's body is not needed. */
const FAULTS: [name: string, fault: Omit<Fault, 'match'>, expected: (isWrite: boolean) => Expected][] = [
  [
    '429',
    { kind: 'status', status: 429 },
    () => ({ kind: 'retry-later', throttled: true, outcomeUnknown: false }),
  ],
  [
    'JSON 429 with Retry-After',
    { kind: 'status', status: 429, headers: { 'retry-after': '7', 'content-type': 'application/json' } },
    () => ({ kind: 'retry-later', throttled: true, retryAfterMs: 7000 }),
  ],
  [
    'HTML 429 with a longer Retry-After',
    { kind: 'html', status: 429, headers: { 'retry-after': '90' } },
    () => ({ kind: 'retry-later', throttled: true, retryAfterMs: 90_000 }),
  ],
  [
    'HTML 403',
    { kind: 'html', status: 403 },
    () => ({ kind: 'retry-later', throttled: true, retryAfterMs: 60_000 }),
  ],
  [
    'HTML 429',
    { kind: 'html', status: 429 },
    () => ({ kind: 'retry-later', throttled: true, retryAfterMs: 60_000 }),
  ],
  [
    'HTML 502',
    { kind: 'html', status: 502 },
    () => ({ kind: 'retry-later', throttled: true, outcomeUnknown: true }),
  ],
  ['HTML in a success', { kind: 'html', status: 200 }, () => ({ kind: 'retry-later', outcomeUnknown: true })],
  ['400', { kind: 'status', status: 400 }, () => ({ kind: 'refused' })],
  ['401', { kind: 'status', status: 401 }, () => ({ kind: 'auth-failed', status: 401 })],
  ['403', { kind: 'status', status: 403 }, () => ({ kind: 'auth-failed', status: 403 })],
  ['404', { kind: 'status', status: 404 }, () => ({ kind: 'not-found' })],
  ['500', { kind: 'status', status: 500 }, () => ({ kind: 'retry-later', outcomeUnknown: true })],
  ['501 (a pilot)', { kind: 'status', status: 501 }, () => ({ kind: 'refused' })],
  ['503', { kind: 'status', status: 503 }, () => ({ kind: 'retry-later', throttled: false })],
  ['a time-out before', { kind: 'timeout-before' }, () => ({ kind: 'retry-later', outcomeUnknown: true })],
  ['a time-out after', { kind: 'timeout-after' }, () => ({ kind: 'retry-later', outcomeUnknown: true })],
  [
    'an empty body',
    { kind: 'empty-body' },
    (isWrite) => ({ kind: 'invalid-response', outcomeUnknown: isWrite }),
  ],
  [
    'a truncated body',
    { kind: 'truncated-body' },
    (isWrite) => ({ kind: 'invalid-response', outcomeUnknown: isWrite }),
  ],
];

const operations = Object.keys(REACH) as (keyof typeof REACH)[];

async function startWithKnown() {
  const started = await startPedidosya();
  const order = started.world.place({ storeId: 'nbet' }).order_id;
  const [outcome] = await started.api.catalogue.update('nbet', [
    { sku: 'UY-001', active: true },
    { sku: 'UY-002', active: true },
  ]);
  await started.clock.sleep(1000);
  started.platform.calls.length = 0;
  return { ...started, known: { order, job: outcome?.kind === 'job' ? outcome.jobId : '' } };
}

function templateOf(operation: keyof typeof REACH): RegExp {
  const path = ENDPOINTS[operation].path.replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^/v2${path}$`);
}

describe.each(operations)('%s', (operation) => {
  const { method, idempotent } = ENDPOINTS[operation];
  const isWrite = method !== 'GET';

  it.each(FAULTS)('means the right thing by %s', async (name, fault, expected) => {
    // Prepare
    const { api, platform, known, impatient } = await startWithKnown();
    if (fault.kind.startsWith('timeout')) impatient(method);
    const times = name === '401' ? 2 : 1;
    platform.faults.add({ match: { method, path: templateOf(operation) }, ...fault, times });

    // Act: an export's answer is not documented, so an empty one will do.
    const bodyless = operation === 'catalog.export' && fault.kind === 'empty-body';
    const reached = REACH[operation](api, known);

    // Assess
    if (bodyless) await expect(reached).resolves.toEqual({});
    else
      expect(await errorOf(reached)).toMatchObject({
        platform: 'pedidosya',
        operation,
        ...(expected(isWrite) as object),
      });
    expect(platform.calls.filter(({ fault: hit }) => hit !== undefined)).toHaveLength(1);
  });

  it.each(['reset-before', 'reset-after', 'reset-during'] as const)(
    `is ${idempotent ? 'made once more' : 'not repeated'} after a %s`,
    async (kind) => {
      const { api, platform, known } = await startWithKnown();
      platform.faults.add({ match: { method, path: templateOf(operation) }, kind, times: 1 });

      const reached = REACH[operation](api, known);

      if (idempotent) await reached;
      else expect(await errorOf(reached)).toMatchObject({ kind: 'retry-later', outcomeUnknown: true });
      expect(platform.calls).toHaveLength(idempotent ? 2 : 1);
    },
  );
});

it('every endpoint has its faults tested here, or with its read-back and its token', () => {
  expect([...operations, 'oauth.token', 'orders.update'].sort()).toEqual(Object.keys(ENDPOINTS).sort());
});
