/** ACM certificates. */
import { requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, undecided, type Verdict } from "../verdict.ts";
import { alias, block, createdFirst, example, setAt } from "./shapes.ts";

const CERTIFICATE = "aws_acm_certificate";
const DOCS = "https://docs.aws.amazon.com/acm/latest/userguide/";
const certificate = (domain: string, ...lines: readonly string[]): string =>
  example(CERTIFICATE, `domain_name       = "${domain}"`, 'validation_method = "DNS"', ...lines);

const PREFERENCE = "options.certificate_transparency_logging_preference";

export const transparency = rule({
  id: "aws-acm-transparency-log",
  aliases: alias("CKV_AWS_234"),
  title: "Certificate is kept out of the transparency logs",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CERTIFICATE,
  why: "Browsers refuse certificates that no public log holds. The logs also show when somebody else gets a certificate for your name.",
  remedy: 'Leave certificate_transparency_logging_preference at "ENABLED".',
  references: [`${DOCS}acm-bestpractices.html#best-practices-transparency`],
  check: (view) =>
    requireThat(view, PREFERENCE, (v) => v === "ENABLED", { absent: "pass", message: "No public log will hold it" }),
  fix: { risk: "replaces", edit: (view) => setAt(view, PREFERENCE, "ENABLED") },
  bad: certificate("www.example.com", block("options", 'certificate_transparency_logging_preference = "DISABLED"')),
  good: certificate("www.example.com"),
});

export const wildcard = rule({
  id: "aws-acm-wildcard",
  aliases: alias("CKV2_AWS_71"),
  title: "Certificate is for every name of a domain",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CERTIFICATE,
  why: "Whoever gets the key can stand in for every host of the domain. A certificate for one name limits the loss to that name.",
  remedy: "Name each host in domain_name and subject_alternative_names.",
  references: [`${DOCS}acm-certificate-characteristics.html`],
  check(view) {
    const name = requireThat(view, "domain_name", (v) => !String(v).includes("*"), {
      absent: "pass",
      message: "The certificate holds a wildcard",
    });
    const others = view.strings("subject_alternative_names");
    const also: Verdict = others.items.some((other) => other.includes("*"))
      ? fail("subject_alternative_names", "The certificate holds a wildcard")
      : others.complete
        ? pass("subject_alternative_names")
        : undecided("subject_alternative_names");
    return allOf([name, also]);
  },
  bad: [certificate("*.example.com"), certificate("example.com", 'subject_alternative_names = ["*.example.com"]')],
  good: certificate("example.com", 'subject_alternative_names = ["www.example.com"]'),
});

export const order = rule({
  id: "aws-acm-replacement-order",
  aliases: alias("CKV_AWS_233"),
  title: "Certificate is destroyed before its successor exists",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CERTIFICATE,
  why: "AWS refuses to delete a certificate that is in use, so that the change fails halfway. Made first, the new one takes over.",
  remedy: "Add lifecycle { create_before_destroy = true }.",
  references: ["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle"],
  check: createdFirst,
  fix: { risk: "in-place", edit: () => [set("lifecycle.0.create_before_destroy", true)] },
  bad: certificate("www.example.com"),
  good: certificate("www.example.com", block("lifecycle", "create_before_destroy = true")),
});
