import type { Platform } from '../platform.ts';
import { catalogueExport } from './catalogue-export.ts';
import { createPedidosyaClient, type PedidosyaClient } from './client.ts';
import { commandsOf } from './commands/table.ts';
import { intake } from './intake.ts';
import { passThrough } from './pass-through.ts';
import { products } from './product-resource.ts';
import { connecting } from './reads.ts';
import { type PedidosyaChain, type PedidosyaSettings, pedidosyaSettings, plainId } from './settings.ts';
import { stock } from './stock.ts';
import { proof } from './webhook-proof.ts';

/** PedidosYa, with what changes something there. */
export const pedidosya: Platform<PedidosyaSettings, PedidosyaChain, PedidosyaClient> = {
  ...intake,
  settings: pedidosyaSettings,
  connect: connecting(createPedidosyaClient),
  webhook: {
    ...proof,
    routes: (stores) =>
      stores.map(({ id }) => ({
        path: `/webhooks/pedidosya/${id}`,
        topic: 'webhook',
        storeId: id,
        output: stores.length === 1 ? 'PedidosyaWebhookUrl' : `PedidosyaWebhookUrl${plainId(id)}`,
        pasteInto:
          'PedidosYa Partner Portal, Shops Integrations, webhook settings: both the order and the catalogue URL field',
      })),
  },
  commands: ({ settings }) => commandsOf(settings),
  passThrough,
  stock,
  resources: { ...intake.resources, product: { ...products, exports: catalogueExport } },
};
