import { METRICS, type MetricName } from '../functions/runtime/metric-names.ts';
import { ALARMS, type AlarmName } from '../lib/alarms/catalogue.ts';
import type { AlarmDefinition } from '../lib/alarms/definition.ts';
import { PROBLEMS, SHARED_ALARMS } from '../lib/alarms/shared-alarms.ts';
import { leastBudgetUsd } from '../lib/cost/budget.ts';
import type { EventCosts } from '../lib/cost/event-costs.ts';
import { ASSUMED, type CostLine, idleCost, type PricedResource, together } from '../lib/cost/idle.ts';
import { eventCostsSection } from './event-costs-document.ts';

/** What an idle deployment may cost at list prices with all that may be configured, the dashboard aside; USD a month. */
export const IDLE_BOUND_USD = 12.6;
/** The same after what AWS gives each account for nothing. */
export const IDLE_BOUND_AFTER_FREE_USD = 10;

const usd = (value: number): string => value.toFixed(2);

type What = CostLine['what'];
const WHAT: Readonly<Record<What, { en: string; es: string; why: string }>> = {
  alarms: {
    en: 'alarms',
    es: 'alarmas',
    why: '0.10 for each metric that an alarm looks at. The table below says why each is alone.',
  },
  composite: {
    en: 'the alarm over all critical ones',
    es: 'la alarma sobre todas las críticas',
    why: '`orders-at-risk` calls once however many follow, and tells when all is over: what a pager is connected to.',
  },
  series: {
    en: 'series of metrics that are written without orders',
    es: 'series de métricas que se escriben sin pedidos',
    why: '0.30 each. Only these tell silence from a platform that is not connected; every other zero is left out.',
  },
  dashboards: {
    en: 'the dashboard (the first three of an account are free)',
    es: 'el panel (los tres primeros de una cuenta son gratis)',
    why: '3.00, and nothing as one of the first three of its account with up to 50 metrics, which a test holds it to.',
  },
  secrets: {
    en: 'secrets',
    es: 'secretos',
    why: '0.40 each: one for each credential that different functions may read. Joined, a receiver could read the token of the API.',
  },
  keys: { en: 'keys', es: 'claves', why: 'None: the keys that AWS manages cost nothing.' },
  polling: {
    en: 'queues that are asked for messages',
    es: 'colas a las que se piden mensajes',
    why: `Lambda holds ${ASSUMED.pollers} connections to each queue with a bound on its consumers, and asks every ${ASSUMED.longPollS} s: 657,000 requests. Without the bound it might hold two; the bound keeps one queue from using up the account's functions.`,
  },
  runs: {
    en: 'runs of schedules: sweep, polls, reconciliations',
    es: 'ejecuciones programadas: barrido, sondeos, reconciliaciones',
    why: `Each has ${ASSUMED.run.billedMs} ms of Lambda, ${ASSUMED.run.readUnits} read and ${ASSUMED.run.writeUnits} write units and ${ASSUMED.run.logBytes} bytes of log where there is nothing to do; no trace. The sweep writes nothing and has ${ASSUMED.sweep.readUnits} read units, among them half a one for each store's changes that are not in the feed, each minute.`,
  },
  storage: {
    en: 'tables with point-in-time recovery',
    es: 'tablas con recuperación a un punto en el tiempo',
    why: 'A hundred megabytes.',
  },
};

const priced = (resources: readonly PricedResource[]): CostLine[] =>
  idleCost(resources).filter((line) => line.usd > 0);

const titleOf = ({ what, count }: CostLine, language: 'en' | 'es'): string =>
  what === 'storage' || count === 1 ? WHAT[what][language] : `${count} ${WHAT[what][language]}`;

/** The rows of the README's table, in one of its languages. */
export function readmeCosts(resources: readonly PricedResource[], language: 'en' | 'es'): string {
  const lines = priced(resources);
  const number = (value: number) => (language === 'es' ? usd(value).replace('.', ',') : usd(value));
  const [head, sum] =
    language === 'en'
      ? ['| | idle, list prices | after what AWS gives each account |', 'together']
      : ['| | sin pedidos, precios de lista | tras lo que AWS regala a cada cuenta |', 'en total'];
  return [
    head,
    '|---|---|---|',
    ...lines.map(
      (line) => `| ${titleOf(line, language)} | ${number(line.usd)} | ${number(line.usdAfterFree)} |`,
    ),
    `| **${sum}** | **${number(together(lines))}** | **${number(together(lines, 'usdAfterFree'))}** |`,
  ].join('\n');
}

function watchedBy(name: AlarmName): string {
  const { watched }: AlarmDefinition = ALARMS[name];
  return 'ours' in watched ? `\`${watched.ours}\`` : `\`${watched.aws}\` of AWS`;
}

