/**
 * Nodes in an order in which each comes after all that it needs; among the free ones, the given order stays.
 *
 * Needs that are not among the nodes are ignored.
 * @throws {Error} where they go round in a circle.
 */
export function inOrder<T>(nodes: readonly T[], needs: (node: T) => readonly T[]): T[] {
  const done: T[] = [];
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const free = waiting.filter((node) => needs(node).every((need) => !waiting.includes(need) || need === node));
    if (free.length === 0) throw new Error(`these need each other in a circle: ${waiting.map(String).join(", ")}`);
    done.push(...free);
    waiting = waiting.filter((node) => !free.includes(node));
  }
  return done;
}
