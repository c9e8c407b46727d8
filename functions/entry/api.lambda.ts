import {
  answerRequest,
  type HttpAnswer,
  type HttpEvent,
  problemsAsAnswers,
} from '../erp/api/answer-request.ts';
import { type ApiParts, createApi } from '../erp/api/api.ts';
import type { ApiSettings } from '../erp/api/settings.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Answers the merchant's own system. */
export function handlerFor(settings: ApiSettings, parts: ApiParts) {
  const runtime = createRuntime('api', 'erp');
  const api = createApi({ ...settings, ...parts }, runtime);
  return frame<HttpEvent, HttpAnswer>(
    runtime,
    (event, run) => answerRequest(api, event, run),
    problemsAsAnswers(runtime.log),
  );
}
