import { expect, test } from "vitest";
import { slots } from "../../../local/emrContainers/slots.ts";

test("so many have a slot at once, and the next in line gets the one that is given back", async () => {
  const machine = slots(2);
  const { signal } = new AbortController();
  const order: string[] = [];
  const [first] = await Promise.all([machine.take(signal), machine.take(signal)]);
  const third = machine.take(signal).then((giveBack) => {
    order.push("third");
    return giveBack;
  });
  const fourth = machine.take(signal).then(() => order.push("fourth"));
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  first?.();
  (await third)?.();
  await fourth;
  expect(order).toEqual(["third", "fourth"]);
});

test("who is cancelled while waiting leaves the line, and its slot goes to the next", async () => {
  const machine = slots(1);
  const { signal } = new AbortController();
  const giveBack = await machine.take(signal);
  const cancel = new AbortController();
  const cancelled = machine.take(cancel.signal);
  const next = machine.take(signal);
  cancel.abort();
  expect(await cancelled).toBeUndefined();
  giveBack?.();
  expect(await next).toBeTypeOf("function");
  expect(await machine.take(cancel.signal)).toBeUndefined();
});
