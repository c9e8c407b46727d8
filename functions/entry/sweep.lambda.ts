import { createSweeper, sweep } from '../erp/sweep.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Announces again, every minute, what is overdue. */
export function handlerFor() {
  const runtime = createRuntime('sweep', 'erp');
  const sweeper = createSweeper(runtime);
  return frame(runtime, () => sweep(sweeper));
}
