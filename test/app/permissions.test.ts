import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { packageRoot } from "../../src/app/package-root.ts";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");

describe("the permissions that Draco asks for", () => {
  const manifest = parse(read("app.yml")) as { default_permissions: Record<string, string>; public: boolean };
  const table = [...read("README.md").matchAll(/^\| ([a-z_]+) \| (read|write) \| /gm)].map(([, name, level]) => [
    name,
    level,
  ]);

  it("are the same in app.yml and in the README", () => {
    expect(Object.fromEntries(table)).toEqual(manifest.default_permissions);
  });

  it("let it edit no workflow, read no secret and administer nothing", () => {
    for (const never of ["workflows", "actions", "secrets", "administration", "repository_hooks"]) {
      expect(manifest.default_permissions).not.toHaveProperty(never);
    }
    expect(manifest.public).toBe(false);
  });
});
