import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployedCloud } from '../deployed-cloud.ts';
import { IN_FLIGHT, type Rhythm } from './measure-costs.ts';
import { createReader } from './reader.ts';
import type { RowWriter } from './rows.ts';

/** Ms from each row's write to the answer of GET /v1/events that shows it, where a reader asks again and again. */
export async function measureLatency(
  deployed: DeployedCloud,
  writer: RowWriter,
  { burst, bursts }: Rhythm,
): Promise<number[]> {
  const reader = await createReader(deployed);
  const times: number[] = [];
  for (let round = 0; round < bursts; round += 1) {
    const written = new Map<string, number>();
    let left = burst;
    const sender = async () => {
      while (left-- > 0) {
        const { orderId, count } = await writer.write();
        written.set(`${orderId} ${count}`, performance.now());
      }
    };
    const seen = new Map<string, number>();
    const reading = (async () => {
      while (seen.size < burst) {
        const items = await reader.next();
        const now = performance.now();
        for (const { id } of items) seen.set(keyOf(id), now);
        await sleep(POLL_MS);
      }
    })();
    await Promise.all([reading, ...Array.from({ length: Math.min(IN_FLIGHT, burst) }, sender)]);
    for (const [key, at] of written) times.push(Math.max(0, (seen.get(key) ?? Number.NaN) - at));
  }
  return times;
}

/** Between two requests of the reader that measures. */
const POLL_MS = 20;

/** `<platform>:<store>:order:<id>:<epoch>:<count>`. */
function keyOf(eventId: string): string {
  const parts = eventId.split(':');
  return `${parts[3]} ${parts[5]}`;
}
