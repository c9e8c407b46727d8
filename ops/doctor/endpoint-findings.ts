import { isoTime } from '../../functions/domain/time.ts';
import { backlogOf } from '../../functions/erp/endpoint-work.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import { type EndpointsContext, leftSince, NAMED_MS, stillLeft } from '../data/left-endpoint.ts';
import { type Finding, green } from './finding.ts';

const MINUTE_MS = 60_000;

/** An endpoint that gets nothing for longer than this keeps a system without events, in ms. */
const ENDPOINT_DOWN_MS = 30 * MINUTE_MS;

/** How an endpoint that was stopped goes on. Where its place in the feed is lost it stops again unless it is given another one. */
const goingOn = (id: string, stopped: string | undefined): Pick<Finding, 'command' | 'next'> =>
  stopped === 'gone'
    ? { command: `webhooks resume ${id}` }
    : {
        next: 'Decide from where it goes on (runbook, "endpoint-stopped").',
        command: `webhooks rewind ${id} --to oldest`,
      };

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
async function leftFinding(context: EndpointsContext, endpoint: Endpoint): Promise<Finding | undefined> {
  const { control, webhooks } = context;
  const { clock } = control;
  const head = await webhooks.feed.head();
  const later = await stillLeft(context, endpoint, head);
  if (later === undefined) return undefined;
  const what = `endpoint ${endpoint.id}`;
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
