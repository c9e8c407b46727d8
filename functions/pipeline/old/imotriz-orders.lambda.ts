import type { SQSEvent } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { imotrizPageMessage } from '../../runtime/messages.ts';
import { processBatch } from '../batch.ts';
import { consumerParts } from '../consumer-parts.ts';
import { consumeImotriz } from './imotriz-consumer.ts';

const runtime = createRuntime('imotriz-orders');
const settings = runtime.env.SETTINGS;
const parts = consumerParts(runtime, 'imotriz', settings.storeId);
const batch = { ...runtime, parts: parts.parts, schema: imotrizPageMessage };
const consumer = { ...runtime, ...parts, settings };

export const handler = flushing(runtime, (event: SQSEvent) =>
  processBatch(batch, event, (messages) => consumeImotriz(consumer, messages)),
);