const kindOf = (alarmName: string): AlarmName => alarmName.split('.').at(-1) as AlarmName;
const subjectOf = (alarmName: string): string => alarmName.split('.').slice(1, -1).join('.');

function alarmTable(alarms: CostLine): string[] {
  const kinds = Map.groupBy(alarms.resources, ({ name }) => kindOf(name));
  return [
    '| alarm | of | watches | why it is alone |',
    '|---|---|---|---|',
    ...[...kinds].map(([kind, ones]) => {
      const subjects = ones.map(({ name }) => subjectOf(name)).join(', ');
      return `| [${kind}](runbook.md#${kind}) | ${subjects} | ${watchedBy(kind)} | ${ALARMS[kind].alone} |`;
    }),
  ];
}

function problemTable(): string[] {
  const alarmOf = (metric: MetricName) =>
    Object.entries(SHARED_ALARMS).find(([, { watched }]) => watched.ours === METRICS[metric])?.[0];
  return [
    '| problem | alarm | watches | what happened |',
    '|---|---|---|---|',
    ...Object.entries(PROBLEMS).map(
      ([metric, { article, happened }]) =>
        `| [${article}](runbook.md#${article}) | ${alarmOf(metric as MetricName)} | \`${metric}\` | ${happened} |`,
    ),
  ];
}

/** The text of `docs/cost.md`. @param resources of the demo with its stock counted */
export function costDocument(resources: readonly PricedResource[], events: EventCosts): string {
  const lines = priced(resources);
  const alarms = lines.find(({ what }) => what === 'alarms');
  const logged = Object.entries(METRICS).filter(([, kept]) => kept === 'inLog');
  return `# What it costs

Made by \`npm run docs\` from the templates of the demo with its stock counted and the prices in \`lib/cost/prices.ts\`; a test
fails when it is out of date. US dollars, us-east-1, November 2026; a month has 730 hours. Other regions ask for up to half as much
again.

## An idle deployment

Feed, API, commands and stock, one store at each of the three platforms, the one that is polled each minute, no order. The second column
takes off what AWS gives each account every month, as if nothing else in the account used it.

| | USD a month | after what is free | why it is not less |
|---|---|---|---|
${lines.map((line) => `| ${titleOf(line, 'en')} | ${usd(line.usd)} | ${usd(line.usdAfterFree)} | ${WHAT[line.what].why} |`).join('\n')}
| **together** | **${usd(together(lines))}** | **${usd(together(lines, 'usdAfterFree'))}** | |

Before ([decision 43](decisions/0043-an-idle-deployment-costs-little.md)) it was 38.92, and 31.34 after what is free, for 124 alarms and 58 series
that were always on.
A test fails where it becomes more than ${usd(IDLE_BOUND_USD)} without the dashboard, or ${usd(IDLE_BOUND_AFTER_FREE_USD)} after what is free, and names the resource.

A budget of ${leastBudgetUsd(resources, false)} USD or more (\`monthlyBudgetUsd\`) rings for a surprise: its first mail comes at 80 %, a quarter above the base.
One below ${leastBudgetUsd(resources, true)} would ring each month, and is refused when it is deployed.

${eventCostsSection(events)}

## What each alarm watches

An alarm is shared where what it tells is over soon, or where another platform with the same trouble hides nothing that a person would
do. It stays alone where one would hide the other.

${alarmTable(alarms ?? { what: 'alarms', count: 0, usd: 0, usdAfterFree: 0, resources: [] }).join('\n')}

\`orders-at-risk\` is on while any critical one is. In an account with other functions (\`accountIsShared\`), each of ours has its own
\`function-failing\` and \`function-throttled\`.

## What rings a shared alarm

Each is counted in its line of the log, with its platform, and added to the alarm's own series. The saved query \`problems\`, or the
runbook's command of that name, lists them.

${problemTable().join('\n')}

## What is counted and rings nothing

No series, so no price: numbers in lines of the log, which the saved query \`counts\` draws by the hour, at 0.005 for each gigabyte
that it reads. ${logged.map(([name]) => `\`${name}\``).join(', ')}.
`;
}

const BEGIN = (name: string) => `<!-- ${name}: written by the run -->`;
const END = (name: string) => `<!-- ${name}: end -->`;

/** Puts a text between the marks of a section. @throws Error naming the marks when they are not there */
export function withSection(document: string, name: string, text: string): string {
  const [from, to] = [document.indexOf(BEGIN(name)), document.indexOf(END(name))];
  if (from < 0 || to < from) throw new Error(`there is no place for it: ${BEGIN(name)} and ${END(name)}`);
  return `${document.slice(0, from + BEGIN(name).length)}\n\n${text}\n\n${document.slice(to)}`;
}
