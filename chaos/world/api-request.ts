import type { HttpEvent } from '../../functions/erp/api/answer-request.ts';
import { TOKEN } from './command-containers.ts';
import { type HttpRequest, httpEvent } from './http-event.ts';

/** A request of the merchant's own system to the API. */
export type ApiRequest = Omit<HttpRequest, 'headers'>;

let requests = 0;

/** As the gateway hands it on. */
export function apiEvent(request: ApiRequest): HttpEvent {
  requests += 1;
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  return httpEvent({ ...request, headers }, `command-request-${requests}`);
}
