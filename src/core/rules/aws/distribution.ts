/** CloudFront distributions as several services' rules look at them and show them. */
import { block, example } from "./shapes.ts";

export const DISTRIBUTION = "aws_cloudfront_distribution";

export const cache = (policy: string): string =>
  block("default_cache_behavior", 'target_origin_id       = "web"', `viewer_protocol_policy = "${policy}"`);
export const distribution = (...lines: readonly string[]): string =>
  example(DISTRIBUTION, "enabled = true", cache("redirect-to-https"), ...lines);
