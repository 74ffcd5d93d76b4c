/** Controls of compliance frameworks that a rule helps to meet, written down briefly. */
import type { Compliance } from "./rule.ts";

const FRAMEWORKS = {
  cisAws: "CIS AWS Foundations 3.0",
  cisKubernetes: "CIS Kubernetes 1.9",
  nist: "NIST 800-53",
  pci: "PCI DSS 4",
  soc2: "SOC 2",
} as const satisfies { readonly [name: string]: Compliance["framework"] };

type Framework = keyof typeof FRAMEWORKS;

/** controls({ nist: ["SC-28"], soc2: ["CC6.1"] }); NIST controls are those of revision 5. */
export const controls = (named: { readonly [framework in Framework]?: readonly string[] }): readonly Compliance[] =>
  (Object.keys(FRAMEWORKS) as readonly Framework[]).flatMap((name) =>
    (named[name] ?? []).map((control) => ({ framework: FRAMEWORKS[name], control })),
  );
