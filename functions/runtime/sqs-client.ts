import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsOptions, bounded, clientConfig } from './aws-clients.ts';

/** The client of every queue. In a file of its own, because not every function that has one needs it for its first call. */
export const sqsClient = (options: AwsOptions = {}): SQSClient =>
  bounded(new SQSClient(clientConfig(options)), options);
