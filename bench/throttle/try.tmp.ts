import { simulate } from '/tmp/wt/limit/bench/throttle/simulate.ts';
import { twoPhase } from '/tmp/wt/limit/bench/throttle/designs/two-phase.ts';
import { measure } from '/tmp/wt/limit/bench/throttle/measure.ts';
import { ownScenarios, urgentScenarios } from '/tmp/wt/limit/bench/throttle/scenarios.ts';
import { queueingScenarios } from './queueing-scenarios.ts';
const which = process.argv[2] ?? 'q';
const seeds = Number(process.argv[3] ?? 3);
const Q = { rate: 2, burst: 40, queues: true };
const dep = (windowMs:number, pollers:number, plan=Q, n=1000, us=0.2) => ({ name: `q w${windowMs} p${pollers} r${plan.rate} u${us}`, plan, consumers: 5, skewMs: 20, queue: { windowMs, pollers },
  arrivals: [ {kind:'backlog', priority:'bulk', count:n, together: Number(process.env.TG ?? 50)}, {kind:'poisson', priority:'urgent', perSecond: us, count: Math.round(n*us/plan.rate*1.1)} ] });
const list = which === 'p' ? queueingScenarios : which === 'r' ? [queueingScenarios[6]!] : which === 'x' ? [queueingScenarios[8]!] : which === 'f' ? [{...ownScenarios[0]!, name:'faults', tableFaults:{lost:.05,throttled:.3}},{...ownScenarios[0]!, name:'+60', wrongClockMs:60000}] : which === 'k' ? [dep(0,1), dep(0,5), dep(0,1,Q,1000,0)] : which === 'q' ? [dep(0,1), dep(0,5), dep(1000,1), dep(1000,5), dep(0,1,Q,2000,0), dep(0,5,{rate:20,burst:400,queues:true},4000,2)] : [...ownScenarios, ...urgentScenarios].filter((s)=> which==='all' || s.name.includes(which));
for (const sc of list) for (let seed=1; seed<=seeds; seed++) {
  const r = await simulate(twoPhase, sc as never, seed); const f = measure(r);
  const bg = r.messages.filter(m=>m.priority==='bulk'&&m.called); const last=Math.max(...bg.map(m=>m.called!));
  const n = r.messages.filter(m=>m.called && m.called<=last).length;
  const pace = 100*((n-1)/sc.plan.rate)/((last-1.8e12)/1000);
  console.log(sc.name.padEnd(44), `seed${seed} fin=${f.finished} used=${f.usedPercent.toFixed(1)} p95=${f.usedPercentAt95.toFixed(1)} pace=${pace.toFixed(1)} 429=${f.refusedPerThousand.toFixed(1)} peak=${f.peak.toFixed(1)} w=${f.writeUnits.toFixed(3)} rcv=${f.receives.toFixed(2)} req=${(r.queue.requests/f.calls).toFixed(2)} inv=${(r.queue.invocations/f.calls).toFixed(2)} bill=${f.billedMs.toFixed(0)} usd=${f.usdPerMillion.toFixed(2)} up50=${f.urgentP50?.toFixed(0)} up99=${f.urgentP99?.toFixed(0)} sec=${f.seconds.toFixed(0)}`);
}
