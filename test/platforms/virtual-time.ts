import { setImmediate as turn } from 'node:timers/promises';
import { createTransport, type PlatformRequest, type Transport } from '../../functions/http/transport.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { CallRecord } from '../../local/platforms/simulator.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

export const NOON = Date.parse('2026-11-22T12:00:00Z');

/** One time for a simulator and our code: it stands at noon and moves when someone sleeps. */
export function createSharedTime(): { sim: VirtualClock; clock: Clock } {
  const sim = createVirtualClock(NOON);
  return { sim, clock: { now: () => sim.now(), sleep: (ms) => sim.advance(ms) } };
}

/**
 * The way from a client to a simulator, and the requests that went it. A call that meets a time-out fault times out as
 * soon as the simulator has taken it and keeps silent, however long that takes: no real wait, and no race on a busy
 * machine. Such a call has to be named before by `impatient`.
 */
export function createSimTransport(clock: Clock, calls: readonly CallRecord[]) {
  const requests: PlatformRequest[] = [];
  let impatientOf: string | undefined;
  const patiently = createTransport({ clock, onCall: () => {} });
  const untilSilent = createTransport({
    clock,
    onCall: () => {},
    fetch: (url, init) => fetchUntilSilent(url, init, calls),
  });
  const transport: Transport = (request) => {
    requests.push(request);
    if (request.method !== impatientOf) return patiently(request);
    impatientOf = undefined;
    return untilSilent({ ...request, timeoutMs: 1 });
  };
  return {
    transport,
    requests,
    /** Says that the next call of this HTTP method meets a simulator that does not answer. */
    impatient(method: string) {
      impatientOf = method;
    },
  };
}

/** Fetches past the caller's time-out until the simulator keeps silent, and ends as a fetch that timed out does. */
async function fetchUntilSilent(
  url: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  calls: readonly CallRecord[],
): Promise<Response> {
  const earlier = calls.length;
  const silence = new AbortController();
  let answered = false;
  const isSilent = () => calls.slice(earlier).some(({ fault }) => fault?.startsWith('timeout'));
  const listen = async () => {
    while (!answered && !isSilent()) await turn();
    // What the simulator still does before its silence needs no turn of the event loop.
    await turn();
    if (!answered) silence.abort();
  };
  const listening = listen();
  try {
    return await fetch(url, { ...init, signal: silence.signal });
  } finally {
    answered = true;
    await listening;
    while (!init?.signal?.aborted) await turn();
  }
}
