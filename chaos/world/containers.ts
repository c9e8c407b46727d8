import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import type { Channel } from '../../config/merchant.ts';
import { createPollers, pollRequest, pollStores } from '../../functions/pipeline/poll.ts';
import { processEvent } from '../../functions/pipeline/process.ts';
import { createProcessor } from '../../functions/pipeline/processor.ts';
import { eraseStore, handleAsked, openPrivacyContext } from '../../functions/pipeline/rare-part.ts';
import { createReceiver, receive, receivingOf } from '../../functions/pipeline/receive.ts';
import {
  createReconcilers,
  reconcileRequest,
  reconcileStores,
} from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { withoutForeignText } from '../../functions/runtime/describe-error.ts';
import { type PlatformJob, readEnvironment } from '../../functions/runtime/environment.ts';
import type { Runtime } from '../../functions/runtime/handler.ts';
import type { FlushedMetrics, FunctionLog } from '../../functions/runtime/telemetry.ts';
import type { Handler } from '../aws/functions.ts';
import { variablesOf } from '../plan/merchant.ts';

/** What every container has, beside its clock. */
export interface ContainerOptions {
  log(name: string): FunctionLog;
  metrics: FlushedMetrics;
}

/** Loaded with all else: a world has no files. */
const loadRare = async () => ({ eraseStore, handleAsked, openPrivacyContext });

export type ColdStart<Event, Result> = (clock: Clock) => Handler<Event, Result>;

/** Cold starts of a platform's functions: what their entry points make once per container, with the world's clock and log. */
export interface ColdStarts {
  receive: ColdStart<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
  process: ColdStart<SQSEvent, SQSBatchResponse>;
  poll: ColdStart<object, void>;
  reconcile: ColdStart<object, unknown>;
}

export function coldStarts(channel: Channel, { log, metrics }: ContainerOptions): ColdStarts {
  const runtime = <J extends PlatformJob>(job: J, clock: Clock): Runtime<J> => ({
    env: readEnvironment(job, variablesOf(channel, job)),
    log: log(functionName(channel, job)),
    metrics,
    clock,
  });
  return {
    receive(clock) {
      const receiver = createReceiver(receivingOf(channel), runtime('receive', clock));
      return framed(log(functionName(channel, 'receive')), (event) => receive(receiver, event));
    },
    process(clock) {
      const processor = createProcessor(channel, runtime('process', clock), { loadRare });
      return framed(log(functionName(channel, 'process')), (event) => processEvent(processor, event));
    },
    poll(clock) {
      const pollers = createPollers(channel, runtime('poll', clock));
      return framed(log(functionName(channel, 'poll')), (event, context) =>
        pollStores(pollers, pollRequest.parse(event), context),
      );
    },
    reconcile(clock) {
      const reconcilers = createReconcilers(ordersOnly(channel), runtime('reconcile', clock));
      return framed(log(functionName(channel, 'reconcile')), (event, context) =>
        reconcileStores(reconcilers, reconcileRequest.parse(event), context),
      );
    },
  };
}

/** No world mirrors products or customers: what is written of them is compared with the platform itself. */
const ordersOnly = (channel: Channel): Channel => ({
  ...channel,
  platform: { ...channel.platform, resources: { order: channel.platform.resources.order } },
});

/** Lambda logs what leaves a function; the frame of a real one sees to it what that is. */
export const framed =
  <E, R>(log: FunctionLog, handler: Handler<E, R>): Handler<E, R> =>
  async (event, context) => {
    try {
      return await handler(event, context);
    } catch (error) {
      const { name, message, stack = '' } = withoutForeignText(error);
      log.error('Invoke Error', { errorType: name, message, stack });
      throw error;
    }
  };

export const functionName = ({ platform }: Pick<Channel, 'platform'>, job: PlatformJob): string =>
  `${platform.name}-${job}`;
