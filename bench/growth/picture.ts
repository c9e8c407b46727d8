import { line, text } from '../svg.ts';
import type { PerOrder } from './wave.ts';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 300, 56, 40, 56, 40];
const PLOT = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
/** Half of what a digit takes of a line. */
const HALF_DIGIT = 3.3;
const TITLE = 'What an order takes, by how many orders the table holds';
const DRAWN = [
  { kind: 'writeUnits', name: 'write units', colour: '#2f6fab' },
  { kind: 'readUnits', name: 'read units', colour: '#c2562d' },
  { kind: 'queueRequests', name: 'SQS requests', colour: '#3b8a4f' },
] as const;

/** An order's units while the table grew to so many orders. */
export interface Point {
  orders: number;
  perOrder: PerOrder;
}

/** Draws an order's units against the size of the table, which grows tenfold from line to line, as SVG. */
export function drawPicture(points: readonly Point[]): string {
  const [least, largest] = [100, Math.max(1000, ...points.map(({ orders }) => orders))];
  const highest = Math.max(1, ...points.flatMap(({ perOrder }) => DRAWN.map(({ kind }) => perOrder[kind])));
  const most = 2 * Math.ceil((1.1 * highest) / 2);
  const x = (orders: number) =>
    LEFT + (PLOT.width * Math.log(Math.max(1, orders / least))) / Math.log(largest / least);
  const y = (units: number) => TOP + PLOT.height * (1 - units / most);
  const decades = Array.from({ length: Math.floor(Math.log10(largest)) - 1 }, (_, n) => 10 ** (n + 2));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 24, TITLE, '#1f2933'),
    ...[0, most / 2, most].flatMap((units) => [
      line(LEFT, y(units), LEFT + PLOT.width, y(units)),
      text(24, y(units) + 4, `${units}`, '#52606d'),
    ]),
    ...decades.map((orders) => {
      const label = orders.toLocaleString('en');
      return text(x(orders) - HALF_DIGIT * label.length, HEIGHT - 18, label, '#52606d');
    }),
    ...DRAWN.flatMap(({ kind, name, colour }, index) => {
      const drawn = points.map(
        ({ orders, perOrder }) => `${x(orders).toFixed(1)},${y(perOrder[kind]).toFixed(1)}`,
      );
      return [
        `<polyline points="${drawn.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        text(LEFT + 160 * index, 44, name, colour),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}
