import { Duration } from 'aws-cdk-lib';
import type { PlatformJob } from '../../functions/runtime/environment.ts';
import { CONSUMER_MB } from '../function-memory.ts';

/** Where a job's function stands among the constructs, how long it may run, what it has for it, and what it does. */
interface JobSpec {
  readonly path: readonly [part: string, name: string];
  readonly timeout: Duration;
  readonly memoryMb?: number;
  readonly does: (title: string) => string;
}

/** What a platform's jobs are in a deployment. */
export const PLATFORM_JOBS: Readonly<Record<PlatformJob, JobSpec>> = {
  receive: {
    path: ['Webhook', 'Receiver'],
    // The most impatient platform hangs up after 3 s; what takes longer than 5 is not going to be answered.
    timeout: Duration.seconds(5),
    does: (title) => `Verifies the origin of webhooks from ${title} and queues their bytes`,
  },
  poll: {
    path: ['Poll', 'Poller'],
    timeout: Duration.minutes(2),
    does: (title) => `Reads new orders of ${title} into the intake queue, page by page`,
  },
  process: {
    path: ['Orders', 'Consumer'],
    // A call may wait 30 s inside the platform's limit, and a refused token makes it a second one.
    timeout: Duration.seconds(90),
    memoryMb: CONSUMER_MB,
    does: (title) => `Writes the orders that ${title} tells of into the orders table`,
  },
  reconcile: {
    path: ['Reconcile', 'Reconciler'],
    // Longer than a run needs for what it may wait for the platform's limit; what is left then is the next run's.
    timeout: Duration.minutes(5),
    does: (title) => `Compares what ${title} lists with the orders table and repairs what differs`,
  },
  dispatch: {
    path: ['Commands', 'Dispatcher'],
    // Shorter than the lease on an order, which a test holds it to: functions/outbound/commands/dispatch.ts.
    timeout: Duration.seconds(120),
    does: (title) => `Carries out at ${title} what the merchant's own system wants done to orders`,
  },
  tell: {
    path: ['Stock', 'Teller'],
    // Shorter than the lease on a store, which a test holds it to: functions/outbound/stock/tell.ts.
    timeout: Duration.seconds(120),
    does: (title) => `Tells the channels of ${title} what they may show of stock`,
  },
  install: {
    path: ['Install', 'Installer'],
    // The API hangs up after 30 s, and a cold start counts there but not here.
    timeout: Duration.seconds(28),
    does: (title) => `Lets a merchant allow the app into a store of ${title}, and subscribes its webhooks`,
  },
};
