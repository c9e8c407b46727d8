import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Platform } from '../../functions/platforms/names.ts';
import type { MetricName } from '../../functions/runtime/metric-names.ts';
import type { Deployment } from '../deployment.ts';
import type { PlatformSecrets } from './platform-secrets.ts';
import type { WorkQueue } from './work-queue.ts';

/** A sales channel as the dashboard shows it. */
export interface Channel {
  readonly platform: Platform;
  readonly intake: WorkQueue;
  /** The metrics that tell how orders reach us. */
  readonly arrivals: readonly MetricName[];
}

/** What every sales channel is built on. */
export interface ChannelProps {
  readonly deployment: Deployment;
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: PlatformSecrets;
}
