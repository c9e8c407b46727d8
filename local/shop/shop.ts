import { rmSync } from 'node:fs';
import type { Merchant } from '../../config/merchant.ts';
import { removeAbandonedFolders, temporaryFolder } from '../../lib/temporary-folder.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';
import { writeOperatorFiles } from './operator.ts';
import {
  connectStores,
  pointAtSimulators,
  pollSchedules,
  type ShopStore,
  secretsOf,
  startStores,
  stopStores,
} from './stores.ts';
import { synthesizeApart } from './synthesize-apart.ts';
import { tokenOfRun } from './token.ts';

export interface ShopOptions {
  merchant: Merchant;
  /** Same seed, same orders. */
  seed: number;
  /** Port of the webhooks' API; a free one when absent. */
  apiPort?: number;
  schedules?: 'on' | 'off';
  /** Whether webhooks are subscribed as an installation leaves them; else those of orders. */
  installed?: boolean;
  /** Folder in which tables and queues outlive the process; in memory when absent. */
  keep?: string;
  /** Makes the assembly; in a process of its own when absent. */
  synthesize?: typeof synthesizeApart;
  /** Gives the opening up. */
  signal?: AbortSignal;
  onFunctionLog?: (functionName: string, line: string) => void;
  /** Told of every call of AWS. */
  onCall?: CloudOptions['onCall'];
  /** Told of every invocation that came to its end. */
  onInvocation?: CloudOptions['onInvocation'];
  /** Shards of the rows' stream, and how often each is looked at. */
  stream?: Pick<CloudOptions, 'streamShards' | 'streamPollMs'>;
  onProgress?: (step: string) => void;
}

/** A whole deployment on this machine, connected to simulated platforms. */
export interface Shop {
  merchant: Merchant;
  cloud: Cloud;
  /** The merchant's stores on the simulated platforms. */
  stores: readonly ShopStore[];
  /** Lets whoever has it read orders and events by the API. Made for this run. */
  token: string;
  /** Folder of the synthesized app; gone once the shop is closed. */
  assembly: string;
  /** Polls now every platform that has to be polled, as its schedule would. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

/** Synthesizes the merchant's app, runs it on the local cloud and points the simulated platforms' webhooks at it. */
export async function openShop(options: ShopOptions): Promise<Shop> {
  const { seed, onProgress = () => {}, synthesize = synthesizeApart } = options;
  removeAbandonedFolders();
  const assembly = temporaryFolder('shop');
  const forget = () => rmSync(assembly, { recursive: true, force: true });
  let stores: ShopStore[] = [];
  let cloud: Cloud | undefined;
  const close = async (): Promise<void> => {
    await stopStores(stores);
    await cloud?.stop();
    forget();
  };
  try {
    onProgress('starting the simulated platforms');
    stores = await startStores(options.merchant, seed);
    const merchant = pointAtSimulators(options.merchant, stores);
    onProgress('synthesizing the app');
    await synthesize(merchant, assembly, options.signal);
    options.signal?.throwIfAborted();
    onProgress('starting the local cloud');
    const { token, secrets } = tokenOfRun();
    cloud = await startCloud({
      assembly,
      secrets: { ...secretsOf(stores), ...secrets },
      ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
      schedules: options.schedules ?? 'off',
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
      ...(options.onInvocation === undefined ? {} : { onInvocation: options.onInvocation }),
      ...options.stream,
      ...(options.onFunctionLog === undefined ? {} : { onFunctionLog: options.onFunctionLog }),
    });
    connectStores(stores, cloud.apiUrl, { installed: options.installed ?? false });
    const running = cloud;
    writeOperatorFiles(assembly, merchant, cloud.outputs);
    return {
      merchant,
      cloud,
      stores,
      token,
      assembly,
      async poll() {
        await Promise.all(pollSchedules(stores).map((schedule) => running.fire(schedule)));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
