import type { Context } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { reconcile, reconcileRequest } from '../reconcile/reconcile.ts';
import { createPedidosyaReconciler } from './reconcile-pedidosya-parts.ts';

const runtime = createRuntime('pedidosya-reconcile');
const reconciler = createPedidosyaReconciler(runtime);

export const handler = flushing(runtime, (event: unknown, context: Context) =>
  reconcile(reconciler, reconcileRequest.parse(event), {
    runId: context.awsRequestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);
