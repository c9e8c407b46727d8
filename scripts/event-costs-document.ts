import { readFileSync } from 'node:fs';
import {
  type EventCost,
  type EventCosts,
  eventCosts,
  ORDERS_A_DAY,
  usdOfLooks,
  usdOfRuns,
  withFeed,
} from '../lib/cost/event-costs.ts';
import { type Service, usdByService, usdPerMillion } from '../lib/cost/units.ts';

/** The figures of the last run of `npm run bench -- cost`. @throws Error where the file is not as that writes it */
export const readEventCosts = (): EventCosts =>
  eventCosts.parse(JSON.parse(readFileSync(new URL('../docs/event-costs.json', import.meta.url), 'utf8')));

type Language = 'en' | 'es';
const usd = (value: number, language: Language = 'en'): string =>
  language === 'es' ? value.toFixed(2).replace('.', ',') : value.toFixed(2);
const all = (services: Record<Service, number>): number =>
  Object.values(services).reduce((sum, one) => sum + one, 0);

const SERVICES: Readonly<Record<Service, string>> = {
  requests: 'HTTP requests',
  writes: 'writes',
  reads: 'reads',
  queue: 'queue',
  compute: 'compute',
  logs: 'logs',
};
const NAMES = Object.keys(SERVICES) as Service[];
const cells = (services: Record<Service, number>): string =>
  NAMES.map((name) => usd(services[name])).join(' | ');
const HEAD = NAMES.map((name) => SERVICES[name]).join(' | ');
const LINES = NAMES.map(() => '--:').join('|');

/** The section of `docs/cost.md` about what grows with the orders. */
export function eventCostsSection({ events, reconciliation }: EventCosts): string {
  return `## A million events

Counted on the local cloud by \`npm run bench -- cost\`, which keeps its figures in \`event-costs.json\`; US dollars at the same prices,
nothing free taken off. [bench](../bench/README.md#what-an-event-costs) says what is measured and what is assumed, and has the units. An event is a
webhook that came in, or a state of an order that a page had: an order has three to ten in its life. With the feed; the last column is beside it: what
finds an order by other texts, and claims stock.

| | together | ${HEAD} | what follows the rows |
|---|--:|${LINES}|--:|
${events
  .map((cost) => {
    const services = usdByService(withFeed(cost));
    return `| ${cost.platform}, ${cost.rhythm} | **${usd(all(services))}** | ${cells(services)} | ${usd(usdPerMillion(cost.parts.tracker))} |`;
  })
  .join('\n')}

### A million orders, reconciled

What it takes to compare an order more that the table has already and that does not differ, as often as the schedule looks at an order that
changed once: each run looks back, and a platform that does not say what changed is listed whole. The runs themselves are among those of
the idle deployment above, because they come without an order too (estimated there, some cents a month below what was counted here); the last column
says what they are beside the others where ${ORDERS_A_DAY} orders come in a day.

| | looks | of which the row is read | together | ${HEAD} | the runs themselves |
|---|--:|--:|${LINES}|--:|
${reconciliation
  .map((cost) => {
    const services = usdOfLooks(cost);
    return `| ${cost.platform} | ${(cost.looks + cost.sparedLooks).toFixed(0)} | ${cost.looks.toFixed(0)} | **${usd(all(services))}** | ${cells(services)} | ${usd(usdOfRuns(cost, ORDERS_A_DAY))} |`;
  })
  .join('\n')}`;
}

const README_HEAD: Readonly<Record<Language, string>> = {
  en: '| a million of | events, one at a time | events, in bursts of 50 | orders, reconciled |',
  es: '| un millón de | eventos, de a uno | eventos, en ráfagas de 50 | pedidos, reconciliados |',
};

/** The rows of the README's table of events, in one of its languages. */
export function readmeEventCosts({ events, reconciliation }: EventCosts, language: Language): string {
  const platforms = Map.groupBy(events, ({ platform }) => platform);
  const said = (cost: EventCost) => usd(usdPerMillion(withFeed(cost)), language);
  return [
    README_HEAD[language],
    '|---|---|---|---|',
    ...[...platforms].map(([platform, costs]) => {
      const looks = reconciliation.find((one) => one.platform === platform);
      const orders = looks === undefined ? '' : usd(all(usdOfLooks(looks)), language);
      return `| ${[platform, ...costs.map(said), orders].join(' | ')} |`;
    }),
  ].join('\n');
}
