import type { SimClock, WebhookAttempt, WebhookDelivery, WebhookDisorder } from '../simulator.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A webhook to deliver. */
export interface WebhookMessage {
  url: string;
  /** The exact text to send; the signature is computed over it beforehand. */
  body: string;
  headers: Record<string, string>;
  /** A short name for logs and tests, such as the event's name. Never personal data. */
  label: string;
}

/** How a platform delivers. All times in milliseconds. */
export interface WebhookPolicy {
  /** How long one attempt may take. */
  timeoutMs: number;
  /** The waits between attempts; one attempt more than there are waits is made. */
  retryWaitsMs: readonly number[];
  /** Which answers end the delivery well. Default: any 2xx. */
  accepted?: (status: number) => boolean;
  /** Which answers are worth another attempt; status 0 is a timeout or a network error. Default: all. */
  retryable?: (status: number) => boolean;
}

/** Options of the deliverer. */
export interface WebhookDelivererOptions extends WebhookDisorder {
  clock: SimClock;
  random: SeededRandom;
  policy: WebhookPolicy;
  /** Attempts in the air at once. Default 16. */
  concurrency?: number;
}

/** Sends webhooks as the platform would, and remembers what happened. */
export interface WebhookDeliverer {
  send(message: WebhookMessage): void;
  /** Every delivery so far, in the order in which it was asked for. */
  readonly log: readonly WebhookDelivery[];
  /** Deliveries that are neither accepted nor given up. */
  pending(): number;
  /** Resolves when no attempt is in the air or about to start; waits for retries do not count. */
  quiet(): Promise<void>;
  /** Resolves when nothing is left to deliver. */
  settled(): Promise<void>;
  /** Changes chances and scale while it runs. */
  configure(changes: WebhookDisorder): void;
  /** Gives up everything that waits and aborts what is in the air. */
  stop(): void;
}

/** Makes a deliverer. */
export function createWebhookDeliverer(initial: WebhookDelivererOptions): WebhookDeliverer {
  const options = { ...initial };
  const { clock, random, policy } = options;
  const concurrency = options.concurrency ?? 16;
  const accepted = policy.accepted ?? ((status) => status >= 200 && status < 300);
  const retryable = policy.retryable ?? (() => true);
  const log: WebhookDelivery[] = [];
  const ready: (() => Promise<void>)[] = [];
  const timers = new Set<() => void>();
  const aborts = new Set<AbortController>();
  const watchers = new Set<{ done: () => boolean; resolve: () => void }>();
  let inTheAir = 0;
  let open = 0;
  let stopped = false;

  const close = (entry: WebhookDelivery, state: 'delivered' | 'given-up') => {
    entry.state = state;
    open -= 1;
  };
  const quietNow = () => inTheAir === 0 && ready.length === 0;
  const notify = () => {
    for (const watcher of watchers) {
      if (!watcher.done()) continue;
      watchers.delete(watcher);
      watcher.resolve();
    }
  };
  const when = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      if (done()) resolve();
      else watchers.add({ done, resolve });
    });

  const pump = () => {
    while (inTheAir < concurrency) {
      const job = ready.shift();
      if (job === undefined) break;
      inTheAir += 1;
      void job().finally(() => {
        inTheAir -= 1;
        pump();
        notify();
      });
    }
  };
  const later = (ms: number, job: () => Promise<void>) => {
    const cancel = clock.setTimeout(() => {
      timers.delete(cancel);
      ready.push(job);
      pump();
    }, ms);
    timers.add(cancel);
  };

  const attempt = async (entry: WebhookDelivery, message: WebhookMessage): Promise<void> => {
    if (stopped) return;
    const controller = new AbortController();
    aborts.add(controller);
    const result = await post(message, clock, policy.timeoutMs, controller);
    aborts.delete(controller);
    entry.attempts.push(result);
    // Given up meanwhile by stop().
    if (entry.state !== 'pending') return;
    if (accepted(result.status)) {
      close(entry, 'delivered');
      return;
    }
    const wait = policy.retryWaitsMs[entry.attempts.length - 1];
    if (stopped || wait === undefined || !retryable(result.status)) {
      close(entry, 'given-up');
      return;
    }
    later(wait * (options.retryScale ?? 1), () => attempt(entry, message));
  };

  const enqueue = (message: WebhookMessage, delayMs: number, duplicateOf?: number): number => {
    const entry: WebhookDelivery = {
      id: log.length + 1,
      label: message.label,
      url: message.url,
      body: message.body,
      attempts: [],
      state: 'pending',
      ...(duplicateOf === undefined ? {} : { duplicateOf }),
    };
    log.push(entry);
    open += 1;
    const job = () => attempt(entry, message);
    if (delayMs > 0) later(delayMs, job);
    else ready.push(job);
    return entry.id;
  };

  return {
    log,
    pending: () => open,
    quiet: () => when(quietNow),
    settled: () => when(() => quietNow() && open === 0),
    configure: (changes) => {
      Object.assign(options, changes);
    },
    send(message) {
      if (stopped) return;
      const disorder = () => random.int(1, Math.max(1, options.disorderMs ?? 500));
      const id = enqueue(message, random.chance(options.reorderProbability ?? 0) ? disorder() : 0);
      if (random.chance(options.duplicateProbability ?? 0)) enqueue(message, disorder(), id);
      pump();
    },
    stop() {
      stopped = true;
      for (const cancel of timers) cancel();
      timers.clear();
      ready.length = 0;
      for (const controller of aborts) controller.abort();
      for (const entry of log) if (entry.state === 'pending') close(entry, 'given-up');
      notify();
    },
  };
}

async function post(
  message: WebhookMessage,
  clock: SimClock,
  timeoutMs: number,
  controller: AbortController,
): Promise<WebhookAttempt> {
  const at = clock.now();
  let timedOut = false;
  const cancel = clock.setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, timeoutMs);
  try {
    const response = await fetch(message.url, {
      method: 'POST',
      body: message.body,
      headers: message.headers,
      redirect: 'manual',
      signal: controller.signal,
    });
    // An unread body would keep the socket busy.
    await response.arrayBuffer();
    return { at, status: response.status };
  } catch (error) {
    return { at, status: 0, failure: timedOut ? 'timeout' : failureOf(error) };
  } finally {
    cancel();
  }
}

function failureOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.name : 'unknown';
}
