import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { contentHash } from '../../domain/canonical-json.ts';
import type { IdempotencyStore } from '../../storage/idempotency.ts';
import { Problem } from './problem.ts';
import type { ApiAnswer, ApiRequest, Route } from './route.ts';

const HEADER = 'idempotency-key';
/** Visible ASCII, as an UUID is. */
const FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * Works on a request that carries an Idempotency-Key once: whoever repeats it is answered as the first time. What ends in a
 * problem, as a whole or in every item, is forgotten, so that it can be sent again, corrected or not.
 *
 * @throws Problem `idempotency-key-reused`, `idempotency-key-running`, `outcome-unknown`, or those of the work
 */
export async function once(
  store: IdempotencyStore,
  {
    event,
    request,
    route,
  }: { event: APIGatewayProxyEventV2; request: ApiRequest; route: Pick<Route, 'operation' | 'atMostOnce'> },
  work: () => Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  const key = event.headers[HEADER];
  if (key === undefined) return work();
  if (!FORM.test(key))
    throw new Problem('request-invalid', {
      detail: 'The Idempotency-Key is wrong. Nothing was done.',
      errors: [
        { pointer: `/headers/${HEADER}`, code: 'wrong-format', detail: '1 to 255 visible ASCII characters.' },
      ],
    });
  const { path, query, body, client } = request;
  const turn = await store.begin(
    client.name,
    key,
    contentHash({ operation: route.operation, path, query, body }),
    route.atMostOnce,
  );
  if (turn.turn === 'other')
    throw new Problem('idempotency-key-reused', {
      detail: 'This Idempotency-Key came with another request within the last 24 hours. Choose a new one.',
    });
  if (turn.turn === 'running')
    throw new Problem('idempotency-key-running', {
      detail: 'The first request with this Idempotency-Key has not ended. Send it again with the same key.',
      retryAfter: Math.ceil(turn.forMs / 1000),
    });
  if (turn.turn === 'cut-off')
    throw new Problem('outcome-unknown', {
      detail:
        'The first request with this Idempotency-Key was cut off, and nobody wrote down how it ended. Look at the platform before you send it again, under another key.',
    });
  if (turn.turn === 'done') {
    const { status, headers, body: kept } = turn.answer;
    return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, body: JSON.parse(kept) };
  }
  const answer = await work().catch(async (error: unknown) => {
    // Where it cannot be forgotten, it is forgotten by itself within half a minute.
    await turn.release().catch(() => undefined);
    throw error;
  });
  // What was done is done, whether or not it can be remembered.
  await (answer.nothingKept === true ? turn.release() : turn.finish(keptOf(answer))).catch(() => undefined);
  return answer;
}

const keptOf = ({ status, headers, body, remembered = body }: ApiAnswer) => ({
  status,
  headers: { ...headers },
  body: JSON.stringify(remembered ?? null),
});
