import { Agent, request } from 'node:http';
import { startCloud } from '../../local/cloud/cloud.ts';
import { BARE_PATH, pathOf, synthesizeAckApp } from './ack-app.ts';
import { percentile } from './percentile.ts';
import { pushingStore, simulatedStores } from './pushing-store.ts';

type Receiver = 'ours' | 'bare';

/** Acknowledgements of one receiver; times in ms. */
export interface AckFigures {
  p50: number;
  p99: number;
  /** Webhooks acknowledged per second with `IN_FLIGHT` of them under way. */
  perSecond: number;
}

const IN_FLIGHT = 8;
/** Both take turns here, too: the machine has other things to do, and not always the same. */
const ROUNDS = 4;
/** Measures our receiver and the bare one in turns, in the same run, after both are warm. */
export async function measureAck(samples: number): Promise<Record<Receiver, AckFigures>> {
  const store = pushingStore(simulatedStores());
  const body = JSON.stringify(store.truth(store.place())[0]?.json);
  const cloud = await startCloud({
    assembly: synthesizeAckApp(store),
    secrets: { Secret: JSON.stringify(store.secrets()[store.platform.webhook?.credential ?? '']) },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const paths: Record<Receiver, string> = { ours: pathOf(store), bare: BARE_PATH };
  const headers = store.webhooks?.headersFor(body) ?? {};
  const post = (receiver: Receiver) => timed(agent, `${cloud.apiUrl}${paths[receiver]}`, headers, body);
  try {
    for (let warm = 0; warm < 200; warm += 1) await Promise.all([post('ours'), post('bare')]);
    const times: Record<Receiver, number[]> = { ours: [], bare: [] };
    for (let sample = 0; sample < samples; sample += 1) {
      times.bare.push(await post('bare'));
      times.ours.push(await post('ours'));
    }
    const seconds: Record<Receiver, number> = { ours: 0, bare: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const receiver of ['bare', 'ours'] as const)
        seconds[receiver] += await rush(() => post(receiver), samples / ROUNDS);
    }
    const figures = (receiver: Receiver): AckFigures => ({
      p50: percentile(times[receiver], 0.5),
      p99: percentile(times[receiver], 0.99),
      perSecond: samples / seconds[receiver],
    });
    return { bare: figures('bare'), ours: figures('ours') };
  } finally {
    agent.destroy();
    await cloud.stop();
  }
}

/** Makes `count` calls, `IN_FLIGHT` of them at a time. Answers how long it took, in s. */
async function rush(post: () => Promise<number>, count: number): Promise<number> {
  let left = count;
  const startedAt = performance.now();
  const sender = async () => {
    while (left-- > 0) await post();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  return (performance.now() - startedAt) / 1000;
}

function timed(agent: Agent, url: string, proof: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = { ...proof, 'content-length': Buffer.byteLength(body) };
    const call = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(performance.now() - startedAt)
          : reject(new Error(`a receiver answered ${answer.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
