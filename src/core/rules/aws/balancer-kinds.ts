/** Load balancers come in kinds, and most expectations are for some of them only. */
import { notApplicable, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

export const BALANCERS = ["aws_lb", "aws_alb"] as const;

/** A verdict where this kind of balancer is not concerned, or its kind is not known. */
export const unlessKind =
  (...kinds: readonly string[]) =>
  (view: View): Verdict | undefined => {
    if (view.get("load_balancer_type").kind === "unknown") return undecided("load_balancer_type");
    return kinds.includes(view.text("load_balancer_type") ?? "application") ? undefined : notApplicable;
  };
