import { describe, expect, it } from "@jest/globals";
import { callFunction } from "../../../../../src/core/read/terraform/function.ts";
import { findFunction } from "../../../../../src/core/read/terraform/functions/index.ts";
import { UnknownValue } from "../../../../../src/core/read/terraform/typed-value.ts";
import { contextOf, evaluateText } from "./evaluate.ts";

/** Terraform knows these when it plans; we cannot, or will not: they depend on the machine, the clock or a compressor. */
const OPEN_BY_DESIGN = {
  base64gzip: ['"a"', '""', '"é"', "5", "true", '"a\\nb"', '"long text, long text, long text"', '"👍"', "1.5", '" "'],
  abspath: ['""', '"."', '".."', '"x"', '"./x"', '"x/y"', '"x/../y"', '"../x"', '" x"', "5"],
  pathexpand: [
    '"~"',
    '"~/"',
    '"~/x"',
    '"~/x/y"',
    '"~/.ssh/id_rsa.pub"',
    '"~/.."',
    '"~/ x"',
    '"~//x"',
    '"~/x/~"',
    '"~/é"',
  ],
  plantimestamp: [""],
  timestamp: [""],
  uuid: [""],
  bcrypt: ['"a"', '"a", 5', '""', "5"],
};

/** Files outside the scan root, by every function that reads one. */
const OUTSIDE = ["/etc/passwd", "../../../../etc/passwd", "sub/../../../etc/passwd", "../..", "~/.ssh/id_rsa", "/"];
const READERS = [
  "file",
  "filebase64",
  "fileexists",
  "filemd5",
  "filesha1",
  "filesha256",
  "filesha512",
  "filebase64sha256",
  "filebase64sha512",
];

const outcomeOf = (expression: string): string => {
  const outcome = evaluateText(expression);
  if (!outcome.ok) return `${expression}: ${outcome.message}`;
  return outcome.value instanceof UnknownValue ? `unknown ${outcome.value.type.kind}` : `${expression} is known`;
};

describe("what a scan cannot know", () => {
  it.each(Object.entries(OPEN_BY_DESIGN))("%s is an unknown text", (name, calls) => {
    expect(calls.map((args) => outcomeOf(`${name}(${args})`))).toEqual(calls.map(() => "unknown string"));
  });

  it("is what lies outside the scan root", () => {
    const calls = OUTSIDE.flatMap((path) => READERS.map((name) => `${name}(${JSON.stringify(path)})`));
    const wrong = calls.map(outcomeOf).filter((outcome) => !outcome.startsWith("unknown "));
    expect(wrong).toEqual([]);
    expect(outcomeOf('templatefile("/etc/passwd", {})')).toBe("unknown dynamic");
    expect(outcomeOf('fileset("/etc", "*")')).toBe("unknown set");
    expect(outcomeOf('fileset(".", "../../**")')).toBe("unknown set");
  });

  it("is never asked of the context either", () => {
    const asked: string[] = [];
    const context = {
      ...contextOf(false),
      readFile: (path: string) => {
        asked.push(path);
        return undefined;
      },
      listFiles: (path: string) => {
        asked.push(path);
        return [];
      },
    };
    for (const name of READERS) {
      const fn = findFunction(name);
      for (const path of OUTSIDE) if (fn) callFunction(fn, [path], context);
    }
    expect(asked).toEqual([]);
  });

  it("keeps what is certain: the known parts of a text, and keys merged over an unknown map", () => {
    const text = evaluateText('format("arn:aws:s3:::%s/*", timestamp())');
    expect(text.ok && text.value instanceof UnknownValue && text.value.is.outline).toBe("arn:aws:s3:::\ufffc/*");
    const merged = evaluateText('lookup(merge(jsondecode(timestamp()), { Owner = "us" }), "Owner", "nobody")');
    expect(merged.ok && merged.value).toBe("us");
    expect(outcomeOf('lookup(merge({ Owner = "us" }, jsondecode(timestamp())), "Owner", "nobody")')).toBe(
      "unknown dynamic",
    );
  });
});
