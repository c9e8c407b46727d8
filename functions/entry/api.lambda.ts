import {
  answerRequest,
  type HttpAnswer,
  type HttpEvent,
  problemsAsAnswers,
} from '../erp/api/answer-request.ts';
import { type ApiSettings, createApi } from '../erp/api/api.ts';
import type { LazyChannel } from '../outbound/commands/lazy-tables.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Answers the merchant's own system. */
export function handlerFor(settings: ApiSettings, channels: readonly LazyChannel[]) {
  const runtime = createRuntime('api', 'erp');
  const api = createApi({ ...settings, channels }, runtime);
  return frame<HttpEvent, HttpAnswer>(
    runtime,
    (event, run) => answerRequest(api, event, run),
    problemsAsAnswers(runtime.log),
  );
}
