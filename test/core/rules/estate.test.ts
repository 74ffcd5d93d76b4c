import { describe, expect, it } from "@jest/globals";
import { Unknown, unknown } from "../../../src/core/model/value.ts";
import { Estate, withoutKeys } from "../../../src/core/rules/estate.ts";
import { resource } from "../../support/resources.ts";

const ACL = "aws_s3_bucket_acl";
const acl = (name: string, to: string) =>
  resource({ address: `${ACL}.${name}`, references: [{ path: "bucket", to, attribute: "id" }] });

/** Addresses of the ACLs joined to a bucket. */
const joined = (estate: Estate, address: string) =>
  estate
    .get(address)
    ?.joined(ACL, "bucket")
    .map((v) => v.address);

describe("Estate", () => {
  it("joins per instance: each key with its own", () => {
    const estate = new Estate([
      resource({ address: 'aws_s3_bucket.b["a"]' }),
      resource({ address: 'aws_s3_bucket.b["x.y]z"]' }),
      acl('one["a"]', 'aws_s3_bucket.b["a"]'),
      acl('one["x.y]z"]', 'aws_s3_bucket.b["x.y]z"]'),
    ]);
    expect(joined(estate, 'aws_s3_bucket.b["a"]')).toEqual([`${ACL}.one["a"]`]);
    expect(joined(estate, 'aws_s3_bucket.b["x.y]z"]')).toEqual([`${ACL}.one["x.y]z"]`]);
  });

  it("takes a reference without a key, or with a splat, as one to every instance", () => {
    const buckets = [resource({ address: "aws_s3_bucket.b[0]" }), resource({ address: "aws_s3_bucket.b[1]" })];
    for (const to of ["aws_s3_bucket.b", "aws_s3_bucket.b[*]"]) {
      const estate = new Estate([...buckets, acl("all", to)]);
      expect(joined(estate, "aws_s3_bucket.b[0]")).toEqual([`${ACL}.all`]);
      expect(joined(estate, "aws_s3_bucket.b[1]")).toEqual([`${ACL}.all`]);
    }
  });

  it("takes [0] as the one possible instance where the count is not known", () => {
    const estate = new Estate([
      resource({ address: "aws_s3_bucket.b", possible: true }),
      acl("one", "aws_s3_bucket.b[0]"),
    ]);
    expect(joined(estate, "aws_s3_bucket.b")).toEqual([`${ACL}.one`]);
  });

  it("does not join instances of other modules, or other keys", () => {
    const estate = new Estate([
      resource({ address: 'module.m["a"].aws_s3_bucket.b' }),
      resource({ address: 'module.m["z"].aws_s3_bucket.b' }),
      acl("one", 'module.m["a"].aws_s3_bucket.b'),
      acl("two", 'module.m["q"].aws_s3_bucket.b'),
    ]);
    expect(joined(estate, 'module.m["a"].aws_s3_bucket.b')).toEqual([`${ACL}.one`]);
    expect(joined(estate, 'module.m["z"].aws_s3_bucket.b')).toEqual([]);
  });

  it("joins by a literal name that is the same, in either direction", () => {
    const estate = new Estate([
      resource({ address: "aws_s3_bucket.b", attributes: { bucket: "logs" } }),
      resource({ address: `${ACL}.one`, attributes: { bucket: "logs" } }),
      resource({ address: `${ACL}.two`, attributes: { bucket: "other" } }),
    ]);
    expect(joined(estate, "aws_s3_bucket.b")).toEqual([`${ACL}.one`]);
    const back = estate.get(`${ACL}.one`)?.joined("aws_s3_bucket", "bucket");
    expect(back?.map((v) => v.address)).toEqual(["aws_s3_bucket.b"]);
  });

  it("does not join by name what says by reference which one it means", () => {
    const bucket = (name: string) => resource({ address: `aws_s3_bucket.${name}`, attributes: { bucket: "example" } });
    const estate = new Estate([
      bucket("a"),
      bucket("b"),
      resource({
        address: `${ACL}.one`,
        attributes: { bucket: "example" },
        references: [{ path: "bucket", to: "aws_s3_bucket.b", attribute: "bucket" }],
      }),
    ]);
    expect(joined(estate, "aws_s3_bucket.a")).toEqual([]);
    expect(joined(estate, "aws_s3_bucket.b")).toEqual([`${ACL}.one`]);
  });

  it("limits a join to the attribute that holds the link", () => {
    const estate = new Estate([
      resource({ address: "aws_s3_bucket.b" }),
      resource({
        address: `${ACL}.one`,
        references: [{ path: "target_bucket", to: "aws_s3_bucket.b", attribute: "id" }],
      }),
    ]);
    expect(joined(estate, "aws_s3_bucket.b")).toEqual([]);
    expect(estate.get("aws_s3_bucket.b")?.joined(ACL)).toHaveLength(1);
  });

  it("may join what points nowhere known, and not what is known to point elsewhere", () => {
    const bucket = resource({ address: "aws_s3_bucket.b" });
    const floating = resource({ address: `${ACL}.one`, attributes: { bucket: unknown } });
    const elsewhere = resource({
      address: `${ACL}.two`,
      attributes: { bucket: new Unknown("", ["aws_s3_bucket.c.id"]) },
    });
    const may = (...others: ReturnType<typeof resource>[]) =>
      new Estate([bucket, ...others]).get("aws_s3_bucket.b")?.mayJoin(ACL, "bucket");
    expect(may(floating)).toBe(true);
    expect(may(elsewhere)).toBe(false);
  });

  it("joins ten thousand pairs in well under a second", () => {
    const count = 10_000;
    const resources = Array.from({ length: count }, (_, i) => [
      resource({ address: `aws_s3_bucket.b${i}`, attributes: { bucket: `name-${i}` } }),
      resource({ address: `${ACL}.a${i}`, attributes: { bucket: `name-${i}` } }),
    ]).flat();
    const started = performance.now();
    const estate = new Estate(resources);
    const links = estate.ofType("aws_s3_bucket").filter((view) => view.joined(ACL, "bucket").length === 1);
    expect(links).toHaveLength(count);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("withoutKeys", () => {
  it("drops instance keys, whatever they hold", () => {
    expect(withoutKeys('module.a["x]"].b.c[0]')).toBe("module.a.b.c");
    expect(withoutKeys('a.b["q\\"]r"]')).toBe("a.b");
  });
});
