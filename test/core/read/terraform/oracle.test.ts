/** Generated configurations, evaluated by Draco and planned by Terraform: everything equal, unknowns and secrets included. */
import { describe, expect, it } from "@jest/globals";
import { generateConfiguration } from "./generate-configuration.ts";
import { compare, missingTerraform, plan } from "./oracle.ts";

const missing = missingTerraform();
if (missing !== undefined) console.warn(`Not compared with terraform plan: ${missing}.`);

(missing === undefined ? describe : describe.skip)("against terraform plan", () => {
  // Terraform's own time grows faster than the number of modules, so they come in batches.
  it.each(Array.from({ length: 11 }, (_, batch) => batch * 20 + 1))(
    "20 generated configurations from seed %i evaluate to what it plans",
    (from) => {
      const configurations = Array.from({ length: 20 }, (_, i) => generateConfiguration(from + i));
      const { json, refused } = plan(configurations);
      expect([...refused.keys()]).toEqual([]);
      const { differences, compared } = compare(configurations, json);
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(200);
    },
    120_000,
  );
});
