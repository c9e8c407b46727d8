import type { CommandsPart } from '../erp/api/acceptor.ts';
import {
  answerRequest,
  type HttpAnswer,
  type HttpEvent,
  problemsAsAnswers,
} from '../erp/api/answer-request.ts';
import { type ApiSettings, createApi } from '../erp/api/api.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Answers the merchant's own system. */
export function handlerFor(settings: ApiSettings, loadCommands: () => Promise<CommandsPart>) {
  const runtime = createRuntime('api', 'erp');
  const api = createApi({ ...settings, loadCommands }, runtime);
  return frame<HttpEvent, HttpAnswer>(
    runtime,
    (event, run) => answerRequest(api, event, run),
    problemsAsAnswers(runtime.log),
  );
}
