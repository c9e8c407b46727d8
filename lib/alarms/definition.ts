import type { MetricName } from '../../functions/runtime/metric-names.ts';

/** What an alarm looks at: one of our own metrics, or one that AWS emits for the resource handed to `raise`. */
export type Watched =
  | { readonly ours: MetricName; readonly statistic: Statistic }
  | { readonly aws: string; readonly statistic: Statistic };
export type Statistic = 'Sum' | 'Maximum' | 'Average' | 'SampleCount';

/** How long an alarm looks back. */
export interface Window {
  /** Length of one period, in minutes. */
  readonly periodMinutes: number;
  /** Periods that are looked at. */
  readonly periods: number;
}

/** One kind of alarm. Its name is also the title of its article in docs/runbook.md. */
export interface AlarmDefinition extends Window {
  /** Critical: orders do not arrive, or are about to be lost. Warning: somebody should look today. */
  readonly severity: 'critical' | 'warning';
  /** One sentence: what was seen. */
  readonly happened: string;
  /** One sentence: what to do first. */
  readonly firstStep: string;
  readonly watched: Watched;
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
