import { createHash } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation } from '../../runtime/handler.ts';
import type { Log } from '../../runtime/telemetry.ts';
import type { IdempotencyStore } from '../../storage/idempotency.ts';
import type { TokenReader } from '../tokens.ts';
import { admit, identify } from './admission.ts';
import type { Found } from './find-route.ts';
import { once } from './once.ts';
import { isProblem, Problem } from './problem.ts';
import { readRequest } from './read-request.ts';
import { type ApiAnswer, takesKey } from './route.ts';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpAnswer = APIGatewayProxyStructuredResultV2;

/** The API, made once per container. */
export interface Api {
  readonly find: (event: HttpEvent) => Promise<Found>;
  readonly tokens: TokenReader;
  readonly idempotency: IdempotencyStore;
  readonly log: Log;
}

/**
 * Answers one request: route, token, scope, body, fields, work. Nothing is written before all of it is in order.
 *
 * @throws Problem for whatever is not answered as it was asked; {@link problemsAsAnswers} makes an answer of it
 */
export async function answerRequest(
  api: Api,
  event: HttpEvent,
  { requestId }: Invocation,
): Promise<HttpAnswer> {
  const found = await api.find(event);
  if ('allow' in found) return { statusCode: 204, headers: { allow: found.allow } };
  const { route, parameters } = found;
  const client = await identify(event.headers.authorization, api.tokens);
  admit(client, route.scopes);
  const request = { ...readRequest(route, event, parameters), client, requestId };
  const work = () => found.work(request);
  const answer = takesKey(route)
    ? await once(api.idempotency, { event, request, route }, work)
    : await work();
  api.log.info('request answered', {
    client: client.name,
    operation: route.operation,
    status: answer.status,
  });
  return withoutBodyForHead(event, encoded(answer, requestId, route.tagged === true ? event : undefined));
}

/** @param tagged of a route whose answers have an ETag */
function encoded(answer: ApiAnswer, requestId: string, tagged: HttpEvent | undefined): HttpAnswer {
  const common = { 'x-request-id': requestId, 'cache-control': 'no-store', ...answer.headers };
  if (answer.body === undefined) return { statusCode: answer.status, headers: common };
  const body = JSON.stringify(answer.body);
  const headers = { 'content-type': 'application/json', ...common };
  if (tagged === undefined) return { statusCode: answer.status, headers, body };
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const tags = { etag, 'cache-control': 'private, no-cache' };
  if (names(tagged.headers['if-none-match'], etag))
    return { statusCode: 304, headers: { 'x-request-id': requestId, ...tags } };
  return { statusCode: answer.status, headers: { ...headers, ...tags }, body };
}

/** A list of tags, weak or not, or any. (RFC 9110, 13.1.2.) */
const names = (header = '', etag: string): boolean =>
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);

const withoutBodyForHead = (event: HttpEvent, { body, ...answer }: HttpAnswer): HttpAnswer =>
  event.requestContext.http.method === 'HEAD' || body === undefined ? answer : { ...answer, body };

/** After so many seconds a service that did not answer may be asked again. */
const UNAVAILABLE_S = 5;

/** Answers what was thrown: a problem as it is; of everything else, whose fault it was and what to do. */
export const problemsAsAnswers = (log: Log): MiddlewareObj<HttpEvent, HttpAnswer> => ({
  onError: (request) => {
    const { error, event, context } = request;
    const problem = isProblem(error) ? error : foreign(error, log);
    const { status, headers, body } = problem.answer(context.awsRequestId);
    if (isProblem(error)) log.info('request refused', { status, code: problem.code });
    request.response = withoutBodyForHead(event, {
      statusCode: status,
      headers: { ...headers, 'x-request-id': context.awsRequestId, 'cache-control': 'no-store' },
      body: JSON.stringify(body),
    });
  },
});

function foreign(error: unknown, log: Log): Problem {
  if (isUnavailable(error)) {
    log.warn('a request was answered 503: something that it needs did not answer', {
      error: describeError(error),
    });
    return new Problem('unavailable', {
      detail: 'The table or a secret does not answer now. Nothing is lost; send the request again.',
      retryAfter: UNAVAILABLE_S,
    });
  }
  log.error('a request was answered 500: this is a mistake of ours', { error: describeError(error) });
  return new Problem('internal', {
    detail: 'The request was not worked on to its end. The operator finds it by requestId in the log.',
  });
}

/** Names of ours for what did not answer; the part that gives commands has classes of its own. */
const UNANSWERED = new Set(['DeadlineExceeded', 'SecretUnusable', 'TimeoutError']);
/** Names of errors that AWS answers with for what we asked, and not for how it fares. */
const OUR_MISTAKES = new Set(['ValidationException', 'SerializationException']);

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || OUR_MISTAKES.has(error.name)) return false;
  // Every error of the SDK says how it went; one without an answer has the code of the network.
  return UNANSWERED.has(error.name) || '$metadata' in error || 'code' in error;
}
