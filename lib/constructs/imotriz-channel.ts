import { Construct } from 'constructs';
import type { ImotrizSettings } from '../../functions/platforms/settings.ts';
import { raiseCallAlarms, raisePollAlarms } from '../alarms/channel-alarms.ts';
import type { Channel, ChannelProps } from './channel.ts';
import { OrderConsumer } from './order-consumer.ts';
import { OrderPoller } from './order-poller.ts';
import { OrderReconciler, RECORDING_ACTIONS } from './order-reconciler.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ImotrizChannelProps extends ChannelProps {
  readonly settings: ImotrizSettings;
}

/** Orders of an iMotriz store: polled, because it sends nothing. */
export class ImotrizChannel extends Construct implements Channel {
  readonly platform = 'imotriz';
  readonly arrivals = ['PollCompleted', 'PollFailed', 'PollOrdersFound'] as const;
  readonly intake: WorkQueue;

  constructor(scope: Construct, id: string, props: ImotrizChannelProps) {
    super(scope, id);
    const { deployment, settings, orders, control, secrets } = props;
    const { intake } = new OrderConsumer(this, 'Orders', {
      name: 'imotriz-orders',
      platform: 'imotriz',
      deployment,
      description: 'Splits the pages read from iMotriz and writes their orders into the orders table',
      orders,
      control,
      maxConcurrency: 2,
      variables: (shared) => ({ ...shared, SETTINGS: JSON.stringify(settings) }),
    });
    this.intake = intake;
    new OrderPoller(this, 'Poll', {
      deployment,
      settings,
      queue: intake.queue,
      control,
      secret: secrets.get('ImotrizApi'),
    });
    new OrderReconciler(this, 'Reconcile', {
      name: 'imotriz-reconcile',
      platform: 'imotriz',
      deployment,
      description: 'Finds iMotriz orders that were handed out and never arrived, and records them',
      everyMinutes: settings.reconcile.everyMinutes,
      orders,
      control,
      secret: secrets.get('ImotrizApi'),
      ordersActions: RECORDING_ACTIONS,
      variables: (shared) => ({
        ...shared,
        RAW_DAYS: String(deployment.merchant.rawDays),
        SETTINGS: JSON.stringify(settings),
      }),
    });
    const about = { alarms: deployment.alarms, platform: 'imotriz' } as const;
    // Its paths are not published, so a deployment begins without it; that must not be forgotten.
    deployment.alarms.raise(this, 'reconcile-off', { subject: 'imotriz', platform: 'imotriz' });
    raisePollAlarms(this, { ...about, poll: settings.poll });
    raiseCallAlarms(this, about);
  }
}
