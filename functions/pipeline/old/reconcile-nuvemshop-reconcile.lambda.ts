import type { Context } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { reconcile, reconcileRequest } from '../reconcile/reconcile.ts';
import { createNuvemshopReconciler } from './reconcile-nuvemshop-parts.ts';

const runtime = createRuntime('nuvemshop-reconcile');
const reconciler = createNuvemshopReconciler(runtime);

export const handler = flushing(runtime, (event: unknown, context: Context) =>
  reconcile(reconciler, reconcileRequest.parse(event), {
    runId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);
