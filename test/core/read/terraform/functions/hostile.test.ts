import { describe, expect, it } from "@jest/globals";
import { evaluateText } from "./evaluate.ts";

const letters = (count: number): string => "a".repeat(count);
const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const json = (value: string): string => JSON.stringify(value).replaceAll("${", "$${");

/** What would take ages or gigabytes if it were computed as it asks to be. */
const HOSTILE: Readonly<Record<string, string>> = {
  "nested repetition": `regex("(a+)+$", "${letters(20_000)}b")`,
  "ambiguous alternatives": `regexall("(a|a)*b", "${letters(5_000)}")`,
  "counted repetition": `regexall("(a{0,30}){0,30}b", "${letters(3_000)}")`,
  "nested counts": `regex("((a{30}){30}){30}", "a")`,
  "a pattern that nests deeply": `regex("${nested("(", ")", 20_000)}", "a")`,
  "a replacement that grows": `replace("${letters(20_000)}", "a", "${letters(20_000)}")`,
  "a regular replacement that grows": `replace("${letters(20_000)}", "/a/", "${letters(20_000)}")`,
  "a wide field": 'format("%999999999d", 1)',
  "a precise field": 'format("%.999999999f", 1)',
  "many wide fields": `format("${"%9000000s".repeat(100)}", "a"...)`,
  "wide indentation": 'indent(900000000, "a\\nb")',
  "a long join": `join("${letters(100_000)}", [for i in range(1024) : "${letters(100_000)}"])`,
  "a product": "setproduct(range(1024), range(1024), range(1024))",
  "a long range": "range(0, 1e300, 1e-300)",
  "a product of ranges, flattened": "flatten([for a in range(1024) : [for b in range(1024) : range(1024)]])",
  "deep JSON": `jsondecode("${nested("[", "]", 100_000)}")`,
  "deep YAML": `yamldecode("${nested("[", "]", 20_000)}")`,
  "a billion laughs": `yamldecode(${json(["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefghi".split("").map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)].join("\n"))})`,
  "a number with many digits": 'tonumber("1e99999")',
  "a power without end": "pow(10, 1e300)",
  "digits of a huge number": `parseint("${letters(100_000)}", 36)`,
  "a glob of stars": `fileset(".", "${"*".repeat(300)}/${"**/".repeat(300)}x")`,
  "a list of networks": 'cidrsubnets("::/0", [for i in range(1024) : 32]...)',
};

describe("hostile arguments", () => {
  it.each(Object.entries(HOSTILE))("%s end within two seconds and a bounded heap", (_, expression) => {
    const heapBefore = process.memoryUsage().heapUsed;
    const started = performance.now();
    const outcome = evaluateText(expression);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(600 * 2 ** 20);
    expect(outcome).toBeDefined();
  });
});
