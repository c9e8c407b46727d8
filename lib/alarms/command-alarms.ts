import type { AlarmDefinition } from './definition.ts';

const MINUTE_S = 60;

/** What tells that something the merchant's own system wants done to an order is not done. */
export const COMMAND_ALARMS = {
  'commands-in-doubt': {
    severity: 'critical',
    happened:
      'Of a command nobody knows whether it had its effect. It is not repeated, and later ones of its order wait.',
    firstStep:
      'Run "npm run ops -- commands list": look at the order in the platform\'s panel, then resolve it.',
    watched: { ours: 'CommandInDoubt', statistic: 'Maximum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    tellsEnd: true,
  },
  'commands-failed': {
    severity: 'warning',
    happened: 'Commands had no effect in the time they had. Nobody tries them any more.',
    firstStep:
      'Run "npm run ops -- commands list": it says why each failed; "commands retry" gives it again.',
    watched: { ours: 'CommandFailed', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
  'commands-late': {
    severity: 'warning',
    happened: 'A command has waited for longer than the configuration allows, and is not carried out yet.',
    firstStep:
      'Run "npm run ops -- commands list": it names the order; then see whether the platform is paused.',
    watched: { ours: 'CommandAgeSeconds', statistic: 'Maximum' },
    breach: { atLeast: 15 * MINUTE_S },
    // As long as a command that fails waits at most until it is tried again.
    periodMinutes: 15,
    periods: 1,
    missing: 'notBreaching',
  },
  'commands-unseen': {
    severity: 'warning',
    happened: 'The platform answered a command with a success and does not show its effect.',
    firstStep:
      'Find "command done" with seen false in the log of the dispatcher; look at the order in the panel.',
    watched: { ours: 'CommandUnseen', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
  },
} as const satisfies Record<string, AlarmDefinition>;
