import type { Run } from './simulate.ts';
import { EPOCH } from './virtual-time.ts';

const TITLE = 'A backlog of 2,000 calls against a limit of 40 / 2 per second: the first 400 s';
const WIDTH = 1000;
const ROW = 132;
const TOP = 64;
const LEFT = 52;
const GAP = 70;
const PANEL = (WIDTH - LEFT - GAP - 24) / 2;
const PLOT = 84;
const BIN_MS = 10_000;
const SPAN_MS = 400_000;

/** Draws calls per second and the platform's level over time, one row per run, as SVG. */
export function drawPicture(runs: readonly Run[]): string {
  const height = TOP + runs.length * ROW + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 24, TITLE, 15, '#1f2933'),
    text(
      LEFT,
      46,
      'calls per second (blue: accepted, red: refused with 429; top of the scale 10)',
      12,
      '#52606d',
    ),
    text(LEFT + PANEL + GAP, 46, 'level of the platform’s bucket (dashed: full)', 12, '#52606d'),
    ...runs.map((run, index) => row(run, TOP + index * ROW)),
    '</svg>',
    '',
  ].join('\n');
}

function row(run: Run, top: number): string {
  const base = top + 24 + PLOT;
  return [
    text(LEFT, top + 14, run.design, 12, '#1f2933', 'bold'),
    bars(run, LEFT, base),
    axis(LEFT, base, ['0', '10']),
    level(run, LEFT + PANEL + GAP, base),
    axis(LEFT + PANEL + GAP, base, ['0', `${run.scenario.plan.burst}`]),
  ].join('\n');
}

function bars(run: Run, left: number, base: number): string {
  const bins = Array.from({ length: SPAN_MS / BIN_MS }, () => ({ accepted: 0, refused: 0 }));
  for (const { time, accepted } of run.trace) {
    const bin = bins[Math.floor((time - EPOCH) / BIN_MS)];
    if (bin) bin[accepted ? 'accepted' : 'refused']++;
  }
  const width = PANEL / bins.length;
  const heightOf = (calls: number) => ((calls / (BIN_MS / 1000)) * PLOT) / 10;
  return bins
    .flatMap(({ accepted, refused }, index) => {
      const x = left + index * width;
      const first = Math.min(PLOT, heightOf(accepted));
      const second = Math.min(PLOT - first, heightOf(refused));
      return [
        rect(x, base - first, width - 1, first, '#2f6fb0'),
        rect(x, base - first - second, width - 1, second, '#d64545'),
      ];
    })
    .join('');
}

function level(run: Run, left: number, base: number): string {
  const { burst, rate } = run.scenario.plan;
  const scale = PLOT / (burst * 1.1);
  const x = (time: number) => left + ((time - EPOCH) / SPAN_MS) * PANEL;
  const points: string[] = [`${left},${base}`];
  let before = { time: EPOCH, level: 0 };
  for (const call of run.trace) {
    if (call.time - EPOCH > SPAN_MS) break;
    const drawn =
      call.time - before.time > SPAN_MS / PANEL / 2 || Math.abs(call.level - before.level) > burst / PLOT;
    if (!drawn) continue;
    const leaked = Math.max(0, before.level - ((call.time - before.time) * rate) / 1000);
    points.push(
      `${fixed(x(call.time))},${fixed(base - leaked * scale)}`,
      `${fixed(x(call.time))},${fixed(base - call.level * scale)}`,
    );
    before = call;
  }
  const full = fixed(base - burst * scale);
  return [
    `<line x1="${left}" y1="${full}" x2="${left + PANEL}" y2="${full}" stroke="#d64545" stroke-dasharray="4 3"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#2f6fb0" stroke-width="1"/>`,
  ].join('');
}

function axis(left: number, base: number, labels: [string, string]): string {
  return [
    `<line x1="${left}" y1="${base}" x2="${left + PANEL}" y2="${base}" stroke="#9aa5b1"/>`,
    `<line x1="${left}" y1="${base}" x2="${left}" y2="${base - PLOT}" stroke="#9aa5b1"/>`,
    text(left - 8, base + 4, labels[0], 11, '#52606d', 'normal', 'end'),
    text(left - 8, base - PLOT + 10, labels[1], 11, '#52606d', 'normal', 'end'),
  ].join('');
}

const fixed = (value: number) => value.toFixed(1);

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  if (height < 0.05) return '';
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" fill="${fill}"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  size: number,
  fill: string,
  weight = 'normal',
  anchor = 'start',
): string {
  return `<text x="${fixed(x)}" y="${y}" font-size="${size}" fill="${fill}" font-weight="${weight}" text-anchor="${anchor}">${content}</text>`;
}
