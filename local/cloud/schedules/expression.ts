import { LocalCloudError } from '../errors.ts';

/** When a schedule runs: every so many milliseconds, or in each minute that matches. */
export type Timing = { everyMs: number } | { matches(minute: Date): boolean };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads `rate(5 minutes)` and `cron(0 12 * * ? *)`. (EventBridge Scheduler guide, "Schedule types": six fields, days of
 * the week from 1 = Sunday.)
 *
 * @throws LocalCloudError for `at(...)` and the letters L, W and #, which nothing here uses.
 */
export function parseSchedule(expression: string, timezone: string, place: string): Timing {
  const rate = expression.match(/^rate\((\d+) (minute|hour|day)s?\)$/);
  if (rate?.[1] && rate[2]) return { everyMs: Number(rate[1]) * (UNIT_MS[rate[2]] ?? 0) };
  const fields = expression
    .match(/^cron\((.+)\)$/)?.[1]
    ?.trim()
    .split(/\s+/);
  if (fields?.length !== 6) throw unknown(expression, place);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields.map(
    (field, index) => new Set(valuesOf(field, index, () => unknown(expression, place))),
  );
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
    year: 'numeric',
  });
  return {
    matches(time) {
      const parts = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, value]));
      const weekday = DAYS.indexOf(String(parts.weekday).toUpperCase()) + 1;
      return (
        minute?.has(Number(parts.minute)) === true &&
        hour?.has(Number(parts.hour)) === true &&
        dayOfMonth?.has(Number(parts.day)) === true &&
        month?.has(Number(parts.month)) === true &&
        dayOfWeek?.has(weekday) === true &&
        year?.has(Number(parts.year)) === true
      );
    },
  };
}

/** Smallest and largest value of each field, in the order in which they stand. */
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
] as const;

function valuesOf(field: string, index: number, wrong: () => LocalCloudError): number[] {
  const [least, most] = RANGES[index] ?? [0, 0];
  const names = index === 3 ? MONTHS : index === 4 ? DAYS : [];
  const number = (text: string): number => {
    const value = names.includes(text.toUpperCase()) ? names.indexOf(text.toUpperCase()) + 1 : Number(text);
    if (!Number.isInteger(value) || value < least || value > most) throw wrong();
    return value;
  };
  return field.split(',').flatMap((part) => {
    const [span = '', step = '1', ...more] = part.split('/');
    if (more.length > 0 || !/^\d+$/.test(step) || step === '0') throw wrong();
    const all = span === '*' || span === '?';
    const [from = '', to] = span.split('-');
    const first = all ? least : number(from);
    const last = to !== undefined ? number(to) : all || part.includes('/') ? most : first;
    const values: number[] = [];
    for (let value = first; value <= last; value += Number(step)) values.push(value);
    return values;
  });
}

function unknown(expression: string, place: string): LocalCloudError {
  return new LocalCloudError(
    'unknown-property',
    `${place} runs at ${expression}, which the local cloud cannot read. It knows rate(...) and cron(...) without L, W ` +
      'and #: teach it the rest in local/cloud/schedules/expression.ts.',
  );
}
