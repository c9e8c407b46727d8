/** A text in a picture, at its baseline's left end. */
export const text = (x: number, y: number, value: string, colour: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}">${value}</text>`;

/** A thin line of a picture's grid. */
export const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1}" y1="${y1.toFixed(1)}" x2="${x2}" y2="${y2.toFixed(1)}" stroke="#e4e7eb"/>`;
