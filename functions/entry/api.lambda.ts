import {
  answerRequest,
  type HttpAnswer,
  type HttpEvent,
  problemsAsAnswers,
} from '../erp/api/answer-request.ts';
import { createApi } from '../erp/api/api.ts';
import type { LazyChannel } from '../outbound/commands/lazy-tables.ts';
import { createRuntime, frame } from '../runtime/handler.ts';
import type { StoreName } from '../storage/keys.ts';

/** Answers the merchant's own system. */
export function handlerFor(stores: readonly StoreName[], channels: readonly LazyChannel[]) {
  const runtime = createRuntime('api', 'erp');
  const api = createApi({ stores, channels }, runtime);
  return frame<HttpEvent, HttpAnswer>(
    runtime,
    (event, run) => answerRequest(api, event, run),
    problemsAsAnswers(runtime.log),
  );
}
