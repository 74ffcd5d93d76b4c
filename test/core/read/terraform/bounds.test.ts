/** No configuration makes a scan hang or run out of memory: it ends in an error with a position. */
import { describe, expect, it } from "@jest/globals";
import { Unknown } from "../../../../src/core/model/value.ts";
import { read } from "./read.ts";

const errors = (
  files: Parameters<typeof read>[0],
): readonly { readonly summary: string; readonly file: string; readonly line: number }[] =>
  read(files).reading.diagnostics.filter((d) => d.severity === "error");

describe("cycles", () => {
  it("of locals are told at a reference that closes them", () => {
    expect(errors('locals {\n  a = local.b\n  b = "${local.c}"\n  c = local.a\n}')).toMatchObject([
      { summary: "Cycle", file: "main.tf", line: 4 },
    ]);
  });

  it("of resources, counts and modules alike", () => {
    expect(
      errors('resource "aws_x" "a" {\n  v = aws_x.b.v\n}\nresource "aws_x" "b" {\n  v = aws_x.a.v\n}'),
    ).toMatchObject([{ summary: "Cycle" }]);
    expect(errors('resource "aws_x" "a" {\n  count = length(aws_x.a)\n}')).toMatchObject([
      { summary: "Cycle", line: 2 },
    ]);
    expect(
      errors({
        "main.tf": 'module "m" {\n  source = "./m"\n  v = module.m.o\n}',
        "m/main.tf": 'variable "v" {}\noutput "o" {\n  value = var.v\n}',
      }),
    ).toMatchObject([{ summary: "Cycle" }]);
  });

  it("two security groups that name each other's id are none, as far as their attributes go", () => {
    expect(
      errors('resource "aws_sg" "a" {\n  peer = aws_sg.b.id\n}\nresource "aws_sg" "b" {\n  peer = aws_sg.a.id\n}'),
    ).toEqual([]);
  });

  it("a module that calls itself, directly or by way of another, is told at the source argument", () => {
    expect(errors({ "main.tf": 'module "me" {\n  source = "./"\n}\nresource "aws_x" "x" {}' })).toMatchObject([
      { summary: "Module calls itself", line: 2 },
    ]);
    expect(
      errors({ "a/main.tf": 'module "b" {\n  source = "../b"\n}', "b/main.tf": 'module "a" {\n  source = "../a"\n}' }),
    ).toMatchObject([{ summary: "Module calls itself", file: "b/main.tf" }]);
  });

  it("a long chain of references is followed, an absurd one is told", () => {
    const chain = (n: number): string =>
      `locals {\n  l0 = "end"\n${Array.from({ length: n }, (_, i) => `  l${i + 1} = local.l${i}`).join("\n")}\n}\nresource "aws_x" "x" {\n  v = local.l${n}\n}`;
    expect(read(chain(300)).attributes("aws_x.x").v).toBe("end");
    expect(errors(chain(5000))).toMatchObject([{ summary: "Reference chain is too long" }]);
  });
});

describe("depth", () => {
  it.each([
    ["a long sum", "1", " + 1"],
    ["a long chain of conditionals", "null", " == null ? 1 : null"],
    ["deep lists", "", ""],
    ["deep indices", "local.l", "[0]"],
    ["deep attributes", "local.o", ".a"],
  ])("%s is told, not thrown", (_, start, more) => {
    const text = more === "" ? "[".repeat(5000) + "]".repeat(5000) : start + more.repeat(5000);
    const { reading } = read(
      `locals {\n  l = [1]\n  o = { a = 1 }\n}\nresource "aws_x" "x" {\n  v = ${text}\n}\nresource "aws_x" "y" {}`,
    );
    expect(reading.diagnostics.length).toBeGreaterThan(0);
    expect(reading.diagnostics[0]).toMatchObject({ severity: "error", file: "main.tf", line: 6 });
    expect(reading.stacks[0]?.resources.map((it) => it.address)).toContain("aws_x.y");
  });
});

describe("growth", () => {
  const within = (ms: number, run: () => void): void => {
    const start = performance.now();
    run();
    expect(performance.now() - start).toBeLessThan(ms);
  };

  it("a billion laughs of templates ends", () => {
    const laughs = Array.from({ length: 40 }, (_, i) => `  l${i + 1} = "${`\${local.l${i}}`.repeat(10)}"`).join("\n");
    within(2000, () => {
      const { reading, attributes } = read(
        `locals {\n  l0 = "ha"\n${laughs}\n}\nresource "aws_x" "x" {\n  v = local.l40\n}`,
      );
      expect(attributes("aws_x.x").v).toBeInstanceOf(Unknown);
      expect(reading.diagnostics).toMatchObject([{ severity: "error", summary: "Template result is too large" }]);
    });
  });

  it("so does one of lists, which share their parts in memory", () => {
    const laughs = Array.from({ length: 40 }, (_, i) => `  l${i + 1} = [${`local.l${i}, `.repeat(10)}]`).join("\n");
    within(2000, () => {
      const { reading } = read(`locals {\n  l0 = "ha"\n${laughs}\n}\nresource "aws_x" "x" {\n  v = local.l40\n}`);
      expect(reading.diagnostics[0]).toMatchObject({ severity: "error", summary: "Value is too large" });
    });
  });

  it("nested loops over ranges end", () => {
    within(8000, () => {
      const loop = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a * b * c == 1 ? 1 : 0]]]";
      expect(errors(`resource "aws_x" "x" {\n  v = length(${loop})\n}`).length).toBeGreaterThan(0);
    });
  });

  it("a product of sets ends", () => {
    within(2000, () => {
      const { reading } = read(
        'locals {\n  s = toset([for i in range(1000) : tostring(i)])\n}\nresource "aws_x" "x" {\n  v = length(setproduct(local.s, local.s, local.s, local.s))\n}',
      );
      expect(reading.diagnostics.length).toBe(1);
    });
  });

  it("instances multiply no further than a bound, through modules too", () => {
    const files: { [path: string]: string } = { "main.tf": 'module "m" {\n  source = "./m0"\n  count = 100\n}' };
    for (let i = 0; i < 6; i++) files[`m${i}/main.tf`] = `module "m" {\n  source = "../m${i + 1}"\n  count = 100\n}`;
    files["m6/main.tf"] = 'resource "aws_x" "x" {}';
    within(8000, () => expect(errors(files)[0]).toMatchObject({ summary: "Too many instances", line: 3 }));
  });
});
