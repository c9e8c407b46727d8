import type { EndpointStanding } from '../../data/endpoints.ts';
import type { ErpStanding } from '../../data/erp.ts';
import type { PlatformStanding, StoreStanding } from '../../data/platforms.ts';
import type { Speaker } from '../texts/speaker.ts';
import type { Pill, Tone } from './orders.ts';

/** How full a limit is. */
export interface Gauge {
  name: string;
  text: string;
  /** From 0 to 1. */
  level: number;
  waits: string[];
}

export interface StoreView {
  storeId: string;
  tone: Tone;
  lastChange: { text: string; order: string } | undefined;
  paused: { text: string; reason: string } | undefined;
  circuit: { text: string; cause: string; remedy: string; command: string; link?: string } | undefined;
  gauges: Gauge[];
  reconciled: string;
  problems: readonly string[];
  /** When the webhooks that the app subscribes were looked at; undefined where it subscribes none. */
  webhooks: string | undefined;
  setAside: number;
}

export interface PlatformView {
  platform: string;
  title: string;
  tone: Tone;
  queue: string;
  deadLetters: number;
  stores: StoreView[];
}

export interface EndpointView {
  id: string;
  url: string;
  pill: Pill;
  state: string;
  delivered: string;
  /** What a person can do about it now. */
  offers: readonly ('test' | 'resume' | 'pause')[];
  needsPerson: boolean;
}

/** Screens that show what waits for a person, beside this one. */
const WAITING_SCREENS = ['review', 'commands', 'stock'] as const;
type WaitingScreen = (typeof WAITING_SCREENS)[number];

export interface NowView {
  platforms: PlatformView[];
  /** How the merchant's own system stands. */
  erp: Tone;
  head: number;
  /** Since when changes of orders are not in the feed, and which article of the runbook helps. */
  late: string | undefined;
  /** That goods of orders are not claimed, in words. */
  unclaimed: string | undefined;
  overdue: number;
  /** What was given up, and which article of the runbook says how it comes back. */
  givenUp: string[];
  endpoints: EndpointView[];
  /** How many things need a person. */
  waiting: number;
  /** Those of them that stand on other screens. */
  elsewhere: { screen: WaitingScreen; n: number }[];
}

export function nowView(
  { platforms, erp }: { platforms: readonly PlatformStanding[]; erp: ErpStanding },
  speaker: Speaker,
  now: number,
  counts: Readonly<Record<WaitingScreen, number>>,
): NowView {
  const views = platforms.map((one) => platformView(one, speaker, now));
  const endpoints = erp.endpoints.map((one) => endpointView(one, speaker, now));
  const overdue = erp.overdue ?? 0;
  const givenUp = erp.givenUp.flatMap(({ lack, messages = 0, article }) =>
    messages > 0 ? [speaker.say(lack, { n: messages, article })] : [],
  );
  const late =
    erp.late &&
    speaker.say('feedLate', {
      when: speaker.ago(new Date(erp.late.since).toISOString(), now),
      article: erp.late.article,
    });
  const unclaimed =
    erp.unclaimed &&
    speaker.say('claimsLate', {
      when: speaker.ago(new Date(erp.unclaimed.since).toISOString(), now),
      article: erp.unclaimed.article,
    });
  const ofErp =
    endpoints.filter((one) => one.needsPerson).length +
    (overdue > 0 ? 1 : 0) +
    (late === undefined ? 0 : 1) +
    (unclaimed === undefined ? 0 : 1) +
    givenUp.length;
  const elsewhere = WAITING_SCREENS.map((screen) => ({ screen, n: counts[screen] })).filter(({ n }) => n > 0);
  const waiting =
    views.reduce((sum, { deadLetters, stores }) => {
      const bad = stores.filter(({ tone }) => tone === 'bad').length;
      return sum + bad + (deadLetters > 0 ? 1 : 0);
    }, 0) +
    ofErp +
    elsewhere.reduce((sum, { n }) => sum + n, 0);
  return {
    platforms: views,
    erp: ofErp > 0 ? 'bad' : endpoints.some(({ pill }) => pill.tone === 'going') ? 'going' : 'good',
    head: erp.head,
    late,
    unclaimed,
    overdue,
    givenUp,
    endpoints,
    waiting,
    elsewhere,
  };
}

