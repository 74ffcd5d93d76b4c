import { describe, expect, it } from "@jest/globals";
import { splitImage, substitute } from "../../../../src/core/read/dockerfile/image.ts";
import { readDockerfiles } from "../../../../src/core/read/dockerfile/read.ts";
import { Block } from "../../../../src/core/rules/view.ts";

const encoder = new TextEncoder();
function read(text: string) {
  const reading = readDockerfiles([{ path: "app/Dockerfile", bytes: encoder.encode(text) }]);
  const resource = reading.stacks[0]?.resources[0];
  return { ...reading, resource, block: new Block(resource?.attributes ?? {}, "") };
}

describe("readDockerfiles", () => {
  it("takes stages apart and fills in build arguments", () => {
    const { block, resource } = read(
      "ARG TAG=3.20\nARG REG\nFROM --platform=linux/amd64 alpine:${TAG} AS Build\nRUN make\nFROM ${REG}/x:${V:-2}\nFROM build\n",
    );
    expect(resource?.address).toBe("app/Dockerfile");
    expect(block.text("stages.0.image")).toBe("alpine:3.20");
    expect([block.text("stages.0.name"), block.text("stages.0.tag"), block.text("stages.0.platform")]).toEqual([
      "Build",
      "3.20",
      "linux/amd64",
    ]);
    expect(block.text("stages.1.image")).toBe("${REG}/x:2");
    expect(block.is("stages.1.open")).toBe(true);
    expect(block.text("stages.2.stage")).toBe("build");
  });

  it("joins continued lines, with comments between them, and honours the escape directive", () => {
    const { block } = read("# escape=`\nFROM a:1\nRUN one `\n  # said between\n  && two `\n\n  && three\n");
    expect(block.text("stages.0.instructions.0.arguments")?.replace(/\s+/g, " ")).toBe("one && two && three");
  });

  it("reads here-documents, the exec form, flags, pairs and triggers", () => {
    const { block } = read(
      'FROM a:1\nRUN <<EOF bash\napt-get update\nsudo x\nEOF\nRUN ["a", "-b"]\nCOPY --from=build --chown=1:1 /a /b\nENV A=1 B="two words" C=\'3\'\nENV OLD some value\nARG N 0\nONBUILD ADD . /src\n',
    );
    const at = (index: number) => `stages.0.instructions.${index}`;
    expect(block.strings(`${at(0)}.heredocs`).items).toEqual(["apt-get update\nsudo x"]);
    expect(block.strings(`${at(1)}.json`).items).toEqual(["a", "-b"]);
    expect(block.get(`${at(2)}.flags`)).toMatchObject({ value: { from: "build", chown: "1:1" } });
    expect(block.text(`${at(2)}.arguments`)).toBe("/a /b");
    expect(block.get(`${at(3)}.pairs`)).toMatchObject({ value: { A: "1", B: "two words", C: "3" } });
    expect(block.get(`${at(4)}.pairs`)).toMatchObject({ value: { OLD: "some value" } });
    expect(block.get(`${at(5)}.pairs`)).toMatchObject({ value: { N: "0" } });
    expect([block.text(`${at(6)}.instruction`), block.is(`${at(6)}.onbuild`)]).toEqual(["ADD", true]);
  });

  it("gives exact bytes of instructions behind a byte order mark and other alphabets", () => {
    const text = '\ufeffFROM a:1\r\nLABEL who="Žofie"\r\nUSER root\r\n';
    const { resource } = read(text);
    const origin = resource?.origin;
    if (origin?.kind !== "code") throw new Error("not from code");
    const range = origin.locate("stages.0.instructions.1")?.range;
    expect(new TextDecoder().decode(encoder.encode(text).slice(range?.start, range?.end))).toBe("USER root");
    expect(range?.line).toBe(3);
  });

  it("keeps comments, and says where a file has no FROM", () => {
    expect(read("# draco:ignore docker-no-user\nFROM a:1\n").comments.map((c) => c.text)).toEqual([
      "draco:ignore docker-no-user",
    ]);
    expect(read("RUN x\n").diagnostics[0]?.summary).toMatch(/no FROM/);
  });
});

describe("image names", () => {
  it.each([
    ["localhost:5000/a/b", { base: "localhost:5000/a/b" }],
    ["localhost:5000/a/b:1", { base: "localhost:5000/a/b", tag: "1" }],
    ["a@sha256:ff", { base: "a", digest: "sha256:ff" }],
    ["a:${T:-x}", { base: "a", tag: "${T:-x}" }],
  ])("takes %s apart", (image, parts) => {
    expect(splitImage(image)).toEqual({ image, ...parts });
  });

  it.each([
    ["$A-${B}", "1-${B}"],
    ["${A:-x}${B:-x}${E:-x}${E-x}", "1xx"],
    ["${A:+y}${B:+y}", "y"],
  ])("substitutes %s", (text, expected) => {
    expect(substitute(text, { A: "1", E: "" })).toBe(expected);
  });
});
