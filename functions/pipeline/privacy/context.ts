import type { Account } from '../../platforms/connection.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import { type AuditTrail, createAuditTrail } from '../../storage/audit-trail.ts';
import { createErasureLedger, type ErasureLedger } from '../../storage/erasure-ledger.ts';
import { createPrivacyReports, type PrivacyReports } from '../../storage/privacy-reports.ts';
import { createStoreErasure, type StoreErasure } from '../../storage/store-erasure.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { StoreContext } from '../store-context.ts';
import type { Erased } from './erase.ts';
import { type PersonalKind, personalKinds, type Why } from './personal-kinds.ts';

/** What the privacy requests of one store are handled with. */
export interface PrivacyContext extends StoreContext {
  kinds: readonly PersonalKind[];
  ledger: ErasureLedger;
  reports: PrivacyReports;
  erasure: StoreErasure;
  trail: AuditTrail;
}

/** What the privacy requests of one store need beyond the store. */
export function openPrivacyContext(
  context: StoreContext,
  ordersTable: string,
  { dynamo: client, controlTable: table, clock }: Pick<Account, 'dynamo' | 'controlTable' | 'clock'>,
): PrivacyContext {
  const control = { client, table, clock };
  const item = { ...control, platform: context.platform.name, storeId: context.store.id };
  return {
    ...context,
    kinds: personalKinds(context, { client, table: ordersTable }),
    ledger: createErasureLedger(item),
    reports: createPrivacyReports(item),
    erasure: createStoreErasure(item),
    trail: createAuditTrail({ ...control, platform: context.platform.name }),
  };
}

/** Things that are erased at the same time. */
const AT_ONCE = 8;

export type ErasedCount = Record<Erased, number>;
export const noneErased = (): ErasedCount => ({ erased: 0, 'erased-before': 0, 'not-held': 0 });
export function addTo(count: ErasedCount, more: ErasedCount): void {
  for (const outcome of ['erased', 'erased-before', 'not-held'] as const) count[outcome] += more[outcome];
}

/** Erases the persons in things of one kind, and counts what became of them. */
export async function eraseAll(
  context: Pick<PrivacyContext, 'ledger' | 'clock' | 'metrics' | 'platform'>,
  kind: PersonalKind,
  ids: readonly string[],
  why: Why,
): Promise<ErasedCount> {
  const count = noneErased();
  await mapConcurrent(AT_ONCE, ids, async (id) => {
    count[await eraseOne(context, kind, id, why)] += 1;
  });
  context.metrics.add('PersonalDataErased', context.platform.name, count.erased);
  return count;
}

/** Erases the person in one thing that is named by its kind, and deletes the reports that hold it. */
export async function eraseThing(
  context: PrivacyContext,
  kindName: string,
  id: string,
  why: Why,
): Promise<Erased> {
  const kind = kindNamed(context, kindName);
  const erased = await eraseOne(context, kind, id, why);
  await context.reports.forget({ things: { [kind.plural]: [id] } });
  return erased;
}

/** A kind of thing that a store has. @throws Error for another */
export function kindNamed({ kinds }: Pick<PrivacyContext, 'kinds'>, kindName: string): PersonalKind {
  const kind = kinds.find(({ name }) => name === kindName);
  if (kind === undefined) throw new OwnError(`a store has no things of the kind ${kindName}`);
  return kind;
}

const OUTCOME_OF = { held: 'erased', erased: 'erased-before', 'not-held': 'not-held' } as const;

/** What an erasure would come to, as things stand. It writes nothing. */
export const wouldErase = async (kind: Pick<PersonalKind, 'find'>, id: string): Promise<Erased> =>
  OUTCOME_OF[(await kind.find(id)).state];

async function eraseOne(
  { ledger, clock }: Pick<PrivacyContext, 'ledger' | 'clock'>,
  kind: PersonalKind,
  id: string,
  why: Why,
): Promise<Erased> {
  // Before it is done: an erasure that nobody could repeat after a restore would be worse than one that is repeated.
  await ledger.add({ kind: kind.name, id, at: clock.now(), ...why });
  return kind.erase(id, why);
}
