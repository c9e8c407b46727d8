import type { Context } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { reconcile, reconcileRequest } from '../reconcile/reconcile.ts';
import { createImotrizReconciler } from './reconcile-imotriz-parts.ts';

const runtime = createRuntime('imotriz-reconcile');
const reconciler = createImotrizReconciler(runtime);

export const handler = flushing(runtime, (event: unknown, context: Context) =>
  reconcile(reconciler, reconcileRequest.parse(event), {
    runId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);
