import type { en } from './en.ts';

/** A text of the page by its name. */
export type TextName = keyof typeof en;
export type Texts = Readonly<Record<TextName, string>>;
