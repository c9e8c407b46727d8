import type { Clock } from '../../functions/runtime/clock.ts';
import type { MetricName, Metrics } from '../../functions/runtime/metric-names.ts';
import type { Message, Payload, Queue } from '../../functions/runtime/queue.ts';
import type { Log, LogFields } from '../../functions/runtime/telemetry.ts';

/** A clock that stands still until it is moved; sleeping moves it. */
export function movedClock(
  start = Date.parse('2026-11-22T12:00:00.000Z'),
): Clock & { move(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    move: (ms) => {
      now += ms;
    },
    sleep: async (ms) => {
      now += ms;
    },
  };
}

export function countingMetrics(): Metrics & {
  total(name: MetricName): number;
  seen(name: MetricName): boolean;
} {
  const totals = new Map<MetricName, number>();
  return {
    add: (name, _platform, value) => void totals.set(name, (totals.get(name) ?? 0) + value),
    total: (name) => totals.get(name) ?? 0,
    seen: (name) => totals.has(name),
  };
}

export function keptLog(): Log & { lines: { level: string; message: string; fields: LogFields }[] } {
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The bytes a message travels with; an error for one that has none. */
export function payloadOf(message: Message): Payload {
  if (!('payload' in message)) throw new Error(`${message.kind} carries no payload`);
  return message.payload;
}

/** A queue that keeps what it is sent; `refusing` makes it fail the next sends. */
export function keptQueue(): Queue & {
  sent: { message: Message; delaySeconds: number }[];
  refusing: number;
} {
  const sent: { message: Message; delaySeconds: number }[] = [];
  return {
    sent,
    refusing: 0,
    async send(message, delaySeconds = 0) {
      if (this.refusing > 0) {
        this.refusing -= 1;
        throw new Error('the queue is not available');
      }
      sent.push({ message, delaySeconds });
    },
  };
}
