import { type Channel, channelsOf, type Merchant } from '../config/merchant.ts';
import type { PlatformName } from '../functions/domain/order.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { OperatorError } from './outputs.ts';

/** The platforms and stores of a merchant's configuration. */
export type MerchantStores = ReturnType<typeof merchantStores>;

export function merchantStores(merchant: Merchant) {
  const channels = channelsOf(merchant);
  const names = channels.map(({ platform }) => platform.name);
  const storesWhere = (wanted: (channel: Channel) => boolean): KnownStore[] =>
    channels
      .filter(wanted)
      .flatMap(({ platform, stores }) => stores.map(({ id }) => ({ platform: platform.name, storeId: id })));
  return {
    channels,
    names,
    /** @throws OperatorError for a platform that the merchant does not have */
    channelOf(name: PlatformName): Channel {
      const found = channels.find(({ platform }) => platform.name === name);
      if (found !== undefined) return found;
      throw new OperatorError(`merchant ${merchant.name} has no ${name} (it has: ${names.join(', ')}).`);
    },
    stores: storesWhere(() => true),
    /** Stores whose platform passes on what customers ask about their data. */
    privacyStores: storesWhere(({ platform }) => platform.deployment.sendsPrivacyRequests === true),
    /** Stores whose pages may wait in an outbox. */
    polledStores: storesWhere(({ platform }) => platform.poll !== undefined),
  };
}
