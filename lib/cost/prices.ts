/**
 * What AWS asks for in us-east-1, in US dollars for a million of each: on demand, ARM, the first tier, nothing free.
 * (AWS price lists, November 2026.) A gigabyte of log is 0.50 dollars, so a million bytes are 0.0005.
 */
export const USD_PER_MILLION = {
  lambdaGigabyteSecond: 13.333_4,
  lambdaRequest: 0.2,
  queueRequest: 0.4,
  writeUnit: 0.625,
  readUnit: 0.125,
  httpRequest: 1,
  secretCall: 5,
  trace: 5,
  logByte: 0.000_5,
  scheduledRun: 1,
} as const;

/**
 * What AWS asks for each month, in the same place and at the same time. Series and alarms are billed by the hour: a series
 * costs nothing in the hours in which nothing is written to it.
 */
export const USD_PER_MONTH = {
  /** One combination of a metric's name and its dimensions. */
  series: 0.3,
  /** For each metric that an alarm looks at, in periods of a minute or more. */
  alarmMetric: 0.1,
  /** The same in shorter periods. */
  fastAlarmMetric: 0.3,
  compositeAlarm: 0.5,
  dashboard: 3,
  secret: 0.4,
  key: 1,
} as const;

/** What AWS gives every account each month for nothing, for as long as it exists. (aws.amazon.com/free, "Always free".) */
export const FREE_PER_MONTH = {
  series: 10,
  alarmMetrics: 10,
  dashboards: 3,
  queueRequests: 1_000_000,
  scheduledRuns: 14_000_000,
  lambdaRequests: 1_000_000,
  lambdaGigabyteSeconds: 400_000,
} as const;

/** Seconds of the month that prices per month are for, of 730 hours. */
export const MONTH_S = 730 * 3600;
