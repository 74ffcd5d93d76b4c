import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { COMMANDS } from "../../src/app/cli/main.ts";
import { packageRoot } from "../../src/app/package-root.ts";
import { VERB_NAMES } from "../../src/core/approve/grammar.ts";
import { parsePolicy } from "../../src/core/approve/policy.ts";

const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");

describe("the README", () => {
  it("shows a policy that is valid", () => {
    const example = /```yaml\n(version: 1\n[\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(parsePolicy(example).diagnostics).toEqual([]);
    expect(parsePolicy(example).policy.rules.map((rule) => rule.id)).toEqual(["must-have-owner"]);
  });

  it("names the commands of comments that there are, and no others", () => {
    const listed = /`\/draco help` lists them: `([a-z ]+)`/.exec(readme)?.[1]?.split(" ") ?? [];
    expect([...listed, "help"].sort()).toEqual([...VERB_NAMES].sort());
  });

  it("uses only commands that the command line has", () => {
    const used = [...readme.matchAll(/(?:npx |`)draco ([a-z]+)/g)].map(([, name]) => name);
    const known = COMMANDS.map((command) => command.name);
    expect(used.filter((name) => name !== undefined && !known.includes(name))).toEqual([]);
  });
});
