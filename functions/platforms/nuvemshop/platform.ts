import type { Platform } from '../platform.ts';
import { createNuvemshopClient, type NuvemshopClient } from './client.ts';
import { commands } from './commands/table.ts';
import { customerWrite, NOT_WANTED } from './customer-write.ts';
import { intake } from './intake.ts';
import { oauth } from './oauth.ts';
import { passThrough } from './pass-through.ts';
import { places } from './places.ts';
import { NO_CATALOGUE, productWrite } from './product-write/write.ts';
import { connecting } from './reads.ts';
import { type NuvemshopSettings, type NuvemshopStoreSettings, nuvemshopSettings } from './settings.ts';
import { stock } from './stock.ts';
import { webhook } from './webhook.ts';

/** Nuvemshop/Tiendanube, with what changes something there. */
export const nuvemshop: Platform<NuvemshopSettings, NuvemshopStoreSettings, NuvemshopClient> = {
  ...intake,
  settings: nuvemshopSettings,
  connect: connecting(createNuvemshopClient),
  webhook,
  oauth,
  commands: () => commands,
  customerWrite: ({ settings }) => (settings.customers ? customerWrite : NOT_WANTED),
  productWrite: ({ settings }) => (settings.catalogue ? productWrite : NO_CATALOGUE),
  passThrough,
  places,
  stock,
};
