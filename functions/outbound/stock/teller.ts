import type { StockChannel } from '../../domain/stock/channel.ts';
import { ofChosenCall, PlatformError } from '../../http/errors.ts';
import { patient } from '../../platforms/admission.ts';
import type { StoreConnection } from '../../platforms/connection.ts';
import type { Told } from '../../platforms/stock.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Lease } from '../../storage/runs.ts';
import type { StockStore } from '../../storage/stock.ts';
import type { TellingState } from '../../storage/stock-telling.ts';
import { type Due, tellingOf } from './due.ts';
import type { JobFollower } from './follow-jobs.ts';

/** What tells the channels of one store. */
export interface Teller extends JobFollower {
  readonly connection: StoreConnection;
  readonly stock: StockStore;
  readonly state: TellingState;
  readonly lease: Lease;
  readonly clock: Clock;
}

export interface Run {
  /** Unique per call of the function. */
  readonly id: string;
  timeLeftMs(): number;
}

/** Of the function's time, left to write down what a call brought about (ms). */
const WRITE_ROOM_MS = 10_000;
/** A slot of the platform's limit is waited for this long in the function (ms). */
const PATIENCE_MS = 2_000;

export const channelsOf = ({ settings, name }: Pick<Teller, 'settings' | 'name'>): StockChannel[] =>
  settings.channels.filter(({ platform, storeId }) => platform === name.platform && storeId === name.storeId);

export interface Called {
  readonly told: ReadonlyMap<number, Told>;
  readonly failure: PlatformError | undefined;
}

export const apiOf =
  ({ connection, name, clock }: Teller, run: Run) =>
  () =>
    connection.api({
      correlationId: run.id,
      admit: patient(name.platform, connection.bucket, {
        priority: 'normal',
        clock,
        mayWait: (ms) => ms <= PATIENCE_MS,
      }),
      timeLeftMs: () => Math.max(1, run.timeLeftMs() - WRITE_ROOM_MS),
    });

/** Tells the platform what is due. */
export async function call(teller: Teller, run: Run, due: readonly Due[], most: number): Promise<Called> {
  const { port, store } = teller;
  const told = new Map<number, Told>();
  const failure = await asking(teller, run, async (api) => {
    for await (const some of tellingOf(port, api, store, due, most))
      for (const [index, one] of some) told.set(index, one);
    return true;
  });
  return { told, failure };
}

/** Work that says whether it called the platform; answers why it could not be ended. */
export async function asking(
  teller: Teller,
  run: Run,
  work: (api: unknown) => Promise<boolean>,
): Promise<PlatformError | undefined> {
  const api = apiOf(teller, run)();
  try {
    if (await work(api)) await teller.connection.succeeded();
    return undefined;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const failure = ofChosenCall(error);
    await teller.connection.failed(failure, run.id);
    return failure;
  }
}
