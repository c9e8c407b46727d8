import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createPublisher, type PublisherParts, publish } from '../erp/publish.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Gives every change of the orders table its place in the feed. */
export function handlerFor(parts: PublisherParts) {
  const runtime = createRuntime('publish', 'erp');
  const publisher = createPublisher(runtime, parts);
  return frame(runtime, (event: DynamoDBStreamEvent) => publish(publisher, event));
}
