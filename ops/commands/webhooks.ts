import { randomBytes } from 'node:crypto';
import { EVENT_TYPES } from '../../functions/domain/event.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { endpointNamed, sendTest, switchEndpoint, testable } from '../actions/endpoints.ts';
import type { OperatorContext } from '../context.ts';
import { endpointNeedsPerson, endpointStandings, shownUrl } from '../data/endpoints.ts';
import { checkUrl, said } from '../endpoint-line.ts';
import { type Place, placeOf } from '../feed-place.ts';
import { type Reasoned, reasonIn } from '../option-values.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';

interface Shared {
  json: boolean;
}

/** Letters of an endpoint's id, random so that an id is never used twice. */
const ID_BYTES = 5;

/** Adds an endpoint and prints its signing secret, which is shown only here. */
export async function addEndpoint(
  context: OperatorContext,
  url: string,
  { types, from, dryRun, json }: Shared & { types?: string[]; from: 'head' | 'oldest'; dryRun: boolean },
): Promise<number> {
  const { webhooks } = context;
  const unknown = types?.find((type) => !EVENT_TYPES.some((one) => one === type));
  if (unknown !== undefined)
    throw new OperatorError(`There is no event of type "${unknown}". There are: ${EVENT_TYPES.join(', ')}.`);
  await checkUrl(webhooks.caller, url);
  const at = from === 'head' ? await webhooks.feed.head() : await webhooks.feed.oldest();
  const about = { after: at.seq, ...(types === undefined ? {} : { types }) };
  if (dryRun)
    return printDryRun(
      json,
      { url, ...about },
      `An endpoint would be added, and sent ${types?.join(', ') ?? 'every event'} from after number ${at.seq} on.`,
    );
  const id = `wh-${randomBytes(ID_BYTES).toString('hex')}`;
  let secret = '';
  await context.audited('webhooks add', { endpoint: id, url: shownUrl(url) }, async () => {
    // The secret first: a delivery never finds an endpoint that it cannot sign for.
    secret = await webhooks.signing.add(id);
    await webhooks.admin.add({ id, url, ...(types === undefined ? {} : { types }) }, at);
    await webhooks.deliveries.announce(id);
    return {};
  });
  print(json, { id, url, secret, ...about }, [
    `Endpoint ${id} is sent ${types?.join(', ') ?? 'every event'} from after number ${at.seq} on.`,
    'Its signing secret is shown this once; whoever writes the receiver needs it:',
    `  ${secret}`,
    `Try it: webhooks test ${id}`,
  ]);
  return 0;
}

/** The endpoints and how they stand. Answers 1 when one of them needs a person, for scripts. */
export async function listEndpointsThereAre(
  { webhooks }: OperatorContext,
  { json }: Shared,
): Promise<number> {
  const { head, endpoints } = await endpointStandings(webhooks);
  const lines = columns([
    ['ID', 'STATUS', 'AFTER', 'BEHIND', 'ASIDE', 'SECRETS', 'LAST DELIVERED', 'FAILS', 'URL'],
    ...endpoints.map((one) => [
      one.id,
      one.why === undefined ? one.status : `${one.status} (${one.why})`,
      String(one.seq),
      String(one.behind ?? '?'),
      String(one.setAside),
      String(one.secrets),
      one.lastDeliveredAt === undefined ? 'never' : isoTime(one.lastDeliveredAt),
      one.failingSince === undefined
        ? '-'
        : `since ${isoTime(one.failingSince)}, ${one.lastFailure ?? 'unknown'}`,
      one.url,
    ]),
  ]);
  print(json, { head, endpoints }, endpoints.length === 0 ? ['There is no endpoint.'] : lines);
  return endpoints.some(endpointNeedsPerson) ? 1 : 0;
}

/**
 * Sends a signed event of type `test`, from this machine, and shows the answer. It is in no feed and changes nothing of the
 * endpoint. Answers 1 when the endpoint does not take it.
 */
export async function testEndpoint(
  { webhooks }: OperatorContext,
  id: string,
  { dryRun, json }: Shared & { dryRun: boolean },
): Promise<number> {
  if (dryRun) {
    const { url } = await testable(webhooks, id);
    await checkUrl(webhooks.caller, url);
    return printDryRun(
      json,
      { id, url: shownUrl(url) },
      `A signed event of type test would be sent to ${shownUrl(url)}.`,
    );
  }
  const { event, taken, answer } = await sendTest(webhooks, id);
  print(json, { event, taken, ...answer }, [
    `${event.id}: ${taken ? 'taken' : 'not taken'}, ${said(answer)}`,
    ...('text' in answer && answer.text !== '' ? [answer.text] : []),
  ]);
  return taken ? 0 : 1;
}

