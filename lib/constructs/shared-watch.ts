import { Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import type { Channel } from '../../config/merchant.ts';
import { METRICS, type MetricName, SHARED_METRICS } from '../../functions/runtime/metric-names.ts';
import { sharedAlarmsOf } from '../alarms/channel-alarms.ts';
import { consoleOf } from '../alarms/registry.ts';
import { PROBLEMS } from '../alarms/shared-alarms.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction } from './acopio-function.ts';

export interface SharedWatchProps {
  readonly deployment: Deployment;
  readonly channels: readonly Channel[];
  /** Where the functions stand whose logs are asked. */
  readonly within: IConstruct;
}

/** Names of the saved queries, after the merchant's. */
export const QUERIES = { problems: 'problems', counts: 'counts' } as const;

/** The metrics that no alarm watches and no series shows: the saved query draws them. */
export const LOGGED_METRICS: readonly MetricName[] = (Object.keys(METRICS) as MetricName[]).filter(
  (name) => METRICS[name] === 'inLog',
);

/**
 * What watches all platforms at once: alarms that they share, and the saved queries of their logs, which cost nothing but
 * the bytes that they read.
 */
export class SharedWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, channels, within }: SharedWatchProps) {
    super(scope, id);
    const { alarms, merchant } = deployment;
    const { region } = Stack.of(this);
    for (const { name, ...set } of sharedAlarmsOf(channels, merchant))
      alarms.raise(this, name, { subject: 'platforms', ...set });
    const queries = `${consoleOf(region, 'cloudwatch')}logsV2:logs-insights`;
    for (const name of ['orders-endangered', 'needs-attention'] as const)
      alarms.raise(this, name, { subject: 'all', link: queries });
    if (!merchant.accountIsShared) {
      const ofLambda = (metricName: string) => new Metric({ namespace: 'AWS/Lambda', metricName });
      const link = `${consoleOf(region, 'lambda')}/functions`;
      alarms.raise(this, 'function-failing', { subject: 'account', metric: ofLambda('Errors'), link });
      alarms.raise(this, 'function-throttled', { subject: 'account', metric: ofLambda('Throttles'), link });
    }
    this.saveQueries(merchant.name, within);
  }

  private saveQueries(merchant: string, within: IConstruct): void {
    const logGroups = within.node
      .findAll()
      .flatMap((one) => (one instanceof AcopioFunction ? [one.function.logGroup] : []));
    const isProblem = SHARED_METRICS.map((name) => `${name} > 0`).join(' or ');
    const queries = {
      [QUERIES.problems]: new QueryString({
        fields: ['@timestamp', 'platform', ...Object.keys(PROBLEMS)],
        filterStatements: [isProblem],
        sort: '@timestamp desc',
        limit: 200,
      }),
      [QUERIES.counts]: new QueryString({
        statsStatements: [`${LOGGED_METRICS.map((name) => `sum(${name})`).join(', ')} by bin(1h)`],
      }),
    };
    for (const [name, queryString] of Object.entries(queries))
      new QueryDefinition(this, name, {
        queryDefinitionName: `Acopio-${merchant}/${name}`,
        queryString,
        logGroups,
      });
  }
}
