import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import type { Channel } from '../../config/merchant.ts';
import { createPollers, pollRequest, pollStores } from '../../functions/pipeline/poll.ts';
import { createProcessor, processEvent } from '../../functions/pipeline/process.ts';
import { createReceiver, receive } from '../../functions/pipeline/receive.ts';
import {
  createReconcilers,
  reconcileRequest,
  reconcileStores,
} from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { type Job, readEnvironment } from '../../functions/runtime/environment.ts';
import type { Runtime } from '../../functions/runtime/handler.ts';
import type { FlushedMetrics, FunctionLog } from '../../functions/runtime/telemetry.ts';
import type { Handler } from '../aws/functions.ts';
import { variablesOf } from '../plan/merchant.ts';

/** What every container has, beside its clock. */
export interface ContainerOptions {
  log(name: string): FunctionLog;
  metrics: FlushedMetrics;
}

export type ColdStart<Event, Result> = (clock: Clock) => Handler<Event, Result>;

/** Cold starts of a platform's functions: what their entry points make once per container, with the world's clock and log. */
export interface ColdStarts {
  receive: ColdStart<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
  process: ColdStart<SQSEvent, SQSBatchResponse>;
  poll: ColdStart<object, void>;
  reconcile: ColdStart<object, unknown>;
}

export function coldStarts(channel: Channel, { log, metrics }: ContainerOptions): ColdStarts {
  const runtime = <J extends Job>(job: J, clock: Clock): Runtime<J> => ({
    env: readEnvironment(job, variablesOf(channel, job)),
    log: log(functionName(channel, job)),
    metrics,
    clock,
  });
  return {
    receive(clock) {
      const receiver = createReceiver(channel, runtime('receive', clock));
      return (event) => receive(receiver, event);
    },
    process(clock) {
      const processor = createProcessor(channel, runtime('process', clock));
      return (event) => processEvent(processor, event);
    },
    poll(clock) {
      const pollers = createPollers(channel, runtime('poll', clock));
      return (event, context) => pollStores(pollers, pollRequest.parse(event), context);
    },
    reconcile(clock) {
      const reconcilers = createReconcilers(channel, runtime('reconcile', clock));
      return (event, context) => reconcileStores(reconcilers, reconcileRequest.parse(event), context);
    },
  };
}

export const functionName = ({ platform }: Pick<Channel, 'platform'>, job: Job): string =>
  `${platform.name}-${job}`;
