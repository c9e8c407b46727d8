import { NOTHING, perOne, sum, type Units } from '../../lib/cost/units.ts';
import type { DeployedCloud } from '../deployed-cloud.ts';
import { ACCESS_LOG_BYTES, type UnitCounter } from '../units.ts';
import { createReader } from './reader.ts';
import type { RowWriter } from './rows.ts';

/** How events come. */
export interface Rhythm {
  name: string;
  /** Events at once: they are there before anybody looks. */
  burst: number;
  bursts: number;
}

/** What each event, or each request of a reader, takes. */
export interface Cost {
  what: string;
  per: Units;
}

/** Requests that a burst comes in: a platform's webhooks, eight at a time. */
export const IN_FLIGHT = 8;

/** What the publisher uses for each event, and the deliverer where there is an endpoint. */
export async function measureEvents(
  { cloud, erpFunction }: DeployedCloud,
  writer: RowWriter,
  counter: UnitCounter,
  { burst, bursts, name }: Rhythm,
): Promise<Record<'publisher' | 'deliverer', Cost>> {
  counter.reset();
  for (let round = 0; round < bursts; round += 1) {
    let left = burst;
    const sender = async () => {
      while (left-- > 0) await writer.write();
    };
    // However slow this machine is, the stream is read once all of them are there.
    const letRead = cloud.withoutPermission(erpFunction('Publisher'), 'dynamodb:GetRecords');
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, burst) }, sender));
    letRead();
    await cloud.idle();
  }
  const events = burst * bursts;
  const cost = (id: string): Cost => ({ what: name, per: perOne(counter.of(erpFunction(id)), events) });
  // Who is told is told by the publisher: a message is sent, received and deleted.
  const { invocations } = counter.of(erpFunction('Deliverer'));
  const { queueRequests } = counter.of(erpFunction('Publisher'));
  counter.add(erpFunction('Deliverer'), { queueRequests: queueRequests + 2 * invocations });
  return { publisher: cost('Publisher'), deliverer: cost('Deliverer') };
}

/** What a reader's request uses that finds nothing new, and one that finds `found` events. */
export async function measurePolls(
  deployed: DeployedCloud,
  writer: RowWriter,
  counter: UnitCounter,
  { polls, found }: { polls: number; found: number },
): Promise<Cost> {
  const { cloud, erpFunction } = deployed;
  const reader = await createReader(deployed);
  const api = erpFunction('Api');
  let used = NOTHING;
  for (let poll = 0; poll < polls; poll += 1) {
    for (let event = 0; event < found; event += 1) await writer.write();
    await cloud.idle();
    counter.reset();
    const events = await reader.next();
    if (events.length !== found)
      throw new Error(`the reader got ${events.length} events instead of ${found}`);
    counter.add(api, { httpRequests: 1, logBytes: ACCESS_LOG_BYTES });
    used = sum(used, counter.of(api));
  }
  const what = found === 0 ? 'a request that finds nothing new' : `a request that finds ${found} events`;
  return { what, per: perOne(used, polls) };
}
