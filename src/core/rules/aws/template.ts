/** CloudFormation writes into one resource what Terraform splits into several. */
import type { View } from "../view.ts";

export const isFromTemplate = ({ resource }: View): boolean =>
  resource.origin.kind === "code" && resource.origin.format === "cloudformation";
