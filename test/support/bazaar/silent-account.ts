import type { LocalTables } from '../local-tables.ts';
import {
  type Behaviour,
  endpoint,
  IMPATIENT,
  passOn,
  queueUrl,
  silent,
  useEndpoints,
} from '../silent-aws.ts';
import { openBazaar } from './bench.ts';

/** A merchant's account in which the queue is silent from the beginning, and the table from when the test says so. */
export async function openSilent(
  tables: LocalTables,
  store: string,
  services: { queue?: true; secrets?: Behaviour } = {},
) {
  const bed = openBazaar(tables, { stores: [store] });
  const table = await endpoint(passOn(tables.endpoint));
  const queue = services.queue && (await endpoint(silent));
  const secrets = services.secrets && (await endpoint(services.secrets));
  useEndpoints({ table, ...(queue && { queue }), ...(secrets && { secrets }) });
  const flushed: number[] = [];
  const metrics = { ...bed.metrics, flush: () => void flushed.push(bed.metrics.total('LostReadSuspected')) };
  const env = { ...bed.runtime.env, ...(queue && { QUEUE_URL: queueUrl(queue) }) };
  return {
    ...bed,
    table,
    silentQueue: queue,
    flushed,
    runtime: { ...bed.runtime, env, metrics, patience: IMPATIENT },
  };
}
