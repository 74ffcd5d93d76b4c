/** Unified diffs for people: `git apply` takes them too. */
import { createTwoFilesPatch } from "diff";
import type { SourceFile } from "../model/source-range.ts";
import { styleFor } from "./style.ts";

export interface FileChange {
  readonly before: SourceFile;
  readonly after: SourceFile;
}

/** @param prefix of the paths, such as the directory that they lie in. */
export function renderDiff(changes: readonly FileChange[], colour: boolean, prefix = ""): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const style = styleFor(colour);
  const paint = (line: string): string => {
    if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line);
    if (line.startsWith("@@")) return style.cyan(line);
    if (line.startsWith("+")) return style.green(line);
    return line.startsWith("-") ? style.red(line) : line;
  };
  const text = changes.map(({ before, after }) => {
    const path = `${prefix}${after.path}`;
    const patch = createTwoFilesPatch(
      `a/${path}`,
      `b/${path}`,
      decoder.decode(before.bytes),
      decoder.decode(after.bytes),
      "",
      "",
      {
        context: 3,
      },
    );
    return patch.replace(/^=+\n/, "").replace(/\t$/gm, "");
  });
  return text.join("").split("\n").map(paint).join("\n");
}
