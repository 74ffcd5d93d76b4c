/** Alibaba Cloud: passwords and second factors of RAM users. */
import type { Severity } from "../../model/finding.ts";
import { requireBetween } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, example, setting, settingText } from "../shapes.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

const PASSWORDS = "alicloud_ram_account_password_policy";

/** A policy that leaves a setting out has the provider's default; only what is said holds for sure. */
const character = (id: string, checkov: string, at: string, what: string): Rule =>
  setting({
    id,
    aliases: alias(checkov),
    title: `Passwords need no ${what}`,
    severity: "low",
    profile: "strict",
    on: PASSWORDS,
    at,
    wanted: true,
    risk: "in-place",
    like: ["hard_expiry = true"],
    why: "Short and plain passwords are guessed in minutes. More kinds of characters make guessing take longer.",
  });

const passwordNumber = (source: {
  readonly id: string;
  readonly checkov: string;
  readonly at: string;
  readonly title: string;
  readonly least: number;
  readonly most: number;
  readonly wanted: number;
  readonly wrong: number;
  readonly severity?: Severity;
  readonly why: string;
}): Rule => {
  const { id, checkov, at, title, least, most, wanted, wrong, severity = "low", why } = source;
  return rule({
    id,
    aliases: alias(checkov),
    title,
    severity,
    category: "security",
    profile: "strict",
    on: PASSWORDS,
    why,
    remedy: `Set ${at} = ${wanted}.`,
    check: (view) => requireBetween(view, at, least, most),
    fix: { risk: "in-place", edit: () => [set(at, wanted)] },
    bad: [example(PASSWORDS, "hard_expiry = true"), example(PASSWORDS, settingText(at, wrong))],
    good: example(PASSWORDS, settingText(at, wanted)),
  });
};

export const passwordLength = passwordNumber({
  id: "alicloud-password-length",
  checkov: "CKV_ALI_13",
  at: "minimum_password_length",
  title: "Passwords may be shorter than 14 characters",
  least: 14,
  most: Number.MAX_SAFE_INTEGER,
  wanted: 14,
  wrong: 8,
  why: "Short passwords are guessed. Fourteen characters hold for years.",
});

export const passwordNumbers = character("alicloud-password-numbers", "CKV_ALI_14", "require_numbers", "digits");

export const passwordSymbols = character("alicloud-password-symbols", "CKV_ALI_15", "require_symbols", "symbols");

export const passwordAge = passwordNumber({
  id: "alicloud-password-age",
  checkov: "CKV_ALI_16",
  at: "max_password_age",
  title: "Passwords do not expire within 90 days",
  least: 1,
  most: 90,
  wanted: 90,
  wrong: 120,
  why: "A password that leaked works until somebody changes it. After 90 days it is worth nothing.",
});

export const passwordLowercase = character(
  "alicloud-password-lowercase",
  "CKV_ALI_17",
  "require_lowercase_characters",
  "small letters",
);

export const passwordReuse = passwordNumber({
  id: "alicloud-password-reuse",
  checkov: "CKV_ALI_18",
  at: "password_reuse_prevention",
  title: "Old passwords may be used again",
  least: 24,
  most: Number.MAX_SAFE_INTEGER,
  wanted: 24,
  wrong: 5,
  why: "People go back to passwords that have leaked. With 24 of them remembered, they do not.",
});

export const passwordUppercase = character(
  "alicloud-password-uppercase",
  "CKV_ALI_19",
  "require_uppercase_characters",
  "capital letters",
);

export const passwordAttempts = passwordNumber({
  id: "alicloud-password-attempts",
  checkov: "CKV_ALI_23",
  at: "max_login_attempts",
  title: "Passwords may be tried more than five times",
  least: 1,
  most: 5,
  wanted: 5,
  wrong: 10,
  why: "A program tries passwords until one fits. After five wrong ones it has to wait.",
});

export const enforceMfa = setting({
  ...STRICT,
  id: "alicloud-ram-mfa",
  aliases: alias("CKV_ALI_24"),
  title: "Users log in without a second factor",
  severity: "medium",
  on: "alicloud_ram_security_preference",
  at: "enforce_mfa_for_login",
  wanted: true,
  risk: "disruptive",
  why: "A password that leaked is enough to get in. A second factor stops most of such attempts.",
});
