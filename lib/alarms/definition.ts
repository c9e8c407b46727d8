import type { MetricName, SharedMetric } from '../../functions/runtime/metric-names.ts';

/** What an alarm looks at: one of our own metrics, or one that AWS emits for the resource handed to `raise`. */
export type Watched =
  | { readonly ours: MetricName | SharedMetric; readonly statistic: Statistic }
  | { readonly aws: string; readonly statistic: Statistic };
export type Statistic = 'Sum' | 'Maximum' | 'Average';

/** How long an alarm looks back. */
export interface Window {
  /** Length of one period, in minutes. */
  readonly periodMinutes: number;
  /** Periods that are looked at. */
  readonly periods: number;
}

/** Why an alarm is one of its own, where each costs 0.10 USD a month. docs/cost.md shows it beside what the alarm watches. */
export const ALONE = {
  queue: 'SQS counts for each queue apart, and AWS has no metric that adds queues up.',
  api: 'API Gateway counts for each API apart, and AWS has no metric that adds APIs up.',
  reader: 'Lambda measures for each reader of the stream apart; they fall behind for different reasons.',
  silence: 'It watches that something happens at all: added up, what still runs would hide what does not.',
  quiet:
    'It watches that something comes at all: added up, a platform that is busy would hide one that is silent.',
  platform: 'It lasts until a person has done something: another platform that has it too would be hidden.',
  threshold: 'One of it is nothing: it rings from a number in a time of its own.',
  measure: 'It is a measure with a bound of its own, and no count.',
  lasts: 'It lasts until a person has done something: whatever shared its alarm would be hidden meanwhile.',
  account: 'Lambda adds it up over the functions of the account, for nothing.',
  shared: 'It is what all others share that happen, are told, and are over.',
} as const;

/** One kind of alarm. Its name is also the title of its article in docs/runbook.md. */
export interface AlarmDefinition extends Window {
  /** Critical: orders do not arrive, or are about to be lost. Warning: somebody should look today. */
  readonly severity: 'critical' | 'warning';
  /** One sentence: what was seen. */
  readonly happened: string;
  /** One sentence: what to do first. An operator's command is written `npx acopio …`; the mail has it with the merchant's name. */
  readonly firstStep: string;
  readonly watched: Watched;
  /** One sentence: why it shares no alarm with others. */
  readonly alone: (typeof ALONE)[keyof typeof ALONE];
  readonly breach: { readonly atLeast: number } | { readonly below: number };
  /** How many of the periods have to breach; all, when absent. */
  readonly breaching?: number;
  /**
   * What a period without data counts as. `ignore`: the alarm stays as it is. `tells`: for what has to happen again and
   * again. The state INSUFFICIENT_DATA sends the mail then. An alarm is in that state from its creation, which sends
   * nothing, so it rings only when something that did happen stops.
   */
  readonly missing: 'notBreaching' | 'ignore' | 'tells';
  /** A mail also says when it is over: only where somebody waits for that. The composite alarm tells it of all critical ones. */
  readonly tellsEnd?: true;
}
