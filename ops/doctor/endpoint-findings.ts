import { isoTime } from '../../functions/domain/time.ts';
import { backlogOf, isDue } from '../../functions/erp/endpoint-work.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import { lastOf, pageAt } from '../../functions/storage/feed-pages.ts';
import type { OperatorContext } from '../context.ts';
import { type Finding, green } from './finding.ts';

const MINUTE_MS = 60_000;

/** An endpoint that gets nothing for longer than this keeps a system without events, in ms. */
const ENDPOINT_DOWN_MS = 30 * MINUTE_MS;
/** The sweep names each minute an endpoint that has work. What waits for longer than this was named several times, in ms. */
const NAMED_MS = 5 * MINUTE_MS;
/** Between two runs, and until a first one begins, an endpoint is nobody's for a moment. It is looked at again after this, in ms. */
const SECOND_LOOK_MS = 5_000;

/** How an endpoint that was stopped goes on. Where its place in the feed is lost it stops again unless it is given another one. */
const goingOn = (id: string, stopped: string | undefined): Pick<Finding, 'command' | 'next'> =>
  stopped === 'gone'
    ? { command: `webhooks resume ${id}` }
    : {
        next: 'Decide from where it goes on (runbook, "endpoint-stopped").',
        command: `webhooks rewind ${id} --to oldest`,
      };

type EndpointsContext = Pick<OperatorContext, 'control' | 'webhooks'>;

/** The endpoints of the merchant's system. */
export async function endpointFindings(context: EndpointsContext): Promise<Finding[]> {
  const endpoints = await context.webhooks.list();
  if (endpoints.length === 0) return [green('endpoints', 'there are none')];
  return Promise.all(endpoints.map((endpoint) => findingOf(context, endpoint)));
}

async function findingOf(context: EndpointsContext, endpoint: Endpoint): Promise<Finding> {
  const { control, webhooks } = context;
  const { id, status, why: stopped, failingSince, lastFailure = 'unknown' } = endpoint;
  const what = `endpoint ${id}`;
  if (status !== 'active' && stopped !== 'operator')
    return { level: 'red', what, why: `is sent nothing any more: ${stopped}`, ...goingOn(id, stopped) };
  if (status !== 'active')
    return { level: 'yellow', what, why: 'a person paused it', command: `webhooks resume ${id}` };
  if (failingSince !== undefined)
    return {
      level: control.clock.now() - failingSince > ENDPOINT_DOWN_MS ? 'red' : 'yellow',
      what,
      why: `takes no event since ${isoTime(failingSince)}: ${lastFailure}`,
      command: `webhooks test ${id}`,
    };
  const left = await leftFinding(context, endpoint);
  if (left !== undefined && left.level !== 'green') return left;
  const aside = (await webhooks.aside.list(id)).length;
  if (aside > 0)
    return {
      level: 'yellow',
      what,
      why: `refused ${aside} events`,
      command: `webhooks set-aside list ${id}`,
    };
  return left ?? green(what, 'takes events');
}

/** What is to be said of an endpoint that has work and that no run takes; undefined where a run does, or there is none. */
async function leftFinding(
  { control, webhooks }: EndpointsContext,
  endpoint: Endpoint,
): Promise<Finding | undefined> {
  const { clock } = control;
  const { id, epoch, seq } = endpoint;
  const head = await webhooks.feed.head();
  if (!isDue(endpoint, head, clock.now())) return undefined;
  await clock.sleep(SECOND_LOOK_MS);
  const later = await webhooks.admin.get(id);
  if (later === undefined || !isDue(later, head, clock.now())) return undefined;
  if (later.epoch !== epoch || later.seq !== seq) return undefined;
  const what = `endpoint ${id}`;
  const lacks = backlogOf(later, head);
  const why = `${lacks > 0 ? `is behind by ${lacks} events` : `is to be sent ${later.redeliver.size} events again`}; nobody is at work on it now`;
  const since = await leftSince(control, later, head);
  if (since === undefined) return green(what, `${why}, and since when is not known`);
  const ms = clock.now() - since;
  if (ms <= NAMED_MS) return green(what, why);
  return {
    level: ms > ENDPOINT_DOWN_MS ? 'red' : 'yellow',
    what,
    why: `${why}, nor since ${isoTime(since)}`,
    next: 'The deliverer is not run, or ends before it can say anything (runbook, "endpoint-failing").',
  };
}

/**
 * Since when nobody works on an endpoint, as far as can be told: since the first event that it lacks came into the feed, or
 * later, when it took another one or was to be called again. Undefined where that event is not known any more, where its
 * place is of another epoch, or where it lacks none, and a person wants some sent again.
 */
async function leftSince(
  control: EndpointsContext['control'],
  { epoch, seq, createdAt, lastDeliveredAt = 0, notBefore = 0, leaseUntil = 0 }: Endpoint,
  head: FeedPosition,
): Promise<number | undefined> {
  if ((epoch !== head.epoch && epoch !== 0) || seq >= head.seq) return undefined;
  const page = await pageAt(control, head.epoch, seq + 1);
  if (page === undefined || lastOf(page) <= seq) return undefined;
  return Math.max(page.at, createdAt, lastDeliveredAt, notBefore, leaseUntil);
}
