import type { RoleGrant } from '../../local/cloud/iam/users.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import type { Needs } from './permission-needs.ts';

/** What Lambda does by itself in the name of a function's role: on the local cloud that is no call, and never asked for. */
export const NOT_JUDGED_HERE = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** What comes about only after a change could not be worked on for 23 hours: a test of the local cloud's streams has it. */
const NEEDED_AFTER_A_DAY = ['Erp/Publisher/Role Unpublished', 'Erp/Tracker/Role Unfollowed'];

const FIRST_LOOK_MS = 20;
/** Looks become rarer: each costs a busy machine what it waits for. */
const RAREST_LOOK_MS = 250;
const PATIENCE_MS = 60_000;

export const shortRole = ({ role }: RoleGrant): string => role.replace(/^[^/]+\//, '');
export const grantName = (grant: RoleGrant): string => `${shortRole(grant)} ${grant.sid ?? '-'}`;
export const isJudged = (grant: RoleGrant): boolean =>
  !grant.actions.every((action) => NOT_JUDGED_HERE.includes(action)) &&
  !NEEDED_AFTER_A_DAY.includes(grantName(grant));

/** Every statement that is needed, and the flow that needs it. */
export const statementsOf = <F extends string>(needs: Needs<F>): { role: string; sid: string; flow: F }[] =>
  Object.entries(needs).flatMap(([role, bySid]) =>
    Object.entries(bySid).map(([sid, flow]) => ({ role, sid, flow })),
  );

/**
 * The statements of a role by the flow that needs them. Every change sees each flow come about with all of them, and takes one
 * from every third flow, others with another seed; the nightly takes all.
 */
export const groupsOf = <F extends string>(needs: Needs<F>): { role: string; flow: F; sids: string[] }[] =>
  [...Map.groupBy(statementsOf(needs), ({ role, flow }) => `${role}: ${flow}`).values()].map((group, at) => ({
    ...group[0]!,
    sids: group
      .map(({ sid }) => sid)
      .filter((_, index) => ALL || ((at + SEED) % 3 === 0 && index === SEED % group.length)),
  }));
const ALL = process.env.PERMISSIONS === 'all';
const SEED = Number(process.env.PERMISSIONS_SEED ?? 0);

/** Withdraws statements of a shop's roles, one by one, and sees what comes about without. */
export function judgeOf(shop: TestShop) {
  /** The statement that the flow has to do without. */
  let withdrawn: RoleGrant | undefined;
  const judged = () => shop.cloud.grants().filter(isJudged);
  /** Whether a call was refused since the flow began: then nothing more has to be waited for. */
  const refused = () => (withdrawn?.refused.size ?? 0) > 0;

  /** Neither a secret nor a client that an earlier flow left in memory helps the function. */
  function startCold(role: string): void {
    for (const { path } of shop.cloud.functions)
      if (path.includes(`/${role.replace(/\/Role$/, '')}/`)) shop.cloud.cool(path);
  }

  /** What comes about without each of the statements, and with all of them; and how many calls each was missed by. */
  async function outcomesOf(
    { role, sids }: { role: string; sids: readonly string[] },
    flow: Flow,
    mend: () => Promise<unknown>,
  ): Promise<{ outcomes: Record<string, boolean>; refusals: number[] }> {
    const outcomes: Record<string, boolean> = {};
    const refusals: number[] = [];
    for (const sid of sids) {
      const grant = judged().find((one) => grantName(one) === `${role} ${sid}`)!;
      startCold(role);
      const restore = grant.withdraw();
      withdrawn = grant;
      outcomes[`without ${sid}`] = await flow().finally(() => {
        restore();
        withdrawn = undefined;
      });
      refusals.push(grant.refused.size);
      await mend();
    }
    // A secret that could not be read is not asked for again at once.
    startCold(role);
    outcomes['with all'] = await flow();
    await mend();
    return { outcomes, refusals };
  }

  /** Waits until it is so; after a refusal only until whatever was refused has ended. */
  async function comesTrue(isSo: () => Promise<boolean>): Promise<boolean> {
    const until = Date.now() + PATIENCE_MS;
    let pause = FIRST_LOOK_MS;
    while (Date.now() < until) {
      const over = refused() && shop.cloud.load() === 0;
      if (await isSo()) return true;
      if (over) return false;
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 1.5, RAREST_LOOK_MS);
    }
    return false;
  }

  return { judged, outcomesOf, comesTrue };
}

/** What is to come about: nothing without one of the statements. */
export const onlyWithAll = (sids: readonly string[]): Record<string, boolean> => ({
  ...Object.fromEntries(sids.map((sid) => [`without ${sid}`, false])),
  'with all': true,
});

/** Actions of these grants that nothing used. */
export const unusedOf = (grants: readonly RoleGrant[]): string[] =>
  grants.flatMap((grant) =>
    grant.actions
      .filter((action) => !grant.used.has(action))
      .map((action) => `${grantName(grant)} ${action}`),
  );
