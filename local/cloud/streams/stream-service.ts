import { ServiceError } from '../errors.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission, Principal } from '../iam/authorizer.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import type { StreamClock } from './clock.ts';
import type { StreamEntry, TableStream } from './table-stream.ts';

const OPERATIONS: ReadonlySet<string> = new Set([
  'ListStreams',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
]);
const MOST_RECORDS = 1_000;
/** An iterator is good for fifteen minutes. (DynamoDB Streams API reference, GetShardIterator.) */
const ITERATOR_MS = 15 * 60_000;

/** DynamoDB with its streams: answers the calls of the streams' own API and passes the others on to the tables. */
export class StreamService implements Service {
  readonly #tables: Service;
  readonly #streams: ReadonlyMap<string, TableStream>;
  readonly #clock: StreamClock;

  /** @param streams by the table's name */
  constructor(tables: Service, streams: ReadonlyMap<string, TableStream>, clock: StreamClock) {
    this.#tables = tables;
    this.#streams = streams;
    this.#clock = clock;
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    if (!OPERATIONS.has(operation)) return this.#tables.permissions(operation, input);
    const iterator = asText(input.ShardIterator);
    const arn = iterator === undefined ? asText(input.StreamArn) : readIterator(iterator).arn;
    const ofTable = this.#streams.get(asText(input.TableName) ?? '')?.arn;
    return [{ action: `dynamodb:${operation}`, resource: arn ?? ofTable ?? '*' }];
  }

  async handle(operation: string, input: JsonObject, caller: Principal): Promise<JsonObject> {
    switch (operation) {
      case 'ListStreams':
        return this.#list(input);
      case 'DescribeStream':
        return this.#describe(input);
      case 'GetShardIterator':
        return this.#iterator(input);
      case 'GetRecords':
        return this.#records(input);
      default:
        return this.#withStream(operation, await this.#tables.handle(operation, input, caller));
    }
  }

  #list({ TableName }: JsonObject): JsonObject {
    const Streams = [...this.#streams]
      .filter(([table]) => TableName === undefined || TableName === table)
      .map(([table, { arn }]) => ({ StreamArn: arn, TableName: table, StreamLabel: labelOf(arn) }));
    return { Streams };
  }

  #describe(input: JsonObject): JsonObject {
    const [table, stream] = this.#find(asText(input.StreamArn));
    const Shards = stream.shardIds.map((ShardId, shard) => ({
      ShardId,
      SequenceNumberRange: { StartingSequenceNumber: sequenceOf(stream.read(shard, 0, 1)[0]) ?? '0' },
    }));
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: labelOf(stream.arn),
        StreamStatus: 'ENABLED',
        StreamViewType: stream.viewType,
        TableName: table,
        KeySchema: stream.keys.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        Shards,
      },
    };
  }

  #iterator(input: JsonObject): JsonObject {
    const [, stream] = this.#find(asText(input.StreamArn));
    const shard = stream.shardIds.indexOf(asText(input.ShardId) ?? '');
    if (shard === -1) throw notFound(`Shard does not exist: ${input.ShardId}`);
    const position = this.#start(stream, shard, input);
    return { ShardIterator: writeIterator({ arn: stream.arn, shard, position, at: this.#clock.now() }) };
  }

  #start(stream: TableStream, shard: number, { ShardIteratorType, SequenceNumber }: JsonObject): number {
    if (ShardIteratorType === 'TRIM_HORIZON') return stream.horizon(shard);
    if (ShardIteratorType === 'LATEST') return stream.end(shard);
    const after = ShardIteratorType === 'AFTER_SEQUENCE_NUMBER';
    const number = asText(SequenceNumber);
    if (!(after || ShardIteratorType === 'AT_SEQUENCE_NUMBER') || !number || !/^\d{1,40}$/.test(number)) {
      throw new ServiceError('ValidationException', 'Invalid ShardIteratorType or SequenceNumber');
    }
    const entries = stream.read(shard, 0, Number.POSITIVE_INFINITY);
    const found = entries.find((entry) => sequenceOf(entry) === number);
    if (!found) {
      throw new ServiceError(
        'TrimmedDataAccessException',
        'The operation attempted to read past the oldest stream record in a shard.',
      );
    }
    return found.position + (after ? 1 : 0);
  }

  #records(input: JsonObject): JsonObject {
    const { arn, shard, position, at } = readIterator(asText(input.ShardIterator) ?? '');
    const now = this.#clock.now();
    if (now - at > ITERATOR_MS) {
      throw new ServiceError('ExpiredIteratorException', 'Iterator expired.');
    }
    const [, stream] = this.#find(arn);
    const most = Math.min(Number(input.Limit ?? MOST_RECORDS), MOST_RECORDS);
    const entries = stream.read(shard, position, most);
    const next = (entries.at(-1)?.position ?? position - 1) + 1;
    return {
      Records: entries.map(toApi),
      NextShardIterator: writeIterator({ arn, shard, position: next, at: now }),
    };
  }

  /** A table's description names its stream. */
  #withStream(operation: string, output: JsonObject): JsonObject {
    if (operation !== 'DescribeTable') return output;
    const Table = asObject(output.Table);
    const stream = this.#streams.get(asText(Table.TableName) ?? '');
    if (!stream) return output;
    const { arn, viewType } = stream;
    return {
      ...output,
      Table: {
        ...Table,
        LatestStreamArn: arn,
        LatestStreamLabel: labelOf(arn),
        StreamSpecification: { StreamEnabled: true, StreamViewType: viewType },
      },
    };
  }

  #find(streamArn: string | undefined): [string, TableStream] {
    const found = [...this.#streams].find(([, { arn }]) => arn === streamArn);
    if (!found) throw notFound(`Requested resource not found: Stream: ${streamArn} not found`);
    return found;
  }
}

interface Iterator {
  arn: string;
  shard: number;
  position: number;
  /** Epoch ms. */
  at: number;
}

const writeIterator = (iterator: Iterator): string =>
  Buffer.from(JSON.stringify(iterator)).toString('base64');

function readIterator(text: string): Iterator {
  try {
    const { arn, shard, position, at } = asObject(JSON.parse(Buffer.from(text, 'base64').toString()));
    return { arn: String(arn), shard: Number(shard), position: Number(position), at: Number(at) };
  } catch {
    throw new ServiceError('ValidationException', 'Invalid ShardIterator');
  }
}

/** The API leaves the address of the stream out and writes who deleted in capitals. */
function toApi({ record }: StreamEntry): JsonObject {
  const { eventSourceARN: _, userIdentity, dynamodb, ...rest } = record;
  return {
    ...rest,
    dynamodb: { ...dynamodb },
    ...(userIdentity
      ? { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }
      : {}),
  };
}

const sequenceOf = (entry: StreamEntry | undefined): string | undefined =>
  entry?.record.dynamodb.SequenceNumber;
const labelOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
const notFound = (message: string): ServiceError => new ServiceError('ResourceNotFoundException', message);
