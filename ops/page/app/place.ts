/** The screens, in the order in which they are used. */
export const SCREENS = [
  'find',
  'review',
  'now',
  'commands',
  'stock',
  'deadLetters',
  'reconciliations',
  'audit',
] as const;
export type Screen = (typeof SCREENS)[number] | 'order';

/** Where a person is: a screen, and what it is about. */
export interface Place {
  screen: Screen;
  about: string;
}

/** Reads the part of the address behind `#`. */
export function placeOf(hash: string): Place {
  const [, name = '', rest = ''] = /^#\/([a-zA-Z]+)(?:\/(.*))?$/.exec(hash) ?? [];
  const screen = name === 'order' ? 'order' : SCREENS.find((one) => one === name);
  return { screen: screen ?? 'find', about: decoded(rest) };
}

export const hashOf = (screen: Screen, about = ''): string =>
  `#/${screen}${about === '' ? '' : `/${encodeURIComponent(about)}`}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
