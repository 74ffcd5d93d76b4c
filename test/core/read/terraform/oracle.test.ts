/** Generated configurations, evaluated by Draco and planned by Terraform: everything equal, unknowns and secrets included. */
import { describe, expect, it } from "@jest/globals";
import { generateConfiguration } from "./generate-configuration.ts";
import { compare, missingTerraform, plan } from "./oracle.ts";

const missing = missingTerraform();
if (missing !== undefined) console.warn(`Not compared with terraform plan: ${missing}.`);

(missing === undefined ? describe : describe.skip)("against terraform plan", () => {
  it("220 generated configurations evaluate to what Terraform plans", () => {
    const configurations = Array.from({ length: 220 }, (_, seed) => generateConfiguration(seed + 1));
    const { json, refused } = plan(configurations);
    const accepted = configurations.filter(({ name }) => !refused.has(name));
    expect(accepted.length).toBeGreaterThanOrEqual(200);
    const { differences, compared } = compare(accepted, json);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(2000);
  }, 240_000);
});
