import { ALONE, type AlarmDefinition } from './definition.ts';

const MINUTE_S = 60;

/** What tells that something the merchant's own system wants done to an order is not done. */
export const COMMAND_ALARMS = {
  'commands-in-doubt': {
    severity: 'critical',
    happened:
      'Of a command nobody knows whether it had its effect. It is not repeated, and later ones of its order wait.',
    firstStep: 'Run "npx acopio commands list": look at the order in the platform\'s panel, then resolve it.',
    watched: { ours: 'CommandInDoubt', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    tellsEnd: true,
    alone: ALONE.lasts,
  },
  'commands-late': {
    severity: 'warning',
    happened: 'A command has waited for longer than the configuration allows, and is not carried out yet.',
    firstStep: 'Run "npx acopio commands list": it names the order; then see whether the platform is paused.',
    watched: { ours: 'CommandAgeSeconds', statistic: 'Maximum' },
    breach: { atLeast: 15 * MINUTE_S },
    // As long as a command that fails waits at most until it is tried again.
    periodMinutes: 15,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.measure,
  },
} as const satisfies Record<string, AlarmDefinition>;
