import type { FeedEvent } from '../../functions/domain/event.ts';
import { CALL_TIMEOUT_MS, type CallResult, type EndpointCaller } from '../../functions/erp/webhooks/call.ts';
import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { currentInvocation, type Invocation } from '../aws/invocation.ts';
import type { Io } from '../aws/io.ts';
import type { EndpointCalls } from '../invariants/endpoint-calls.ts';
import type { Loop } from '../time/loop.ts';
import type { FaultPlayer } from './fault-player.ts';

export interface SimEndpointOptions {
  loop: Loop;
  random: SeededRandom;
  player: FaultPlayer;
  io(): Io;
  calls: EndpointCalls;
}

/** The merchant's endpoint, called without sockets. What calls it is the real delivery, which sees the same results. */
export function createSimEndpoint({ loop, random, player, io, calls }: SimEndpointOptions): EndpointCaller {
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      loop.setTimeout(resolve, ms);
    });
  const take = async (event: FeedEvent, body: string, run: Invocation | undefined): Promise<CallResult> => {
    const ended = calls.began(event, body);
    const answered = (status: number | undefined, wasTaken: boolean) =>
      ended({ answer: status, wasTaken, heard: run?.alive !== false });
    const trouble = player.now('endpoint');
    const hit = trouble !== undefined && isHit(event.id, trouble.chance);
    await wait(20 + 300 * random.next() ** 2);
    if (!hit) {
      answered(200, true);
      return answer(200);
    }
    switch (trouble.does) {
      case 'silent':
        await wait(CALL_TIMEOUT_MS - 500);
        answered(undefined, false);
        return { failure: 'timeout' };
      case 'loses-answers':
        answered(undefined, true);
        return { failure: 'ECONNRESET' };
      default: {
        const status = STATUS[trouble.does];
        answered(status, false);
        return answer(status);
      }
    }
  };
  return {
    open: async () => ({
      async post(_headers, body) {
        const event: FeedEvent = JSON.parse(body);
        const run = currentInvocation();
        try {
          const request = { service: 'platform', operation: 'erp', patienceMs: CALL_TIMEOUT_MS } as const;
          return await io()(request, () => take(event, body, run));
        } catch {
          return { failure: 'timeout' };
        }
      },
      close: () => {},
    }),
  };
}

const STATUS = { down: 503, suspended: 404, refuses: 422 } as const;
const answer = (status: number): CallResult => ({ status, retryAfter: null, text: '' });

/** The same events each time: what an endpoint refuses it refuses again. */
const isHit = (id: string, chance: number): boolean => createSeededRandom(id).chance(chance);
