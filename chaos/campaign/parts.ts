import type { Plan } from '../plan/plan.ts';

/** Names of everything that a plan consists of, as the whole plan numbers it. */
export function partsOf(plan: Plan, whole: Plan): string[] {
  const names: string[] = [];
  whole.orders.forEach((order, index) => {
    const kept = plan.orders.find(
      (candidate) => candidate.at === order.at && candidate.store === order.store,
    );
    if (kept === undefined) return;
    names.push(`o${index}`);
    order.steps.forEach((step, nth) => {
      if (kept.steps.includes(step)) names.push(`o${index}.${nth}`);
    });
    order.posts?.forEach((post, nth) => {
      if (kept.posts?.includes(post)) names.push(`o${index}.p${nth}`);
    });
  });
  whole.faults.forEach((fault, index) => {
    if (plan.faults.includes(fault)) names.push(`f${index}`);
  });
  whole.catalogue.forEach((item, index) => {
    if (plan.catalogue.includes(item)) names.push(`c${index}`);
  });
  return names;
}

/** The plan with nothing left but the named parts. A step goes with its order. */
export function thinOut(whole: Plan, only: readonly string[]): Plan {
  const kept = new Set(only);
  return {
    ...whole,
    orders: whole.orders.flatMap((order, index) =>
      kept.has(`o${index}`)
        ? [
            {
              ...order,
              steps: order.steps.filter((_, nth) => kept.has(`o${index}.${nth}`)),
              ...(order.posts === undefined
                ? {}
                : { posts: order.posts.filter((_, nth) => kept.has(`o${index}.p${nth}`)) }),
            },
          ]
        : [],
    ),
    catalogue: whole.catalogue.filter((_, index) => kept.has(`c${index}`)),
    faults: whole.faults.filter((_, index) => kept.has(`f${index}`)),
  };
}

/** One line for each part of a plan, in order of time. */
export function describe(whole: Plan, only: readonly string[]): string[] {
  const plan = thinOut(whole, only);
  const lines: { at: number; text: string }[] = [];
  for (const { store, at, steps, posts = [] } of plan.orders) {
    lines.push({ at, text: `${store}: an order is placed` });
    for (const step of steps)
      lines.push({ at: step.at, text: `${store}: ${step.do} (the order of ${clock(at)})` });
    for (const { at: asked, commands, again } of posts) {
      const names = commands.map(({ name, id }) => `${name} ${id}`).join(', ');
      const times =
        again.length === 0 ? '' : `, and again at ${again.map((one) => clock(one.at)).join(', ')}`;
      lines.push({
        at: asked,
        text: `${store}: the system wants ${names} (the order of ${clock(at)})${times}`,
      });
    }
  }
  for (const { store, kind, id, puts, edits } of plan.catalogue) {
    for (const { at, body } of puts)
      lines.push({ at, text: `${store}: the system wants the ${kind} ${id} to be ${JSON.stringify(body)}` });
    for (const { at, does } of edits) lines.push({ at, text: `${store}: ${id} is ${does} in the panel` });
  }
  for (const fault of plan.faults) {
    const { kind, ...rest } = fault;
    const begin = 'from' in fault ? fault.from : fault.at;
    const details = Object.entries(rest)
      .filter(([name]) => name !== 'from' && name !== 'at')
      .map(
        ([name, value]) =>
          `${name} ${typeof value === 'object' ? JSON.stringify(value) : name === 'to' ? clock(Number(value)) : value}`,
      );
    lines.push({ at: begin, text: `fault ${kind}: ${details.join(', ')}` });
  }
  return lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${clock(at)}  ${text}`);
}

/** Ms since the start as `h:mm:ss.mmm`. */
export const clock = (ms: number): string =>
  `${Math.floor(ms / 3_600_000)}:${new Date(Math.max(0, ms)).toISOString().slice(14, 23)}`;
