import type { Platform } from '../platform.ts';
import type { ImotrizClient } from './client.ts';
import { commands } from './commands.ts';
import { intake } from './intake.ts';
import { passThrough } from './pass-through.ts';
import { type ImotrizSettings, type ImotrizStore, imotrizSettings } from './settings.ts';

/** iMotriz. It has no calls that change anything. */
export const imotriz: Platform<ImotrizSettings, ImotrizStore, ImotrizClient> = {
  ...intake,
  settings: imotrizSettings,
  commands: () => commands,
  passThrough,
};
