import { describe, expect, it } from "vitest";
import { emptyDesk } from "../state/desk";
import { staleSince } from "./stale";

const AT = "2026-11-21T09:00:00Z";
const link = (pbx: string, state: string) => ({ pbx, state, message: "", since: AT });
const links = { main: link("main", "down"), branch: link("branch", "up") };

describe("what is shown of a PBX", () => {
  it("is as of when the service was last heard", () => {
    expect(staleSince({ ...emptyDesk, silentSince: 5, links }, ["branch"])).toBe(5);
  });

  it("is as of when its link was lost, unless another one reaches the same person", () => {
    expect(staleSince({ ...emptyDesk, links }, ["main"])).toBe(Date.parse(AT));
    expect(staleSince({ ...emptyDesk, links }, ["main", "branch"])).toBeNull();
    expect(staleSince({ ...emptyDesk, links }, [])).toBeNull();
  });
});
