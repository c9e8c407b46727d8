import { LocalCloudError } from './errors.ts';
import type { FunctionService, LocalFunction } from './functions/function-service.ts';
import type { MetricStore } from './functions/metrics.ts';
import type { Authorizer } from './iam/authorizer.ts';
import { DELETE_ACTION, EventSource, READ_ACTIONS } from './queues/event-source.ts';
import type { QueueService } from './queues/queue-service.ts';
import { isStreamArn } from './resources/event-source-mapping.ts';
import type { Selected } from './resources/select.ts';
import type { StreamClock } from './streams/clock.ts';
import type { KeptStreams } from './streams/kept-streams.ts';
import { DESTINATION_ACTION, filterOf, STREAM_ACTIONS, StreamSource } from './streams/stream-source.ts';
import type { TableStream } from './streams/table-stream.ts';

type Mapping = Selected<'AWS::Lambda::EventSourceMapping'>;

export interface SourcesOptions {
  mappings: readonly Mapping[];
  queueResources: readonly Selected<'AWS::SQS::Queue'>[];
  /** By the table's name. */
  streams: ReadonlyMap<string, TableStream>;
  functions: FunctionService;
  queues: QueueService;
  authorizer: Authorizer;
  metrics: MetricStore;
  region: string;
  clock: StreamClock;
  /** Ms between two looks at a shard. */
  pollMs?: number | undefined;
  /** Keeps how far the sources of streams have come. */
  kept?: KeptStreams | undefined;
}

/**
 * Makes the readers of queues and streams. Refuses what Lambda refuses when a mapping is made.
 *
 * @throws LocalCloudError
 */
export function buildSources(options: SourcesOptions): {
  ofQueues: EventSource[];
  ofStreams: StreamSource[];
} {
  const ofStream = ({ properties }: Mapping): boolean => isStreamArn(properties.EventSourceArn);
  return {
    ofQueues: options.mappings.filter((one) => !ofStream(one)).map((one) => queueSource(one, options)),
    ofStreams: options.mappings.filter(ofStream).map((one) => streamSource(one, options)),
  };
}

const refusal = ({ place }: Mapping, why: string): LocalCloudError =>
  new LocalCloudError('deployment-refused', `AWS would refuse ${place}: ${why}. Change it in the app.`);

/** A role without access is found when the mapping is made. */
function checkAccess(
  mapping: Mapping,
  { principal }: LocalFunction,
  authorizer: Authorizer,
  actions: readonly string[],
  resource: string,
): void {
  const missing = actions.find((action) => !authorizer.allows(principal, { action, resource }));
  if (missing === undefined) return;
  throw refusal(mapping, `the role of ${principal.name} is not allowed ${missing} on ${resource}`);
}

function queueSource(mapping: Mapping, options: SourcesOptions): EventSource {
  const { functions, queues, authorizer, region, clock } = options;
  const { EventSourceArn, FunctionName } = mapping.properties;
  const target = functions.find(FunctionName);
  const queue = options.queueResources.find(({ arn }) => arn === EventSourceArn);
  if (!queue) {
    throw new LocalCloudError(
      'unknown-property',
      `${mapping.place} reads ${EventSourceArn}, which is neither a queue nor the stream of a table of this app. The ` +
        'local cloud has no other event sources; teach it others in local/cloud/sources.ts.',
    );
  }
  checkAccess(mapping, target, authorizer, [...READ_ACTIONS, DELETE_ACTION], EventSourceArn);
  const timeoutSeconds = target.definition.timeoutMs / 1000;
  const { VisibilityTimeout } = queue.properties;
  if (VisibilityTimeout < timeoutSeconds) {
    throw refusal(
      mapping,
      `the queue's visibility timeout (${VisibilityTimeout} s) is below the function's (${timeoutSeconds} s)`,
    );
  }
  return new EventSource({ mapping, target, functions, queues, authorizer, region, now: clock.now });
}

function streamSource(mapping: Mapping, options: SourcesOptions): StreamSource {
  const { functions, queues, authorizer, metrics, clock, pollMs } = options;
  const { EventSourceArn, FunctionName, DestinationConfig } = mapping.properties;
  const target = functions.find(FunctionName);
  const stream = [...options.streams.values()].find(({ arn }) => arn === EventSourceArn);
  if (!stream) throw refusal(mapping, `no table of this app has the stream ${EventSourceArn}`);
  checkAccess(mapping, target, authorizer, STREAM_ACTIONS, EventSourceArn);
  const urls = new Map(options.queueResources.map(({ arn, ref }) => [arn, ref]));
  const destination = DestinationConfig?.OnFailure?.Destination;
  if (destination !== undefined) {
    if (!urls.has(destination)) {
      throw new LocalCloudError(
        'unknown-property',
        `${mapping.place} sends what fails to ${destination}, which is not a queue of this app. The local cloud has no ` +
          'other destinations; teach it others in local/cloud/sources.ts.',
      );
    }
    checkAccess(mapping, target, authorizer, [DESTINATION_ACTION], destination);
  }
  try {
    filterOf(mapping);
  } catch (error) {
    throw refusal(mapping, error instanceof Error ? error.message : String(error));
  }
  const send = async (queueArn: string, MessageBody: string): Promise<void> => {
    await queues.handle('SendMessage', { QueueUrl: urls.get(queueArn) ?? '', MessageBody });
  };
  const positions = options.kept?.positionsOf(mapping.ref);
  const surroundings = { functions, authorizer, metrics, send, clock, pollMs, positions };
  return new StreamSource({ mapping, target, stream, ...surroundings });
}
