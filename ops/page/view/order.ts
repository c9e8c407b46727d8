import type { WholeOrder } from '../../data/order.ts';
import type { Step } from '../../data/timeline.ts';
import type { Speaker } from '../texts/speaker.ts';
import type { Tone } from './orders.ts';

/** One step of an order's way. */
export interface StepView {
  title: string;
  details: string[];
  at: string;
  /** Since the step before, where it is long enough to be said. */
  gap: string;
  tone: Tone;
}

/** Less is not worth a word, in ms. */
const GAP_MS = 1_000;

const TONES: Partial<Record<Step['step'], Tone>> = {
  'needs-review': 'bad',
  acknowledged: 'good',
  published: 'going',
  erased: 'calm',
};
const ENDS: Readonly<Record<string, Tone>> = {
  done: 'good',
  in_doubt: 'bad',
  failed: 'bad',
  expired: 'bad',
  refused: 'calm',
};

export function stepViews(steps: readonly Step[], speaker: Speaker): StepView[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    const ms = before === undefined ? 0 : Date.parse(step.at) - Date.parse(before.at);
    const { state, waiting } = step.with;
    return {
      title: speaker.say(`step_${step.step}`, wordsOf(step, speaker)),
      details: detailsOf(step, speaker),
      at: speaker.time(step.at),
      gap: ms >= GAP_MS ? `+${durationOf(ms)}` : '',
      tone:
        step.step === 'command-ended'
          ? (ENDS[String(state)] ?? 'calm')
          : waiting !== undefined
            ? 'going'
            : (TONES[step.step] ?? 'calm'),
    };
  });
}

function wordsOf({ with: about }: Step, { word }: Speaker): Record<string, string | number> {
  const entries = Object.entries(about).map(([name, value]) => [
    name,
    name === 'state' ? word(String(value)) : String(value),
  ]);
  return Object.fromEntries(entries);
}

function detailsOf({ step, with: about }: Step, { say, word }: Speaker): string[] {
  const { via, version, lagSeconds, status, reason, from, to, changed, delivered, waiting, tries } = about;
  const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
  return [
    ...(via === undefined ? [] : [say('via', { via: word(String(via)) })]),
    ...(status === undefined ? [] : [word(String(status))]),
    ...(reason === undefined ? [] : [word(String(reason))]),
    ...(to === undefined
      ? []
      : [from === undefined ? word(String(to)) : `${word(String(from))} → ${word(String(to))}`]),
    ...(changed === undefined ? [] : [say('changes', { what: list(changed) })]),
    ...(version === undefined || step === 'published' ? [] : [say('version', { n: String(version) })]),
    ...(lagSeconds === undefined ? [] : [say('lag', { n: String(lagSeconds) })]),
    ...(delivered === undefined ? [] : [say('delivered', { who: list(delivered) })]),
    ...(waiting === undefined ? [] : [say('waiting', { who: list(waiting) })]),
    ...(tries === undefined ? [] : [say('tries', { n: String(tries) })]),
  ];
}

/** A length of time in its largest unit, with one below it where that says more. */
export function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600)
    return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A fact with its name. */
export interface Fact {
  name: string;
  value: string;
  /** Worth copying as it is. */
  code?: boolean;
}

/** What an order is, without its person. */
export function factsOf({ row }: WholeOrder, { say, word, time }: Speaker): Fact[] {
  const acknowledged = row.acknowledged.map(({ client, erpId }) => `${client}: ${erpId}`).join(', ');
  const words = Object.values(row.platformWords ?? {}).filter((value) => value !== undefined);
  const facts: (Fact | undefined)[] = [
    fact(say('payment'), row.payment === undefined ? undefined : word(row.payment)),
    fact(say('placedAt'), row.placedAt === undefined ? undefined : time(row.placedAt)),
    fact(say('changedAt'), time(row.changedAt)),
    fact(
      say('observedAt'),
      row.last === undefined || row.observedAt === undefined
        ? undefined
        : `${time(row.observedAt)}, ${say('via', { via: word(row.last.via) })}`,
    ),
    fact(say('acknowledged'), acknowledged === '' ? say('notAcknowledged') : acknowledged),
    fact(say('platformWords'), words.length === 0 ? undefined : words.join(' · ')),
    fact(say('outlet'), row.outlet),
    fact(say('courier'), row.courierCode),
    fact(
      say('warnings'),
      row.warnings === undefined || row.warnings.length === 0 ? undefined : row.warnings.join('; '),
    ),
    { name: say('correlation'), value: row.correlationId, code: true },
  ];
  return facts.filter((one) => one !== undefined);
}

const fact = (name: string, value: string | undefined): Fact | undefined =>
  value === undefined ? undefined : { name, value };
