import type { Context } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { poll } from '../poll.ts';
import { createImotrizPoller } from './imotriz-poller.ts';

const runtime = createRuntime('imotriz-poll');
const poller = createImotrizPoller(runtime);

export const handler = flushing(runtime, (_event: unknown, context: Context) =>
  poll(poller, { runId: context.awsRequestId, remainingMs: () => context.getRemainingTimeInMillis() }),
);
