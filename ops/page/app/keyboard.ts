import { useEffect } from 'preact/hooks';
import { hashOf, SCREENS } from './place.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;

/** Moves from row to row, and from screen to screen, without a mouse. */
export function useKeyboard(help: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const screen = SCREENS[Number(event.key) - 1];
      if (event.key === '/') focusSearch(event);
      else if (event.key === '?') help();
      else if (event.key === 'j' || event.key === 'ArrowDown') moveRow(event, 1);
      else if (event.key === 'k' || event.key === 'ArrowUp') moveRow(event, -1);
      else if (screen !== undefined) location.hash = hashOf(screen);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function focusSearch(event: KeyboardEvent): void {
  event.preventDefault();
  const input = document.querySelector<HTMLInputElement>('#search');
  if (input !== null) {
    input.focus();
    return;
  }
  location.hash = hashOf('find');
  setTimeout(() => document.querySelector<HTMLInputElement>('#search')?.focus(), 50);
}

function moveRow(event: KeyboardEvent, by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  // The arrows scroll until somebody is among the rows.
  if (rows.length === 0 || (at < 0 && event.key.startsWith('Arrow'))) return;
  event.preventDefault();
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}
