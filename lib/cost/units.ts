import { USD_PER_MILLION } from './prices.ts';

/** What was used of AWS, counted. */
export interface Units {
  invocations: number;
  /** Measured: of the function's own thread, on a core of the machine that counted. */
  cpuMs: number;
  /** Assumed: how long functions wait for answers. */
  waitMs: number;
  gigabyteSeconds: number;
  writeUnits: number;
  readUnits: number;
  queueRequests: number;
  secretCalls: number;
  httpRequests: number;
  traces: number;
  logBytes: number;
}

export const NOTHING: Units = {
  invocations: 0,
  cpuMs: 0,
  waitMs: 0,
  gigabyteSeconds: 0,
  writeUnits: 0,
  readUnits: 0,
  queueRequests: 0,
  secretCalls: 0,
  httpRequests: 0,
  traces: 0,
  logBytes: 0,
};

const NAMES = Object.keys(NOTHING) as (keyof Units)[];

export const sum = (one: Units, other: Partial<Units>): Units =>
  Object.fromEntries(NAMES.map((name) => [name, one[name] + (other[name] ?? 0)])) as unknown as Units;

export const times = (units: Units, factor: number): Units =>
  Object.fromEntries(NAMES.map((name) => [name, units[name] * factor])) as unknown as Units;

/** The units for each of so many events, or polls. */
export const perOne = (units: Units, count: number): Units => times(units, 1 / count);

/** What the bill is made of, as the documents show it. */
export type Service = 'requests' | 'writes' | 'reads' | 'queue' | 'compute' | 'logs';

/** US dollars for a million times these units, by what takes them. */
export const usdByService = (units: Units): Record<Service, number> => ({
  requests: units.httpRequests * USD_PER_MILLION.httpRequest,
  writes: units.writeUnits * USD_PER_MILLION.writeUnit,
  reads: units.readUnits * USD_PER_MILLION.readUnit + units.secretCalls * USD_PER_MILLION.secretCall,
  queue: units.queueRequests * USD_PER_MILLION.queueRequest,
  compute:
    units.invocations * USD_PER_MILLION.lambdaRequest +
    units.gigabyteSeconds * USD_PER_MILLION.lambdaGigabyteSecond,
  logs: units.logBytes * USD_PER_MILLION.logByte + units.traces * USD_PER_MILLION.trace,
});

/** US dollars for a million times these units. */
export const usdPerMillion = (units: Units): number =>
  Object.values(usdByService(units)).reduce((all, usd) => all + usd, 0);
