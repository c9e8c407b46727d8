import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Deployment } from '../deployment.ts';
import type { PlatformSecrets } from './platform-secrets.ts';

/** What every sales channel is built on. */
export interface ChannelProps {
  readonly deployment: Deployment;
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: PlatformSecrets;
}
