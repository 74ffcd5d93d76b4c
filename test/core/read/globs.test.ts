import { describe, expect, it } from "@jest/globals";
import { globToRegExp, matchesPath } from "../../../src/core/read/globs.ts";

describe("globToRegExp", () => {
  it.each([
    ["*.tf", "main.tf", true],
    ["*.tf", "a/main.tf", false],
    ["**/*.tf", "main.tf", true],
    ["**/*.tf", "a/b/main.tf", true],
    ["a/**", "a/b/c", true],
    ["a/**", "a", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/?.tf", "a/x.tf", true],
    ["a/?.tf", "a//.tf", false],
    ["[ab].tf", "a.tf", true],
    ["[!ab].tf", "a.tf", false],
    ["[a-c].tf", "b.tf", true],
    ["a.b+c(d)", "a.b+c(d)", true],
    ["a.b", "axb", false],
    ["\\*.tf", "*.tf", true],
    ["\\*.tf", "x.tf", false],
  ])("%s and %s: %s", (glob, path, matches) => {
    expect(globToRegExp(glob).test(path)).toBe(matches);
  });
});

describe("matchesPath", () => {
  it("takes a directory for all that is under it", () => {
    expect(matchesPath("infra", "infra/a/main.tf")).toBe(true);
    expect(matchesPath("./infra/", "infra/main.tf")).toBe(true);
    expect(matchesPath("infra", "infrastructure/main.tf")).toBe(false);
  });
});
