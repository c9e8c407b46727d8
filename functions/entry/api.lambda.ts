import {
  answerRequest,
  type HttpAnswer,
  type HttpEvent,
  problemsAsAnswers,
} from '../erp/api/answer-request.ts';
import { createApi } from '../erp/api/api.ts';
import { createRuntime, frame } from '../runtime/handler.ts';
import type { StoreName } from '../storage/keys.ts';

/** Answers the merchant's own system. */
export function handlerFor(stores: readonly StoreName[]) {
  const runtime = createRuntime('api', 'erp');
  const api = createApi(stores, runtime);
  return frame<HttpEvent, HttpAnswer>(
    runtime,
    (event, run) => answerRequest(api, event, run),
    problemsAsAnswers(runtime.log),
  );
}
