import type { PrivacyRequest } from '../../domain/privacy.ts';
import { isoTime } from '../../domain/time.ts';
import type { DataReport, ExportedItem } from '../../storage/privacy-reports.ts';
import type { PersonalKind } from './personal-kinds.ts';

const REMARKS = [
  'Carts (checkouts) and draft orders are never read from the platform, so none are held.',
  'The platform itself and every system that reads the orders table hold copies of their own, which are not in this report.',
];

/** Gathers what is held of the things that a data request names. Works without the platform. */
export async function exportData(
  kinds: readonly PersonalKind[],
  request: PrivacyRequest,
  about: { id: string; now: number },
): Promise<DataReport> {
  const { storeId, customerId, checkoutIds = [], draftIds = [] } = request;
  const held: DataReport['held'] = {};
  const notHeld: DataReport['notHeld'] = { checkouts: checkoutIds, drafts: draftIds };
  for (const kind of kinds) {
    const items: ExportedItem[] = [];
    const missing: string[] = [];
    for (const id of kind.named(request)) {
      const item = await kind.export(id);
      if (item === undefined) missing.push(id);
      else items.push(item);
    }
    held[kind.plural] = items;
    notHeld[kind.plural] = missing;
  }
  return {
    id: about.id,
    storeId,
    ...(customerId === undefined ? {} : { customerId }),
    producedAt: isoTime(about.now),
    held,
    notHeld,
    remarks: REMARKS,
  };
}
