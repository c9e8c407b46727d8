import type { Cloud } from '../../local/cloud/cloud.ts';
import type { StreamRecord } from '../../local/cloud/streams/record.ts';
import { type FixtureResource, table } from './fixture.ts';

/** What a function's role needs to read a stream. */
export const STREAM_READING = [
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:DescribeStream',
  'dynamodb:ListStreams',
];

export const streamArn = (tableId: string) => ({ 'Fn::GetAtt': [tableId, 'StreamArn'] });

export const streamed = (more: Record<string, unknown> = {}): FixtureResource =>
  table({ StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' }, ...more });

/** Reads a table's stream for a function. */
export const streamMapping = (
  tableId: string,
  functionId: string,
  more: Record<string, unknown> = {},
): FixtureResource => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: streamArn(tableId),
    FunctionName: { Ref: functionId },
    StartingPosition: 'TRIM_HORIZON',
    ...more,
  },
});

type Answer = Record<string, never> & { __type?: string };

/** Calls the streams' API, whose client is not among the dependencies. */
export async function callStreams<T = Answer>(cloud: Cloud, operation: string, input: object): Promise<T> {
  const { accessKeyId } = cloud.adminCredentials;
  const response = await fetch(cloud.endpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${cloud.region}/dynamodb/aws4_request`,
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as T;
}

type ApiRecord = Omit<StreamRecord, 'userIdentity'> & {
  userIdentity?: { Type: string; PrincipalId: string };
};

/** The records of a table's stream, shard by shard. */
export async function recordsOf(cloud: Cloud, tableRef: string): Promise<ApiRecord[][]> {
  const { Streams } = await callStreams<{ Streams: { StreamArn: string }[] }>(cloud, 'ListStreams', {
    TableName: cloud.tableName(tableRef),
  });
  const StreamArn = Streams[0]!.StreamArn;
  const { StreamDescription } = await callStreams<{
    StreamDescription: { Shards: { ShardId: string }[] };
  }>(cloud, 'DescribeStream', { StreamArn });
  return await Promise.all(
    StreamDescription.Shards.map(async ({ ShardId }) => {
      const { ShardIterator } = await callStreams<{ ShardIterator: string }>(cloud, 'GetShardIterator', {
        StreamArn,
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      });
      return (await callStreams<{ Records: ApiRecord[] }>(cloud, 'GetRecords', { ShardIterator })).Records;
    }),
  );
}
