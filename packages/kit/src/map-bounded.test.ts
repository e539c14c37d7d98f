import { expect, it } from "vitest";
import { mapBounded } from "./map-bounded.ts";

it("keeps the order, and never has more at work than it may", async () => {
  let working = 0;
  let most = 0;
  const doubled = await mapBounded([5, 3, 1, 4, 2, 0], 2, async (item) => {
    most = Math.max(most, ++working);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    working--;
    return item * 2;
  });
  expect(doubled).toEqual([10, 6, 2, 8, 4, 0]);
  expect(most).toBe(2);
});

it("rejects as the first work does, and does nothing for no items", async () => {
  await expect(mapBounded([1, 2], 4, (item) => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow(
    "no 1",
  );
  expect(await mapBounded([], 4, () => Promise.resolve(1))).toEqual([]);
});
