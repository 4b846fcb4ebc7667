/**
 * Work of which some is under way at the same time.
 *
 * @module
 */

/** Does the work for all items, `most` at a time, in their order; ends with the first error. */
export async function together<T>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}
