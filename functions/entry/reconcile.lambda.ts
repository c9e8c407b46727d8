import { deployedFor } from '../pipeline/deployed.ts';
import {
  createReconcilers,
  type ReconciledPlatform,
  reconcileRequest,
  reconcileStores,
} from '../pipeline/reconcile/reconcile.ts';
import { createRuntime, frame, parsed } from '../runtime/handler.ts';

/** Compares a platform's stores with the table. */
export function handlerFor(platform: ReconciledPlatform, settings: unknown) {
  const runtime = createRuntime('reconcile', platform.name);
  const reconcilers = createReconcilers(deployedFor(platform, settings), runtime);
  return frame(
    runtime,
    (request, run) => reconcileStores(reconcilers, request, run),
    parsed(reconcileRequest),
  );
}
