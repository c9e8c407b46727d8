import { describe, expect, it } from 'vitest';
import {
  createEndpointAdmin,
  createEndpointLeases,
  type Endpoint,
  listEndpoints,
} from '../../functions/storage/endpoints.ts';
import { createFeedReader, type FeedPosition } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { endpointStandings } from '../../ops/data/endpoints.ts';
import { longLeftSince } from '../../ops/data/left-endpoint.ts';
import { endpointFindings } from '../../ops/doctor/endpoint-findings.ts';
import type { Finding } from '../../ops/doctor/finding.ts';
import type { WebhooksContext } from '../../ops/webhooks-context.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const MINUTE_MS = 60_000;
const tables = localTables();
/** Each merchant has a later day, and so an epoch of its own. */
const clock = movedClock();

/** An endpoint that stands at the feed's head, and one event more that came after it. */
async function lackingOne() {
  clock.move(24 * 60 * MINUTE_MS);
  const control = { ...tables, clock };
  const admin = createEndpointAdmin(control);
  await admin.remove('wh-1');
  await startEpoch(control);
  const feed = createFeedReader(control);
  await admin.add({ id: 'wh-1', url: 'https://erp.example.com/' }, await feed.head());
  const at = new Date(clock.now()).toISOString();
  const event = { id: 'e', type: 'order.updated', at, key: 'shop:s:1', version: 1 } as const;
  await createFeedWriter(control).append({ events: () => [event] });
  const head = await feed.head();
  const leases = createEndpointLeases(control);
  const webhooks = {
    admin,
    list: () => listEndpoints(control),
    feed,
    aside: { list: async () => [] },
    signing: { of: async () => [] },
  };
  return { head, leases, admin, control, webhooks };
}
type Made = Awaited<ReturnType<typeof lackingOne>>;

async function findingOf({ control, webhooks }: Made): Promise<Finding | undefined> {
  return (await endpointFindings({ control, webhooks } as unknown as OperatorContext))[0];
}

describe('an endpoint that lacks an event and that no run works on', () => {
  it.each([
    [1, 'green'],
    [10, 'yellow'],
    [40, 'red'],
  ])('is after %d minutes %s, and says so', async (minutes, level) => {
    const made = await lackingOne();
    clock.move(minutes * MINUTE_MS);

    const found = await findingOf(made);

    expect(found).toMatchObject({
      level,
      why: expect.stringMatching(/^is behind by 1 events; nobody is at work on it now/) as string,
    });
  });

  it('is not judged where it took another one a moment ago', async () => {
    const made = await lackingOne();
    clock.move(40 * MINUTE_MS);
    const leased = await made.leases.acquire('wh-1', 'run', MINUTE_MS);
    const { epoch, seq, ahead, failures } = leased!;
    const progress = { epoch, seq, ahead, failures, lastDeliveredAt: clock.now() };
    await made.leases.save('wh-1', 'run', progress, { redelivered: [], ends: true });

    expect(await findingOf(made)).toMatchObject({ level: 'green' });
  });

  it('is not judged where a run takes it while it is looked at', async () => {
    const made = await lackingOne();
    clock.move(40 * MINUTE_MS);
    const begins = async (ms: number) => {
      clock.move(ms);
      await made.leases.acquire('wh-1', 'run', MINUTE_MS);
    };
    const control = { ...made.control, clock: { ...clock, sleep: begins } };

    expect(await findingOf({ ...made, control })).toMatchObject({ level: 'green', why: 'takes events' });
  });

  it('is not judged where its place is of an epoch that is over: nobody knows since when', async () => {
    const made = await lackingOne();
    await made.admin.move('wh-1', { epoch: made.head.epoch - 1, seq: 0 });
    clock.move(40 * MINUTE_MS);

    expect(await findingOf(made)).toMatchObject({
      level: 'green',
      why: expect.stringMatching(/since when is not known$/) as string,
    });
  });

  it('is not judged where it lacks nothing', async () => {
    const made = await lackingOne();
    await made.admin.move('wh-1', made.head);
    clock.move(40 * MINUTE_MS);

    expect(await findingOf(made)).toMatchObject({ level: 'green', why: 'takes events' });
  });
});

describe('the page', () => {
  /** Since when nobody calls the endpoint, in minutes, as the page is told. */
  async function leftFor({ control, webhooks }: Made, sleep = async (ms: number) => clock.move(ms)) {
    const context = { control: { ...control, clock: { ...clock, sleep } }, webhooks };
    const left = async (one: Endpoint, head: FeedPosition) =>
      longLeftSince(context as unknown as OperatorContext, one, head);
    const [one] = (await endpointStandings(webhooks as unknown as WebhooksContext, undefined, left))
      .endpoints;
    return one?.leftSince && Math.floor((clock.now() - one.leftSince) / MINUTE_MS);
  }

  it.each([
    [1, undefined],
    [40, 40],
  ])('is told after %d minutes that nobody calls an endpoint: %s', async (minutes, told) => {
    const made = await lackingOne();
    clock.move(minutes * MINUTE_MS);

    expect(await leftFor(made)).toBe(told);
  });

  it('is not told so of one that a run takes while it is looked at', async () => {
    const made = await lackingOne();
    clock.move(40 * MINUTE_MS);

    const told = await leftFor(made, async () => {
      await made.leases.acquire('wh-1', 'run', MINUTE_MS);
    });

    expect(told).toBeUndefined();
  });

  it('is not told so of one that a person paused', async () => {
    const made = await lackingOne();
    await made.admin.pause('wh-1');
    clock.move(40 * MINUTE_MS);

    expect(await leftFor(made)).toBeUndefined();
  });
});
