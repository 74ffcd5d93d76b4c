import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isPair, isScalar, type Node, parseAllDocuments, type YAMLMap, type YAMLSeq } from "yaml";
import { readPlainYaml } from "../../../../src/core/read/yaml/plain.ts";

const MANIFEST = `# owner: team-a
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "web"   # quoted
  labels: {app: web, tier: 'front', "n": 1}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.25
        args: ["--port=80", -v]
        command:
          - sh
          - |
            set -e

            exec nginx
          # the last word
      volumes:
        - - nested
          - deeper: ~
        - emptyDir: {}
# between
---
# a template
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      Name: !Sub "\${AWS::StackName}-logs"
      Arn: !GetAtt Topic.Arn
      Tags: !If
        - IsProd
        - [{Key: a, Value: !Ref B}]
        - !Ref AWS::NoValue
      Size: 0x10
      Ratio: -1.5e3
      Path: http://a/b#c
      Empty:
      Text: |-
        it's
      Last: true
      # indented
    # less
`;

/** What a reader sees of a node: kinds, values, spellings, and ranges without the space behind. */
function seen(node: Node | null | undefined, text: string): unknown {
  if (!node?.range) return node ?? null;
  const [start] = node.range;
  let end = node.range[1];
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  if (isScalar(node)) return ["scalar", node.value, node.type, node.tag, node.source, start, end];
  const { items, flow, tag } = node as YAMLMap | YAMLSeq;
  const inside = items.map((item) =>
    isPair(item) ? [seen(item.key as Node, text), seen(item.value as Node, text)] : seen(item as Node, text),
  );
  return [node.constructor.name, flow, tag, start, end, inside];
}

function byLibrary(text: string): { readonly errors: number; readonly roots: unknown } {
  const options = { prettyErrors: false, uniqueKeys: false, strict: false, logLevel: "silent" } as const;
  const parsed = parseAllDocuments(text, options);
  const documents = "empty" in parsed ? [] : parsed;
  return {
    errors: documents.flatMap((document) => document.errors).length,
    roots: documents.map((document) => seen(document.contents, text)),
  };
}

const expectTheSame = (text: string, plain: readonly Node[]): void =>
  expect({ errors: 0, roots: plain.map((root) => seen(root, text)) }).toEqual(byLibrary(text));

describe("readPlainYaml", () => {
  it("reads manifests and templates as the library does, to the byte", () => {
    const plain = readPlainYaml(MANIFEST);
    expect(plain).toHaveLength(2);
    expectTheSame(MANIFEST, plain ?? []);
  });

  it("reads JSON as the library does", () => {
    const text = JSON.stringify(
      { a: [1, true, null, "x\n\u00e9"], b: { "c d": [], e: {} }, "f:g": -0.5 },
      undefined,
      2,
    );
    const plain = readPlainYaml(text);
    expect(plain).toHaveLength(1);
    expectTheSame(text, plain ?? []);
  });

  it.each([
    ["anchors", "a: &x 1\nb: *x\n"],
    ["text over several lines", "a: one\n  two\n"],
    ["folded text", "a: >\n  one\n"],
    ["tabs", "a:\t1\n"],
    ["explicit keys", "? a\n: b\n"],
    ["directives", "%YAML 1.1\n---\na: 1\n"],
    ["a mistake", "a: [1, 2\nb: 3\n"],
    ["a key inside of a value", "a: b: c\n"],
    ["nothing", "# only a comment\n"],
  ])("leaves %s to the library", (_what, text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it("never differs from the library on what it does not refuse", () => {
    const lines = MANIFEST.split("\n");
    const piece = fc.oneof(
      fc.constantFrom(...lines),
      fc.constantFrom("", "- ", "# c", "a: 1", "- x", "|", "---", "a:", "b: [1,", "]", "!Ref a", "'q'", "k: |", "é: ü"),
    );
    const line = fc
      .tuple(fc.nat(8), piece)
      .map(([indent, text]) => (indent > 6 ? text : " ".repeat(indent) + text.trim()));
    const document = fc.array(line, { minLength: 1, maxLength: 9 }).map((all) => `${all.join("\n")}\n`);
    const damaged = fc
      .tuple(
        fc.nat(lines.length),
        fc.nat(12),
        fc.nat(400),
        fc.constantFrom("", " ", "  ", "\n", "#", " #", ":", "- ", "[", '"', "~"),
      )
      .map(([from, count, at, text]) => {
        const part = lines.slice(from, from + count).join("\n");
        return part.slice(0, at) + text + part.slice(at + 1);
      });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(document, damaged), (text) => {
        const plain = readPlainYaml(text);
        if (!plain) return;
        read++;
        expectTheSame(text, plain);
      }),
      { numRuns: 6000, seed: 11 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
