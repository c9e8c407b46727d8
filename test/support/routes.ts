import { nuvemshop } from '../../functions/platforms/nuvemshop/platform.ts';
import { ROUTES as OTHERS } from '../../functions/platforms/routes.ts';

const pathOf = (topic: string): string => {
  const route = nuvemshop.webhook?.routes([]).find((one) => one.topic === topic);
  if (route === undefined) throw new Error(`no route has the topic ${topic}`);
  return route.path;
};

/** Paths that platforms call. */
export const ROUTES = {
  nuvemshopEvents: pathOf('event'),
  nuvemshopStoreRedact: pathOf('store/redact'),
  nuvemshopCustomersRedact: pathOf('customers/redact'),
  nuvemshopCustomersDataRequest: pathOf('customers/data_request'),
  ...OTHERS,
};

/** Paths that a merchant's browser opens. */
export const INSTALL_ROUTES = {
  nuvemshopStart: nuvemshop.oauth?.start.path ?? '',
  nuvemshopCallback: nuvemshop.oauth?.callback.path ?? '',
};
