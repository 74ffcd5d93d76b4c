import { type Field, type Fields, keyed, type Mappings, words } from "../shape.ts";

const attributes: Field = keyed({
  "access_logs.s3.enabled": "access_logs.enabled",
  "access_logs.s3.bucket": "access_logs.bucket",
  "deletion_protection.enabled": "enable_deletion_protection",
  "load_balancing.cross_zone.enabled": "enable_cross_zone_load_balancing",
  "routing.http.drop_invalid_header_fields.enabled": "drop_invalid_header_fields",
  "routing.http.desync_mitigation_mode": "desync_mitigation_mode",
});

const actions: Field = {
  to: "default_action",
  fields: { RedirectConfig: { to: "redirect", fields: {} }, FixedResponseConfig: { to: "fixed_response", fields: {} } },
};

const healthCheck: Fields = {
  HealthCheckEnabled: "health_check.enabled",
  HealthCheckIntervalSeconds: "health_check.interval",
  HealthCheckPath: "health_check.path",
  HealthCheckPort: "health_check.port",
  HealthCheckProtocol: "health_check.protocol",
  HealthCheckTimeoutSeconds: "health_check.timeout",
};

export const loadBalancing: Mappings = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": {
    type: "aws_lb",
    fields: {
      Type: "load_balancer_type",
      Scheme: words("internal", { internal: true, "internet-facing": false }),
      LoadBalancerAttributes: attributes,
    },
  },
  "AWS::ElasticLoadBalancingV2::Listener": {
    type: "aws_lb_listener",
    fields: {
      DefaultActions: actions,
      Certificates: { up: { CertificateArn: "certificate_arn" } },
      AlpnPolicy: "alpn_policy",
    },
  },
  "AWS::ElasticLoadBalancingV2::TargetGroup": {
    type: "aws_lb_target_group",
    fields: healthCheck,
  },
  "AWS::ElasticLoadBalancing::LoadBalancer": {
    type: "aws_elb",
    fields: {
      LoadBalancerName: "name",
      CrossZone: "cross_zone_load_balancing",
      AccessLoggingPolicy: { to: "access_logs", fields: { S3BucketName: "bucket", EmitInterval: "interval" } },
      Listeners: {
        to: "listener",
        fields: { LoadBalancerPort: "lb_port", Protocol: "lb_protocol", SSLCertificateId: "ssl_certificate_id" },
      },
    },
  },
};
