import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Merchant } from '../../config/merchant.ts';
import { INSTALL_ROUTES, ROUTES } from '../../functions/platforms/routes.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { createSeededRandom } from '../platforms/shared/seeded-random.ts';
import { writeOperatorFiles } from './operator.ts';
import { eachPlatform, pointAt, type ShopPlatforms, startPlatforms } from './platforms.ts';
import { synthesizeApart } from './synthesize-apart.ts';

export interface ShopOptions {
  merchant: Merchant;
  /** Same seed, same orders. */
  seed: number;
  /** Port of the webhooks' API; a free one when absent. */
  apiPort?: number;
  schedules?: 'on' | 'off';
  onFunctionLog?: (functionName: string, line: string) => void;
  onProgress?: (step: string) => void;
}

/** A whole deployment on this machine, connected to simulated platforms. */
export interface Shop {
  merchant: Merchant;
  cloud: Cloud;
  platforms: ShopPlatforms;
  /** Folder of the synthesized app; gone once the shop is closed. */
  assembly: string;
  /** What the platforms prove their webhooks with; made up for this run. */
  webhookSecrets: { nuvemshop: string; pedidosya: string };
  /** Lets iMotriz be polled now, as its schedule would. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

/** Synthesizes the merchant's app, runs it on the local cloud and points the simulated platforms' webhooks at it. */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const { seed, onProgress = () => {} } = options;
  const assembly = mkdtempSync(join(tmpdir(), 'acopio-'));
  const forget = () => rmSync(assembly, { recursive: true, force: true });
  let platforms: ShopPlatforms = {};
  let cloud: Cloud | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(eachPlatform(platforms).map((simulator) => simulator.stop()));
    await cloud?.stop();
    forget();
  };
  try {
    onProgress('starting the simulated platforms');
    platforms = await startPlatforms(options.merchant, seed);
    const merchant = pointAt(options.merchant, platforms);
    onProgress('synthesizing the app');
    await synthesizeApart(merchant, assembly);
    onProgress('starting the local cloud');
    const pedidosyaSecret = `local-${createSeededRandom(`${seed}/webhook`).hex(32)}`;
    cloud = await startCloud({
      assembly,
      secrets: secretsFor(platforms, pedidosyaSecret),
      ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
      schedules: options.schedules ?? 'off',
      ...(options.onFunctionLog === undefined ? {} : { onFunctionLog: options.onFunctionLog }),
    });
    connect(platforms, cloud.apiUrl, pedidosyaSecret);
    const running = cloud;
    writeOperatorFiles(assembly, merchant, cloud.outputs);
    const nuvemshopSecret = platforms.nuvemshop?.world.credentials().clientSecret ?? '';
    return {
      merchant,
      cloud,
      platforms,
      assembly,
      webhookSecrets: { nuvemshop: nuvemshopSecret, pedidosya: pedidosyaSecret },
      poll: () =>
        platforms.imotriz === undefined ? Promise.resolve() : running.fire('Imotriz/Poll/Schedule'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function secretsFor(
  { nuvemshop, pedidosya, imotriz }: ShopPlatforms,
  pedidosyaSecret: string,
): Record<string, string> {
  const secrets: Record<string, object> = {};
  if (nuvemshop !== undefined) {
    const { appId, clientSecret, accessToken } = nuvemshop.world.credentials();
    secrets['Secrets/NuvemshopApp'] = { clientId: appId, clientSecret };
    secrets['Secrets/NuvemshopStore'] = { accessToken };
  }
  if (pedidosya !== undefined) {
    secrets['Secrets/PedidosyaWebhook'] = { secret: pedidosyaSecret };
    secrets['Secrets/PedidosyaApi'] = { token: pedidosya.world.credentials.addStaticToken() };
  }
  if (imotriz !== undefined) secrets['Secrets/ImotrizApi'] = { token: imotriz.world.token };
  return Object.fromEntries(Object.entries(secrets).map(([ref, value]) => [ref, JSON.stringify(value)]));
}

/** Types into the platforms' panels what the deployment's outputs say. */
function connect({ nuvemshop, pedidosya }: ShopPlatforms, apiUrl: string, secret: string): void {
  if (nuvemshop !== undefined) {
    const { app } = nuvemshop.world.platform;
    app.redirectUrl = `${apiUrl}${INSTALL_ROUTES.nuvemshopCallback}`;
    app.privacyUrls = {
      'store/redact': `${apiUrl}${ROUTES.nuvemshopStoreRedact}`,
      'customers/redact': `${apiUrl}${ROUTES.nuvemshopCustomersRedact}`,
      'customers/data_request': `${apiUrl}${ROUTES.nuvemshopCustomersDataRequest}`,
    };
    nuvemshop.world.subscribe({ url: `${apiUrl}${ROUTES.nuvemshopEvents}` });
  }
  pedidosya?.world.setWebhook('orders', { url: `${apiUrl}${ROUTES.pedidosya}`, secret });
}
