import type { SQSEvent } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { nuvemshopMessage } from '../../runtime/messages.ts';
import { processBatch } from '../batch.ts';
import { consumeNuvemshop } from './nuvemshop-consumer.ts';
import { createNuvemshopConsumer } from './nuvemshop-parts.ts';

const runtime = createRuntime('nuvemshop-orders');
const { consumer, parts } = createNuvemshopConsumer(runtime);
const batch = { ...runtime, parts, schema: nuvemshopMessage };

export const handler = flushing(runtime, (event: SQSEvent) =>
  processBatch(batch, event, (messages) => consumeNuvemshop(consumer, messages)),
);
