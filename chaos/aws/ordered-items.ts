import type { Attributes } from './expression.ts';

/** Items of one partition of a table or an index, in the order of their places. */
export class OrderedItems {
  /** Sorted. */
  readonly #places: string[] = [];
  readonly #items = new Map<string, Attributes>();

  get(place: string): Attributes | undefined {
    return this.#items.get(place);
  }

  set(place: string, item: Attributes): void {
    if (!this.#items.has(place)) this.#places.splice(this.#firstFrom(place), 0, place);
    this.#items.set(place, item);
  }

  delete(place: string): void {
    if (this.#items.delete(place)) this.#places.splice(this.#firstFrom(place), 1);
  }

  values(): IterableIterator<Attributes> {
    return this.between('', undefined, 1);
  }

  /**
   * The items from place `low` to before place `high`, in one direction. Nothing may be written while they are read.
   *
   * @param high absent: to the end
   */
  *between(low: string, high: string | undefined, direction: 1 | -1): Generator<Attributes> {
    const first = this.#firstFrom(low);
    const end = high === undefined ? this.#places.length : this.#firstFrom(high);
    for (let nth = 0; nth < end - first; nth += 1) {
      const place = this.#places[direction === 1 ? first + nth : end - 1 - nth];
      const item = place === undefined ? undefined : this.#items.get(place);
      if (item !== undefined) yield item;
    }
  }

  /** The index of the first place that is not before this one. */
  #firstFrom(place: string): number {
    let [low, high] = [0, this.#places.length];
    // Most of what is written comes after all that is there.
    if (high > 0 && (this.#places[high - 1] ?? '') < place) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] ?? '') < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
