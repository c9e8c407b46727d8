import * as z from 'zod';
import { flag, integer, noEffect } from './properties.ts';

/** Is this the address of a table's stream? */
export const isStreamArn = (arn: string): boolean => arn.startsWith('arn:aws:dynamodb:');
/** Lambda takes these for streams only. */
const FOR_STREAMS = [
  'StartingPosition',
  'ParallelizationFactor',
  'FilterCriteria',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
] as const;
/** A mapping of a queue or of a table's stream; what Lambda knows for one of them only is refused for the other. */
export const eventSourceMapping = z
  .strictObject({
    EventSourceArn: z.string(),
    FunctionName: z.string(),
    BatchSize: integer.min(1).max(10_000).optional(),
    MaximumBatchingWindowInSeconds: integer.min(0).max(300).default(0),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
    ScalingConfig: z.strictObject({ MaximumConcurrency: integer.min(2).max(1000).optional() }).optional(),
    Enabled: flag.default(true),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
    ParallelizationFactor: integer.min(1).max(10).optional(),
    FilterCriteria: z
      .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).max(10) })
      .optional(),
    BisectBatchOnFunctionError: flag.optional(),
    MaximumRetryAttempts: integer.min(-1).max(10_000).optional(),
    MaximumRecordAgeInSeconds: z.union([z.literal(-1), integer.min(60).max(604_800)]).optional(),
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
      .optional(),
    MetricsConfig: noEffect,
    Tags: noEffect,
  })
  .superRefine((mapping, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (isStreamArn(mapping.EventSourceArn)) {
      if (mapping.ScalingConfig) refuse('ScalingConfig', 'Lambda takes it for queues only');
      if (!mapping.StartingPosition) refuse('StartingPosition', 'Lambda needs it to read a stream');
      return;
    }
    for (const name of FOR_STREAMS) {
      if (mapping[name] !== undefined) refuse(name, 'the local cloud knows it for streams only');
    }
  })
  .transform(({ BatchSize, ...mapping }) => ({
    ...mapping,
    BatchSize: BatchSize ?? (isStreamArn(mapping.EventSourceArn) ? 100 : 10),
  }));
