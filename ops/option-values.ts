import { type Command, InvalidArgumentError, Option } from 'commander';
import { platforms } from '../functions/platforms/registry.ts';
import { IMPORT_KINDS, type ImportKind } from './actions/import-plan.ts';
import type { OperatorContext } from './context.ts';
import { TIME_EXAMPLES, timeGiven } from './time-given.ts';

/** Opens a context for one command and closes it. */
export type Run = (work: (context: OperatorContext, json: boolean) => Promise<number>) => Promise<void>;

export const time = (text: string): number => {
  const ms = timeGiven(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(`It must be a time such as ${TIME_EXAMPLES}.`);
};

/** Kinds of things, such as `orders,products`. */
export const importKinds = (text: string): ImportKind[] => {
  const words = text.split(',').map((word) => word.trim());
  const kinds = IMPORT_KINDS.filter((kind) => words.includes(kind));
  if (kinds.length === new Set(words).size) return kinds;
  throw new InvalidArgumentError(`It must be one or more of ${IMPORT_KINDS.join(',')}.`);
};

export const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
};

/** Why something is done, for whoever finds it: what the page takes as well. */
export const reasonText = (text: string): string => {
  const said = text.trim();
  if (said.length >= 3 && said.length <= 300) return said;
  throw new InvalidArgumentError('It must say why, in 3 to 300 characters.');
};

/** What an entry of the audit trail says of why something was done, where somebody said so. */
export interface Reasoned {
  reason?: string | undefined;
}
export const reasonIn = ({ reason }: Reasoned): { reason?: string } =>
  reason === undefined ? {} : { reason };

/** For a change that other people find later. */
export const reasonOption = () =>
  new Option('--reason <text>', 'why, for the audit trail; nothing of a person').argParser(reasonText);

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Messages wait 14 days at the most. */
const LONGEST_DAYS = 7;

/** A length of time such as 30m, 4h or 2d, in ms. */
export const duration = (text: string): number => {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const size = Object.entries(UNIT_MS).find(([name]) => name === unit)?.[1] ?? 0;
  const ms = Number(count) * size;
  if (ms > 0 && ms <= LONGEST_DAYS * UNIT_MS.d) return ms;
  throw new InvalidArgumentError(`It must be a time such as 30m, 4h or 2d, ${LONGEST_DAYS}d at the most.`);
};

export const portNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be the number of a port, or 0.');
};

export const platformOption = () =>
  new Option('--platform <name>', 'only this platform').choices(platforms().map(({ name }) => name));

/** Which orders a command is about, where none is named: those of a platform, or that changed in some time. */
export const addOrderFilter = (command: Command): Command =>
  command
    .addOption(platformOption())
    .option('--from <time>', 'only orders changed since', time)
    .option('--to <time>', 'only orders changed until', time);

export const limitOption = (fallback: number) =>
  new Option('--limit <n>', 'at most so many').argParser(whole).default(fallback);

/** For every command that changes something: its checks are made, and it ends before the first write. */
export const dryRunOption = () =>
  new Option('--dry-run', 'say what would be done, write nothing and send nothing').default(false);
