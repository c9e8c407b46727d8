import { nameOf } from '../domain/resource.ts';
import { LONGEST_KEEP_MS, type Verdict } from '../rate-limit/gate.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { Permission } from '../storage/circuit-breaker.ts';
import { isPassing } from '../storage/dynamodb.ts';
import { attempt, type Failure, failuresOf, type QueueMessage } from './batch.ts';
import { type Fetcher, fetchAndUpsert, needOf } from './fetch-one.ts';
import { AT_ONCE, mapConcurrent } from './map-concurrent.ts';
import { type Changed, isDue, joinsOther, type RefreshRequest, requestOf } from './refresh-request.ts';
import { sendToWait, type Wait } from './waiting.ts';

/** While another instance's half-open probe is under way, messages come back after this long (s). */
const BEHIND_PROBE_SECONDS = 60;
/** After the table failed, messages come back this soon (s). */
const AFTER_FAULT_SECONDS = 2;
/** What this function paces asks again this soon after the table failed (ms). */
const AFTER_FAULT_MS = 300;

/** What became of messages that say that something changed; one that is not named is done and gone. */
export interface Fetched {
  failures: Failure[];
  /** Sent again by us, to be received once more. */
  sentAgain: QueueMessage[];
}

/**
 * Fetches what messages say has changed: each thing once for all of its messages that were received before the fetch began. A
 * message looks at its turn and at the circuit before it reads or writes anything.
 */
export async function fetchChanged(fetcher: Fetcher, changed: Iterable<Changed>): Promise<Fetched> {
  const fetched: Fetched = { failures: [], sentAgain: [] };
  const work: Promise<void>[] = [];
  const wait = (waits: readonly Wait[]) =>
    work.push(
      tried(
        fetched,
        waits.map(({ request }) => request),
        async () => {
          await sendToWait(fetcher, waits);
          fetcher.metrics.add('MessageWaited', fetcher.platform.name, waits.length);
          fetched.sentAgain.push(...waits.map(({ request }) => request.newest));
        },
      ),
    );
  const call = (request: RefreshRequest, inMs: number) =>
    work.push(
      tried(fetched, [request], async () => {
        if (inMs > 0) await fetcher.clock.sleep(inMs);
        if ((await fetchAndUpsert(fetcher, request)) === 'sent-again') fetched.sentAgain.push(request.newest);
      }),
    );

  let open: readonly RefreshRequest[] = [...changed].map(requestOf);
  try {
    const startedAt = fetcher.clock.now();
    // Who is only on its way to its turn asks nobody whether calls may be made.
    let circuit = open.some((request) => isDue(request, startedAt))
      ? await fetcher.connection.check()
      : undefined;
    open = await admitted(fetcher, fetched, open, circuit, wait);
    let probed = false;
    for (let keptMs: number | undefined; open.length > 0; keptMs = fetcher.clock.now() - startedAt) {
      const verdicts = await ask(fetcher, open, keptMs);
      // A place that is not in its line any more, and a slot before it: not before the circuit was asked.
      if ([...verdicts.values()].some(({ go }) => go)) circuit ??= await fetcher.connection.check();
      const waits: Wait[] = [];
      const kept: RefreshRequest[] = [];
      let askInMs = 0;
      for (const request of open) {
        const name = nameOf(request.subject);
        const verdict = verdicts.get(name);
        if (verdict === undefined) throw new OwnError(`the gate said nothing about ${name}`);
        if (verdict.go && circuit?.allowed === false)
          waits.push({ request, delaySeconds: secondsUntil(circuit.retryAt, fetcher) });
        else if (verdict.go && circuit?.allowed && circuit.probe && probed)
          waits.push({ request, delaySeconds: BEHIND_PROBE_SECONDS });
        else if (verdict.go) {
          probed = true;
          call(request, verdict.inMs);
        } else if ('askInMs' in verdict) {
          kept.push({ ...request, scheduledAt: verdict.scheduledAt });
          askInMs = verdict.askInMs;
        } else waits.push({ request, delaySeconds: verdict.delaySeconds, scheduledAt: verdict.scheduledAt });
      }
      if (waits.length > 0) wait(waits);
      open = kept;
      if (kept.length > 0) await fetcher.clock.sleep(askInMs);
    }
  } catch (error) {
    // What was decided goes on; the others come back by the queue.
    fetched.failures.push(
      ...failuresOf(
        open.flatMap(({ messages }) => messages),
        error,
      ),
    );
  }
  await Promise.all(work);
  return fetched;
}

