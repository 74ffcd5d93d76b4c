// Laws of every edit, on whole files: the result parses, the value is there, twice is once, terraform fmt has nothing to say.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { applyEdits } from "../../../../src/core/fix/edit.ts";
import type { EditAttempt } from "../../../../src/core/fix/hcl/attempt.ts";
import { addBlock, addResource, removeAttribute, setAttribute } from "../../../../src/core/fix/hcl/operations.ts";
import { isSame } from "../../../../src/core/fix/hcl/same.ts";
import type { FixValue } from "../../../../src/core/model/patch.ts";
import { attributeOf, attributesOf, type Block, blocksOf, type HclFile } from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";

const samples = join(dirname(fileURLToPath(import.meta.url)), "../../read/hcl/samples");
const files = readdirSync(samples).map((name) => parseHcl(new Uint8Array(readFileSync(join(samples, name))), name));

const blocksBelow = (block: Block): Block[] => [block, ...blocksOf(block.body).flatMap(blocksBelow)];
const allBlocks = (file: HclFile): Block[] => blocksOf(file.body).flatMap(blocksBelow);

const VALUES: readonly FixValue[] = [
  "short",
  7,
  ["a", { ref: "var.b" }],
  { key: true, longer_key: { inner: "x" } },
  { ref: "local.a.b" },
];

/** Every edit to try on the n-th block of a file. */
const operations = (index: number): ((file: HclFile) => EditAttempt)[] => {
  const on = (edit: (file: HclFile, block: Block) => EditAttempt) => (file: HclFile) => {
    const block = allBlocks(file)[index];
    return block ? edit(file, block) : addResource(file, { type: "x", name: "y", body: { attributes: {} } });
  };
  return [
    ...VALUES.map((value) => on((file, block) => setAttribute(file, block, "a_new_attribute", value))),
    ...VALUES.map((value) =>
      on((file, block) => setAttribute(file, block, attributesOf(block.body)[0]?.name ?? "z", value)),
    ),
    on((file, block) => setAttribute(file, block, "made.0.inner.0.enabled", true)),
    on((file, block) => addBlock(file, block, "made", { attributes: { a: 1, longer: "x" } })),
    on((file, block) => addResource(file, { type: "t", name: "n", body: { attributes: { a: 1, bc: [] } } }, block)),
  ];
};

const edited = (file: HclFile, attempt: EditAttempt): HclFile | undefined =>
  attempt.ok ? parseHcl(applyEdits(file.bytes, attempt.edits), file.file) : undefined;

const everyEdit = (): { readonly before: HclFile; readonly after: HclFile; readonly again: HclFile | undefined }[] =>
  files.flatMap((before) =>
    allBlocks(before).flatMap((_, index) =>
      operations(index).flatMap((operate) => {
        const after = edited(before, operate(before));
        return after ? [{ before, after, again: edited(after, operate(after)) }] : [];
      }),
    ),
  );

describe("every edit", () => {
  it("leaves a file that parses, and changes nothing the second time", () => {
    const tried = everyEdit();
    expect(tried.length).toBeGreaterThan(200);
    for (const { after, again } of tried) {
      expect(after.diagnostics).toEqual([]);
      expect(again && Buffer.from(again.bytes).toString()).toBe(Buffer.from(after.bytes).toString());
    }
  });

  it("that sets a value leaves it set, and one that removes leaves nothing", () => {
    for (const file of files) {
      for (const [index, block] of allBlocks(file).entries()) {
        for (const { name } of attributesOf(block.body)) {
          for (const value of VALUES) {
            const after = edited(file, setAttribute(file, block, [name], value));
            const set = after && attributeOf(allBlocks(after)[index]?.body ?? file.body, name);
            expect([file.file, name, after && set && isSame(after, set.value, value)]).toEqual([file.file, name, true]);
          }
          const removed = edited(file, removeAttribute(file, block, [name]));
          expect(removed?.diagnostics).toEqual([]);
          expect(removed && attributeOf(allBlocks(removed)[index]?.body ?? file.body, name)).toBeUndefined();
        }
      }
    }
  });

  const hasTerraform = spawnSync("terraform", ["version"]).status === 0;
  if (!hasTerraform) console.info("properties.test: no terraform on the PATH to ask about formatting");
  (hasTerraform ? it : it.skip)("leaves a formatted file formatted", () => {
    const isFormatted = ({ bytes }: HclFile) => {
      const { stdout } = spawnSync("terraform", ["fmt", "-"], { input: bytes });
      return Buffer.compare(stdout, bytes) === 0;
    };
    const formatted = new Set(files.filter(isFormatted));
    expect(formatted.size).toBeGreaterThanOrEqual(2);
    const directory = mkdtempSync(join(tmpdir(), "draco-fmt-"));
    const edits = everyEdit().filter(({ before }) => formatted.has(before));
    edits.forEach(({ after }, i) => {
      writeFileSync(join(directory, `${i}.tf`), after.bytes);
    });
    const { stdout } = spawnSync("terraform", ["fmt", "-check", "-diff", directory], { encoding: "utf8" });
    rmSync(directory, { recursive: true });
    expect(stdout).toBe("");
  });
});
