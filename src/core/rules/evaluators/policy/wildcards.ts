/** IAM's wildcards: * and ?, without regard to case for actions. */
import { HOLE } from "../texts.ts";

/**
 * Whether everything that `narrow` can stand for is also matched by `wide`. A wildcard inside `narrow` is covered only
 * by a wildcard, so covers("s3:Get*", "s3:*") is false and covers("s3:*", "s3:Get*") is true.
 */
export function covers(wide: string, narrow: string): boolean {
  if (wide === "*" || wide.toLowerCase() === narrow.toLowerCase()) return true;
  return expression(wide).test(narrow);
}

/** Whether some text is matched by both patterns: "s3:*Object" and "s3:Get*" overlap. */
export function overlaps(a: string, b: string): boolean {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  const seen = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    const key = i * (right.length + 1) + j;
    if (seen.has(key)) return false;
    seen.add(key);
    if (i === left.length && j === right.length) return true;
    if (left[i] === "*" && (meet(i + 1, j) || (j < right.length && meet(i, j + 1)))) return true;
    if (right[j] === "*" && (meet(i, j + 1) || (i < left.length && meet(i + 1, j)))) return true;
    if (i >= left.length || j >= right.length || left[i] === "*" || right[j] === "*") return false;
    return (left[i] === right[j] || left[i] === "?" || right[j] === "?") && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}

/** Whether a text is made of wildcards only, so that it says nothing: "*", "**", "?*". */
export const isOpen = (text: string): boolean => /^[*?]*\*[*?]*$/.test(text);

const known = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const cached = known.get(pattern);
  if (cached) return cached;
  const source = [...pattern]
    .map((c) =>
      c === "*" ? ".*" : c === "?" ? "[^*]" : c === HOLE ? "[^\\s\\S]" : c.replace(/[\\^$.+()[\]{}|]/g, "\\$&"),
    )
    .join("");
  const made = new RegExp(`^${source}$`, "is");
  if (known.size < 5_000) known.set(pattern, made);
  return made;
}
