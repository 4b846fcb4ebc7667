/** Proxies: hostile, broken, or not proxies at all. */
import { describe, expect, test } from "vitest";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ROADS, TARGETS } from "./roads.ts";
import { PLANS } from "./roads_plans.ts";
import { playRoad, type RoadPlan } from "./support/road_play.ts";

describe("roads", () => void test.each(ROADS)("$name", playRoad));

const plans: readonly (readonly [string, RoadPlan])[] = Object.entries(PLANS);

describe("what a proxy is told", () => {
  test.each(TARGETS)("nobody is told of the host %j", async (host) => {
    for (const [, { road }] of plans) {
      const runtime = new ScriptedRuntime(() => {});
      await expect(Session.open({ host, port: 25, tls: "off", runtime, proxy: road })).rejects.toThrow();
      expect(runtime.wires).toEqual([]);
    }
  });

  test.each(TARGETS)("a road by itself writes nothing of the host %j", async (host) => {
    for (const [kind, { road, good }] of plans) {
      const near: string[] = [];
      const runtime = new ScriptedRuntime((wire) => {
        let answers = 0;
        wire.onWrite = (octets) => {
          near.push(new TextDecoder().decode(octets));
          wire.send(Uint8Array.from(good[answers++]!, (char) => char.charCodeAt(0)));
        };
      });
      await expect(road.over(runtime).connect({ host, port: 25, tls: "off" })).rejects.toThrow();
      // A chain tells the first proxy of the next one, and nothing more.
      expect(near.length).toBe(kind.includes("behind") ? 1 : 0);
      for (const wire of runtime.wires) expect(wire.closeCalls).toBeGreaterThan(0);
    }
  });
});
