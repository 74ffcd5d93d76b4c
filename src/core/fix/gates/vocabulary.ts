/** What names and values of Terraform attributes promise: which way is the safe one. Coarse, and in doubt it is unsafe. */

/** True opens something up. */
const OPENING =
  /public|anonymous|insecure|privileg|allow|unrestricted|wildcard|legacy|plaintext|(^|_)(open|skip|bypass|disable|disabled|suspend|without|no|not|unencrypted|unsafe|overwrite)(_|$)|basic_auth|admin_(user_)?enabled|shared_(access_)?key|local_(auth|account|user|disk)|ftp|serial_port|ip_forward|host_(network|pid|ipc)|root_access|force_(destroy|delete|detach)|can_ip|external|internet|ssh|debug|publish|client_certificate_disabled|ephemeral|deletion_window|delete_(automated|os|data)|associate_/i;

/** Names that hold an opening word and are a guard none the less. */
const GUARDING =
  /^(block|ignore|restrict|deny|disallow|prevent|require|enforce|reject|drop|do_not|disable)_?(.*_)?(public|anonymous|insecure|open|legacy|http|external|internet|ssh|api_termination|api_stop|local_auth|local_account|local_users|password|shared|basic|ftp|serial|execute|project|invalid|untrusted|without)|(only|required|logging|protection|encryption|encrypted|restricted|(?<!not_)blocked)(_enabled)?$|copy_tags|block_project_ssh_keys|enable_oslogin/i;

export const opensWhenTrue = (name: string): boolean => OPENING.test(name) && !GUARDING.test(name);

/** Who or what is let in: sets of these may only shrink. */
export const GRANTS =
  /cidr|address_prefix|source_(ranges?|tags|addresses|service|ip|prefix|security)|destination_(ranges?|address|port)|ip_(rules?|range|address|addresses|ranges|subnet)|ips$|authorized|prefix_list|security_groups?(_ids?)?$|principals?(_arns)?$|^members?$|^identifiers$|^actions$|^not_actions$|^resources$|^scopes?$|^roles?$|^role_definition|trusted|whitelist|allow_?list|^allowed_|^allow_(origins|methods|headers)|cors|grantee|^permissions?$|_permissions$|managed_policy_arns|^policy_arns?$|user_ids$|^users$|^groups$|^uri$|account_ids?$|shared_accounts|group_names|^subnet/i;

/** Absent or empty, they let everyone in. */
export const OPEN_WHEN_EMPTY = /source_(ranges|tags)|authorized|ip_rules|allowed|whitelist|allow_?list|ip_address/i;

/** Blocks that each let something through. */
export const GRANTING_BLOCK =
  /^(ingress|egress|security_rule|allow|access|grant|authorized_networks|cidr_blocks|inbound|inbound_rule|outbound_rule|rule|ip_rule|ip_rules|statement|principals?|cors_rule|cors|permission|ip_restriction|scm_ip_restriction|binding|acl|access_policy|access_control_policy|public_access)$/;

export const PORTS = /(^|_)ports?(_|$)/i;
/** Numbers that guard the better the larger they are. */
export const MORE_IS_SAFER =
  /retention|backup|retain|(^|_)(days|min|minimum|length|history|iterations|reuse|size_in_bits|key_size|key_length|recovery|replica|capacity|count)(_|$)|days$|modulus|purge/i;

/** Attributes whose text chooses a way of protection; other texts name, run or place something. */
export const CHOICES =
  /tls|ssl|encrypt|sse|crypt|algorithm|kms|log|mode|status|state|sku_tier|access|auth|policy$|acl$|tokens?$|visib|security|mutab|protocol|enforc|level|action|ownership|validation|protection|version_?(min|max)?$|minimum|type$|ciphers?|effect|direction|integrity|inspection|scan|audit|tracing|insights|monitoring|enabled|key_spec|customer_master|viewer|origin|resource_type|network|channel|admin|isolat|backup|days|interval|profile|redundan|redirect|flag|value|name$/i;

/** Texts that switch a guard off. */
export const OFF =
  /^(none|off|disabled?|optional|permissive|suspended|inactive|passthrough|pass_through|unencrypted|false|no|0|never|minimal|plaintext|tls_plaintext)$/i;
/** Texts that let everybody in. */
export const EVERYONE =
  /^(\*|any|public|internet|external|everyone|anonymous|unrestricted|internet-facing|blob|container|public-.*|authenticated-read|allow|allow_?all.*|allusers|allauthenticatedusers|all-traffic|http|allow_http|http-only)$/i;
