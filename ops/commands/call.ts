import { stockOf } from '../../config/merchant.ts';
import { isToldPrices } from '../../functions/domain/stock/channel.ts';
import {
  judge,
  passThrough,
  type ThroughOutcome,
  type ThroughRequest,
} from '../../functions/outbound/pass-through.ts';
import { openConnection } from '../../functions/platforms/connection.ts';
import { agree } from '../ask.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { jsonGiven } from '../json.ts';
import { OperatorError } from '../outputs.ts';
import { print, printDryRun } from '../print.ts';

export interface CallOptions {
  readonly json: boolean;
  /** Not needed where the merchant has one store at the platform. */
  readonly store?: string;
  /** JSON, or `@` and a file with it. */
  readonly data?: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** What of the operator's context a call needs. */
type Reach = Pick<OperatorContext, 'channelOf' | 'accountOf' | 'audited' | 'control' | 'merchant'>;

/**
 * Has a call of a platform's API made, as the API passes it on. Answers 3 when the platform refuses it, and 4 when nobody
 * knows whether it happened.
 *
 * @throws OperatorError when it is not made
 */
export async function callPlatform(
  context: Reach,
  name: string,
  method: string,
  address: string,
  options: CallOptions,
): Promise<number> {
  const channel = context.channelOf(name);
  const { platform } = channel;
  const store = storeIn(channel.stores, name, options.store);
  const [, path = '', search = ''] = /^\/?([^?]*)\??(.*)$/s.exec(address) ?? [];
  const request: Omit<ThroughRequest, 'correlationId' | 'tellsPrices'> = {
    method: method.toUpperCase(),
    path: decoded(path),
    query: queryOf(search),
    ...(options.data === undefined ? {} : { body: dataOf(options.data) }),
  };
  const channels = stockOf(context.merchant)?.channels ?? [];
  const tellsPrices = isToldPrices(channels, { platform: name, storeId: store.id });
  const judged = judge({ platform, store }, { ...request, tellsPrices, correlationId: '' });
  if ('outcome' in judged) throw new OperatorError(whyNot(judged));
  const { endpoint } = judged;
  const call = `${endpoint.method} ${endpoint.path}`;
  if (options.dryRun)
    return printDryRun(
      options.json,
      { platform: name, store: store.id, call, changes: endpoint.through === 'write', request },
      `${call} would be called at ${name}:${store.id}, which ${endpoint.through === 'write' ? 'changes something' : 'only reads'}.`,
    );
  if (endpoint.through === 'write')
    await agree(
      `${call} at ${name}:${store.id} of merchant ${context.merchant.name} changes something.`,
      options.yes,
    );
  const connection = openConnection(platform, store, context.accountOf(channel));
  const { clock } = context.control;
  const through = { platform, store, connection, clock, priority: 'urgent' } as const;
  const make = (correlationId: string) => passThrough(through, { ...request, tellsPrices, correlationId });
  const outcomes: ThroughOutcome[] = [];
  const about = { platform: name, store: store.id, call };
  await context.audited('call', about, async (correlationId) => {
    const outcome = await make(correlationId);
    outcomes.push(outcome);
    return { outcome: outcome.outcome };
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new OperatorError('Nothing is known of the call.');
  return tell(outcome, call, options.json);
}

function storeIn<S extends { readonly id: string }>(stores: readonly S[], name: string, named?: string): S {
  const [found, ...others] = stores.filter(({ id }) => named === undefined || id === named);
  if (found !== undefined && others.length === 0) return found;
  const ids = stores.map(({ id }) => id).join(', ');
  throw new OperatorError(`Say which store of ${name} with --store; the merchant has ${ids}.`);
}

function decoded(path: string): string {
  try {
    return path.split('/').map(decodeURIComponent).join('/');
  } catch {
    throw new OperatorError('The path is not percent-encoded as a path is.');
  }
}

/** @throws OperatorError where a name stands twice: only its last value would be sent */
function queryOf(search: string): Record<string, string> {
  const query = [...new URLSearchParams(search)];
  const names = query.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return Object.fromEntries(query);
  throw new OperatorError(
    `"${twice}" stands twice in the query, and a call takes each name once. Nothing was called. Several values of one name go with commas between, where the platform takes them so.`,
  );
}

function dataOf(text: string): unknown {
  const read = jsonGiven(text);
  if (read !== undefined) return read;
  throw new OperatorError('The data is no JSON. Write it as --data \'{"name": "x"}\', or as --data @file.');
}

function whyNot(outcome: Exclude<ThroughOutcome, { outcome: 'answered' | 'refused' | 'unknown' }>): string {
  switch (outcome.outcome) {
    case 'endpoint-unknown':
      return 'No row of the platform has this method and path. docs/platforms.md lists them. Nothing was called.';
    case 'kept':
    case 'body-refused':
    case 'stopped':
      return `Nothing was called. ${outcome.reason}`;
    case 'scope-missing':
      return `Nothing was called: ${outcome.scopes.join(', ')} missing.`;
    case 'busy':
    case 'unavailable':
      return `The platform takes no call now. Try again in ${Math.ceil(outcome.retryAfterMs / 1000)} s.`;
  }
}

function tell(outcome: ThroughOutcome, call: string, json: boolean): number {
  switch (outcome.outcome) {
    case 'answered': {
      const { status, headers, body } = outcome.answer;
      const head = [`${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
      print(json, outcome.answer, [...head, ...(body === undefined ? [] : [JSON.stringify(body, null, 2)])]);
      return EXIT.done;
    }
    case 'refused': {
      const said = [outcome.status, outcome.detail, outcome.said].filter((one) => one !== undefined);
      print(json, outcome, [`${call} was refused: ${said.join('. ')}`]);
      return EXIT.refusedByPlatform;
    }
    case 'unknown':
      print(json, outcome, [
        `${call} was made and its answer is lost: nobody knows whether it happened. Look at the platform before you make it again.`,
      ]);
      return EXIT.inDoubt;
    default:
      throw new OperatorError(whyNot(outcome));
  }
}