function platformView(
  { platform, title, queue, stores }: PlatformStanding,
  speaker: Speaker,
  now: number,
): PlatformView {
  const { visible, inWork, delayed, deadLetters } = queue;
  const views = stores.map((store) => storeView(store, speaker, now));
  const bad = deadLetters > 0 || views.some(({ tone }) => tone === 'bad');
  const busy = visible + inWork + delayed > 0;
  return {
    platform,
    title,
    tone: bad ? 'bad' : busy ? 'going' : 'good',
    queue: busy ? speaker.say('queueHolds', { visible, inWork, delayed }) : speaker.say('queueEmpty'),
    deadLetters,
    stores: views,
  };
}

function storeView(
  { storeId, lastChange, circuit, paused, limits, reconciliation, subscriptions, setAside }: StoreStanding,
  { say, word, ago }: Speaker,
  now: number,
): StoreView {
  return {
    storeId,
    tone: circuit !== undefined || paused !== undefined || setAside > 0 ? 'bad' : 'good',
    lastChange:
      lastChange === undefined ? undefined : { text: ago(lastChange.at, now), order: lastChange.order },
    paused:
      paused === undefined
        ? undefined
        : {
            text: say('pausedBy', { who: paused.by, when: ago(paused.until, now) }),
            reason: paused.reason,
          },
    circuit:
      circuit === undefined
        ? undefined
        : {
            text: say('openSince', { when: ago(circuit.openedAt, now) }),
            cause: circuit.cause,
            remedy: circuit.remedy,
            ...circuit.reconnect,
          },
    gauges: limits.map(({ limit, used, burst, waiting }) => ({
      name: limit,
      text: say('limitUsed', { used, burst }),
      level: burst === 0 ? 0 : Math.min(1, used / burst),
      waits: Object.entries(waiting).map(([priority, until]) =>
        say('waitsUntil', { priority: word(priority), when: ago(until, now) }),
      ),
    })),
    reconciled:
      reconciliation === undefined
        ? say('notYet')
        : `${ago(reconciliation.endedAt, now)}: ${word(reconciliation.outcome)}`,
    problems: reconciliation?.problems ?? [],
    webhooks:
      subscriptions &&
      (subscriptions.checkedAt === undefined ? say('notYet') : ago(subscriptions.checkedAt, now)),
    setAside,
  };
}

function endpointView(endpoint: EndpointStanding, { say, word, ago }: Speaker, now: number): EndpointView {
  const { id, url, status, why, failingSince, leftSince, setAside, redeliver, lastDeliveredAt } = endpoint;
  const stopped = status !== 'active';
  const fails = failingSince !== undefined;
  const needsPerson = (stopped && why !== 'operator') || fails || leftSince !== undefined || setAside > 0;
  // Nobody knows what one lacks that stands in another epoch.
  const busy = endpoint.behind !== 0 || redeliver.length > 0;
  const tone: Tone = needsPerson ? 'bad' : stopped ? 'calm' : busy ? 'going' : 'good';
  const when = (at: number) => ago(new Date(at).toISOString(), now);
  return {
    id,
    url,
    pill: { text: word(status), tone },
    state: stateOf(endpoint, say, when),
    delivered: say('lastDelivered', {
      when: lastDeliveredAt === undefined ? say('never') : when(lastDeliveredAt),
    }),
    offers: stopped || fails ? ['test', 'resume'] : ['test', 'pause'],
    needsPerson,
  };
}

function stateOf(
  { behind, failingSince, lastFailure = '?', leftSince, setAside }: EndpointStanding,
  say: Speaker['say'],
  when: (at: number) => string,
): string {
  if (failingSince !== undefined) return say('endpointFails', { when: when(failingSince), why: lastFailure });
  if (leftSince !== undefined) return say('endpointLeft', { n: behind ?? '?', when: when(leftSince) });
  if (setAside > 0) return say('endpointAside', { n: setAside });
  return behind === 0 ? say('endpointUpToDate') : say('endpointBehind', { n: behind ?? '?' });
}
