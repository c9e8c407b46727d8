import { type CommandSubject, isOrder, kindOfSubject } from '../../domain/command-subject.ts';
import type { EpochMs } from '../../domain/time.ts';
import { unfinished } from '../../storage/command-item.ts';
import { subjectPk } from '../../storage/command-keys.ts';
import type { CommandLease } from '../../storage/command-leases.ts';
import { type Reporting, report } from './aftermath.ts';
import { withoutErased } from './carrier.ts';
import type { Run } from './dispatch.ts';
import { endedWithoutStore } from './endings.ts';
import { type Keeping, keep } from './keep.ts';
import { LEASE_MS } from './lease-ms.ts';

/** What ends the commands for a store that is not in the configuration. */
export interface WithoutStore extends Keeping, Reporting {}

/** A store that is put back goes on within this time (ms). Shorter than what commands-late looks at, so that it sees them wait. */
const AGAIN_MS = 10 * 60_000;

/** Kept for what is written of one command, in ms. */
const WRITE_ROOM_MS = 4_000;

/**
 * Ends the commands whose time is over of a store that is not in the configuration, and has the others wait. A file may lack a
 * store by mistake: until the time that the merchant's system was promised is over, the store that is put back carries out what
 * waits, and looks for what was called.
 */
export async function endWithoutStore(parts: WithoutStore, key: CommandSubject, run: Run): Promise<void> {
  const { leases } = parts;
  let lease = await leases.take(key, run.id, LEASE_MS);
  // Whoever holds it finds what came meanwhile when giving it back.
  while (lease !== undefined) {
    const released = await leases.release(lease, await endOverdue(parts, lease, run));
    lease = released === 'released' ? undefined : released;
  }
}

/** Answers when there is work again. No message says it: the sweep does, which names live orders before those that wait. */
async function endOverdue(parts: WithoutStore, lease: CommandLease, run: Run): Promise<EpochMs | undefined> {
  const { commands, orders, clock, log } = parts;
  const { key } = lease;
  let dueAt: EpochMs | undefined;
  for (const command of unfinished(await commands.ofOrder(key))) {
    const now = clock.now();
    // A person says how it ended, with the store or without.
    if (command.state === 'in_doubt') continue;
    if (now < command.giveUpAt) {
      report(parts, key, command);
      dueAt = Math.min(dueAt ?? now + AGAIN_MS, command.giveUpAt);
      continue;
    }
    if (run.timeLeftMs() < WRITE_ROOM_MS) return now;
    const known = isOrder(key) ? withoutErased(command, await orders.get(key)) : command;
    const ended = endedWithoutStore(known, now);
    // Another run has them by now.
    if (!(await keep(parts, lease, ended))) return now;
    report(parts, key, ended);
  }
  if (dueAt !== undefined)
    log.warn('commands wait for a store that is not in the configuration; they end when their time is over', {
      storeId: key.storeId,
      [kindOfSubject(key)]: subjectPk(key),
    });
  return dueAt;
}