const secondsUntil = (at: number, { clock }: Pick<Fetcher, 'clock'>) => Math.ceil((at - clock.now()) / 1000);

/** Runs `work` for some requests; if it fails, all of their messages come back by the queue. */
async function tried(
  { failures }: Fetched,
  requests: readonly RefreshRequest[],
  work: () => Promise<void>,
): Promise<void> {
  failures.push(
    ...(await attempt(
      requests.flatMap(({ messages }) => messages),
      work,
    )),
  );
}

/** The requests that may ask for a slot: the others are served by a fetch that waits, or wait for the circuit to close. */
async function admitted(
  fetcher: Fetcher,
  fetched: Fetched,
  requests: readonly RefreshRequest[],
  circuit: Permission | undefined,
  wait: (waits: readonly Wait[]) => void,
): Promise<RefreshRequest[]> {
  const left = new Set<RefreshRequest>();
  await mapConcurrent(AT_ONCE, requests, (request) =>
    tried(fetched, [request], async () => {
      const joins = await joinsOther(fetcher.pending, request);
      const saved = request.messages.length - (joins ? 0 : 1);
      fetcher.metrics.add('FetchCoalesced', fetcher.platform.name, saved);
      if (!joins) left.add(request);
    }),
  );
  const open = requests.filter((request) => left.has(request));
  if (circuit?.allowed === false) {
    const delaySeconds = secondsUntil(circuit.retryAt, fetcher);
    if (open.length > 0) wait(open.map((request) => ({ request, delaySeconds })));
    return [];
  }
  if (!circuit?.probe) return open;
  const probing = await firstNeeded(fetcher, open);
  const behind = open.filter((request) => request !== probing);
  if (behind.length > 0) wait(behind.map((request) => ({ request, delaySeconds: BEHIND_PROBE_SECONDS })));
  return probing === undefined ? [] : [probing];
}

/** A probe has to make a call: one whose order or product need not be fetched any more would tell nothing. */
async function firstNeeded(fetcher: Fetcher, open: readonly RefreshRequest[]) {
  for (const request of open) if ((await needOf(fetcher, request)) !== undefined) return request;
  return open[0];
}

/**
 * Asks the gate. While the table takes no writes nobody is let in, and nobody is to blame: all come back in a moment, and
 * none waits for the queue to give it out again.
 */
async function ask(
  { gate, log, random, clock }: Fetcher,
  requests: readonly RefreshRequest[],
  keptMs: number | undefined,
): Promise<ReadonlyMap<string, Verdict>> {
  const waiting = requests.map(({ subject, priority, scheduledAt }) => ({
    id: nameOf(subject),
    priority,
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
    ...(keptMs === undefined ? {} : { keptMs }),
  }));
  try {
    return new Map((await gate.admit(waiting)).map((verdict) => [verdict.id, verdict]));
  } catch (error) {
    if (!isPassing(error)) throw error;
    log.warn('the bucket could not be asked; its messages come back', {
      messages: requests.length,
      error: describeError(error),
    });
    return new Map(
      requests.map(({ subject, scheduledAt }): [string, Verdict] => {
        const id = nameOf(subject);
        if (keptMs !== undefined && keptMs < LONGEST_KEEP_MS && scheduledAt !== undefined)
          return [id, { id, go: false, askInMs: AFTER_FAULT_MS, scheduledAt }];
        const delaySeconds = Math.ceil(AFTER_FAULT_SECONDS * (1 + random()));
        return [
          id,
          { id, go: false, delaySeconds, scheduledAt: scheduledAt ?? clock.now() + delaySeconds * 1000 },
        ];
      }),
    );
  }
}
