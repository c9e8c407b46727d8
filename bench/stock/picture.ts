import { line, text } from '../svg.ts';
import type { Way } from './measure.ts';

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [720, 300, 56, 56, 40];
const PLOT = { width: WIDTH - LEFT - 24, height: HEIGHT - TOP - BOTTOM };
const COLOURS = ['#2f6fab', '#c2562d', '#3b8a4f', '#7a4fa3'];
const TITLE = 'From a sale on one channel to the new stock on another';

/** Draws which share of the sales was shown elsewhere after how many seconds, as SVG. */
export function drawPicture(ways: readonly Way[]): string {
  const most = Math.ceil(Math.max(1, ...ways.flatMap(({ seconds }) => seconds).filter(Number.isFinite)));
  const x = (seconds: number) => LEFT + (PLOT.width * Math.min(seconds, most)) / most;
  const y = (share: number) => TOP + PLOT.height * (1 - share);
  const step = Math.max(1, Math.ceil(most / 10));
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 24, TITLE, '#1f2933'),
    ...[0, 0.5, 1].flatMap((share) => [
      line(LEFT, y(share), LEFT + PLOT.width, y(share)),
      text(12, y(share) + 4, `${share * 100} %`, '#52606d'),
    ]),
    ...ticks.map((seconds) => text(x(seconds) - 6, HEIGHT - 18, `${seconds} s`, '#52606d')),
    ...ways.flatMap(({ from, to, seconds }, index) => {
      const colour = COLOURS[index % COLOURS.length] ?? '';
      const sorted = seconds.toSorted((one, other) => one - other);
      const points = sorted.map((at, n) => `${x(at).toFixed(1)},${y((n + 1) / sorted.length).toFixed(1)}`);
      return [
        `<polyline points="${LEFT},${y(0)} ${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        text(LEFT + 220 * index, 44, `${from} to ${to}`, colour),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}
