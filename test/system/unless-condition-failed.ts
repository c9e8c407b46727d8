import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** What is gone meanwhile needs no change. */
export function unlessConditionFailed(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
