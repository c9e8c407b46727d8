import { InvalidArgumentError, Option } from 'commander';
import { platforms } from '../functions/platforms/registry.ts';
import type { OperatorContext } from './context.ts';

/** Opens a context for one command and closes it. */
export type Run = (work: (context: OperatorContext, json: boolean) => Promise<number>) => Promise<void>;

export const time = (text: string): number => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It must be a time such as 2026-11-22 or 2026-11-22T12:00:00Z.');
};

export const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
};

export const portNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be the number of a port, or 0.');
};

export const platformOption = () =>
  new Option('--platform <name>', 'only this platform').choices(platforms().map(({ name }) => name));

export const limitOption = (fallback: number) =>
  new Option('--limit <n>', 'at most so many').argParser(whole).default(fallback);
