import { describe, expect, it } from "@jest/globals";
import { functions } from "../../../../../src/core/read/terraform/functions/index.ts";
import { type Answer, families, readFamily } from "./cases.ts";
import { answerTo } from "./evaluate.ts";
import { askTerraform, hasTerraform } from "./oracle.ts";

/** What is compared: the value with its type, and of errors only that they are one (see the messages' own test). */
const comparable = ({ kind, text, json }: Answer): string => (kind === "error" ? "error" : `${text} ${json}`);

describe.each(families())("functions: %s", (family) => {
  const cases = readFamily(family);

  it("answers every expression as terraform was recorded to answer it", () => {
    const ours = cases.map(({ expression }) => `${expression} → ${comparable(answerTo(expression))}`);
    const recorded = cases.map(
      ({ expression, answer }) => `${expression} → ${answer ? comparable(answer) : "not recorded"}`,
    );
    expect(ours).toEqual(recorded);
  });

  const onlyWithTerraform = hasTerraform() ? it : it.skip;
  onlyWithTerraform("answers as the terraform on the PATH does", async () => {
    const theirs = await askTerraform(cases.map(({ expression }) => expression));
    const recorded = cases.map(
      ({ expression, answer }) => `${expression} → ${answer ? comparable(answer) : "not recorded"}`,
    );
    expect(
      cases.map(
        ({ expression }, index) =>
          `${expression} → ${comparable(theirs[index] ?? { kind: "error", text: "", json: "" })}`,
      ),
    ).toEqual(recorded);
  });
});

describe("the cases", () => {
  it("ask every function at least ten times", () => {
    const expressions = families().flatMap((family) => readFamily(family).map(({ expression }) => expression));
    const timesAsked = (name: string): number =>
      expressions.filter((expression) => new RegExp(`\\b${name}\\(`).test(expression)).length;
    const rarely = [...functions.keys(), "try", "can"].filter((name) => timesAsked(name) < 10);
    // What these give depends on the machine, the clock or a compressor: see open.test.ts.
    expect(rarely.sort()).toEqual(["abspath", "base64gzip", "pathexpand", "plantimestamp"]);
  });

  /** Told by the evaluator, or by the YAML library, in its own words. */
  const OWN_WORDS = /^(?:try|templatefile|templatestring)\(|^yamldecode\(".*[[\t"@:]/;

  it("name the error as terraform does, in similar words", () => {
    const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const unlike = families().flatMap((family) =>
      readFamily(family).flatMap(({ expression, answer }) => {
        if (answer?.kind !== "error" || OWN_WORDS.test(expression)) return [];
        const theirs = new Set(wordsOf(answer.text));
        const ours = wordsOf(answerTo(expression).text.replace(/^.*?failed: /, ""));
        const shared = ours.filter((word) => theirs.has(word)).length;
        return shared * 2 < ours.length && !answer.text.includes("panic in function")
          ? [`${expression}: ${ours.join(" ")}`]
          : [];
      }),
    );
    expect(unlike).toEqual([]);
  });
});
