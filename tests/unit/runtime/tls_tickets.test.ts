import { expect, test } from "vitest";
import { type Ticket, TicketStore } from "../../../lib/runtime/tls_tickets.ts";

const NOW = 1_800_000_000_000;

function ticket(name: number, rest: Partial<Ticket> = {}): Ticket {
  return { session: new Uint8Array([name]), checkedAt: NOW, validTo: Infinity, ...rest };
}

function taken(store: TicketStore, key: string, now = NOW): number | undefined {
  return store.take(key, now)?.session[0];
}

test("TicketStore gives each ticket once, the latest first", () => {
  const store = new TicketStore();
  for (const name of [1, 2, 3]) store.keep("a", ticket(name));
  expect([1, 2, 3, 4].map(() => taken(store, "a"))).toEqual([3, 2, 1, undefined]);
});

test("TicketStore gives a ticket to the key that it was kept under alone", () => {
  const store = new TicketStore();
  store.keep("a", ticket(1));
  expect([taken(store, "b"), taken(store, ""), taken(store, "a")]).toEqual([undefined, undefined, 1]);
});

test("TicketStore forgets a ticket ten minutes after its certificate was checked", () => {
  const store = new TicketStore();
  for (const name of [1, 2]) store.keep("a", ticket(name));
  expect([taken(store, "a", NOW + 599_999), taken(store, "a", NOW + 600_000)]).toEqual([2, undefined]);
});

test("TicketStore forgets a ticket whose certificate has expired, or may have", () => {
  const store = new TicketStore();
  store.keep("a", ticket(1, { validTo: NOW + 1000 }));
  store.keep("a", ticket(2, { validTo: NaN }));
  expect([taken(store, "a", NOW + 999), taken(store, "a", NOW + 999)]).toEqual([1, undefined]);
  store.keep("a", ticket(1, { validTo: NOW + 1000 }));
  expect(taken(store, "a", NOW + 1000)).toBeUndefined();
});

test("TicketStore trusts no ticket from the future", () => {
  const store = new TicketStore();
  store.keep("a", ticket(1));
  expect(taken(store, "a", NOW - 1)).toBeUndefined();
});

test("TicketStore keeps eight tickets for a key, and a hundred and twenty-eight keys", () => {
  const store = new TicketStore();
  for (let name = 0; name < 20; name++) store.keep("a", ticket(name));
  expect(Array.from({ length: 9 }, () => taken(store, "a"))).toEqual([19, 18, 17, 16, 15, 14, 13, 12, undefined]);
  store.keep("first", ticket(0));
  store.keep("second", ticket(0));
  store.keep("first", ticket(1));
  for (let i = 0; i < 127; i++) store.keep(`${i}`, ticket(i));
  expect([taken(store, "second"), taken(store, "first"), taken(store, "126")]).toEqual([undefined, 1, 126]);
});