/** Sends from another place of the feed on: back, to send again, or forward, to leave events out. */
export async function rewindEndpoint(
  context: OperatorContext,
  id: string,
  { to, dryRun, json, ...why }: Shared & Reasoned & { to: Place; dryRun: boolean },
): Promise<number> {
  const { webhooks } = context;
  const before = await endpointNamed(webhooks, id);
  const at = await placeOf(webhooks.feed, to);
  if (dryRun)
    return printDryRun(
      json,
      { id, from: before.seq, to: at.seq },
      `Endpoint ${id} would go on after number ${at.seq}; it stands at ${before.seq}.`,
    );
  const about = { endpoint: id, from: before.seq, to: at.seq, ...reasonIn(why) };
  await context.audited('webhooks rewind', about, async () => {
    await webhooks.admin.move(id, at);
    await webhooks.deliveries.announce(id);
    return {};
  });
  print(json, { id, from: before.seq, to: at.seq, status: before.status }, [
    `Endpoint ${id} goes on after number ${at.seq}; it stood at ${before.seq}.`,
    ...(before.status === 'active' ? [] : [`It is ${before.status}: "webhooks resume ${id}" lets it go on.`]),
  ]);
  return 0;
}

/** Changes whether an endpoint is sent events. Resumed, it gets the first call at once. */
export async function pauseOrResume(
  context: OperatorContext,
  id: string,
  { what, dryRun, json, ...why }: Shared & Reasoned & { what: 'pause' | 'resume'; dryRun: boolean },
): Promise<number> {
  const status = what === 'pause' ? 'paused' : 'active';
  if (dryRun) {
    await endpointNamed(context.webhooks, id);
    return printDryRun(json, { id, status }, `Endpoint ${id} would be ${status}.`);
  }
  await switchEndpoint(context, id, what, why);
  print(json, { id, status }, [`Endpoint ${id} is ${status}.`]);
  return 0;
}

/** Gives an endpoint a second secret, or with `finish` forgets the older one. */
export async function rotateSecret(
  context: OperatorContext,
  id: string,
  { finish, dryRun, json }: Shared & { finish: boolean; dryRun: boolean },
): Promise<number> {
  const { webhooks } = context;
  await endpointNamed(webhooks, id);
  if (!finish && (await webhooks.signing.of(id)).length > 1)
    throw new OperatorError(
      `Endpoint ${id} has two secrets already. Once the receiver knows the newer one: webhooks rotate ${id} --finish`,
    );
  if (dryRun)
    return printDryRun(
      json,
      { id, finish },
      finish
        ? `Older secrets of ${id} would be forgotten.`
        : `Endpoint ${id} would be given a second secret.`,
    );
  let secret: string | undefined;
  let forgotten = 0;
  await context.audited('webhooks rotate', { endpoint: id, finish }, async () => {
    if (finish) forgotten = await webhooks.signing.finish(id);
    else secret = await webhooks.signing.rotate(id);
    return {};
  });
  const lines =
    secret === undefined
      ? [`Deliveries to ${id} are signed with the newest secret alone; ${forgotten} older forgotten.`]
      : [
          `Deliveries to ${id} are signed with this secret too, within a minute. It is shown this once:`,
          `  ${secret}`,
          `Once the receiver knows it: webhooks rotate ${id} --finish`,
        ];
  print(json, { id, forgotten, ...(secret === undefined ? {} : { secret }) }, lines);
  return 0;
}

/** Forgets an endpoint and its secrets. @throws OperatorError without `--yes` */
export async function removeEndpoint(
  context: OperatorContext,
  id: string,
  { yes, dryRun, json, ...why }: Shared & Reasoned & { yes: boolean; dryRun: boolean },
): Promise<number> {
  const { webhooks } = context;
  const { url, seq } = await endpointNamed(webhooks, id);
  if (dryRun)
    return printDryRun(
      json,
      { id, after: seq },
      `Endpoint ${id} would be removed, with its secrets; it stands at number ${seq}.`,
    );
  if (!yes)
    throw new OperatorError(
      `This forgets where ${id} stands, and its secret. "webhooks pause" keeps both. Or add --yes.`,
    );
  const about = { endpoint: id, url: shownUrl(url), after: seq, ...reasonIn(why) };
  await context.audited('webhooks remove', about, async () => {
    await webhooks.admin.remove(id);
    await webhooks.signing.remove(id);
    return {};
  });
  print(json, { id, removed: true }, [`Endpoint ${id} is removed. It stood at number ${seq}.`]);
  return 0;
}
