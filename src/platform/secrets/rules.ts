/** What a secret of one kind looks like. */
export interface SecretRule {
  /** Stands in the text instead of the secret: `[redacted:<id>]`. */
  readonly id: string;
  /** One of these begins every match, in any case if the pattern ignores case; three characters or more. */
  readonly literals: readonly string[];
  /** Sticky; matches from the literal on. With a group `secret`, only that group is taken out. */
  readonly pattern: RegExp;
  /** A match, its literal included, is not longer. */
  readonly maxBytes: number;
  /** A match consists of nothing else: whoever sees another byte need not wait for more. */
  readonly alphabet: Alphabet;
}

export type Alphabet = "word" | "line" | "armor" | "any";

/**
 * Tokens that say by their beginning what they are. Prefixes, lengths and alphabets are facts published by the issuers and
 * collected by gitleaks (github.com/gitleaks/gitleaks, config/gitleaks.toml); the expressions are ours.
 */
const tokens: readonly SecretRule[] = [
  token("anthropic-key", ["sk-ant-"], "sk-ant-[a-z0-9]{2,12}-[\\w-]{20,200}"),
  token("openai-key", ["sk-proj-", "sk-svcacct-", "sk-admin-"], "sk-(?:proj|svcacct|admin)-[\\w-]{20,200}"),
  token("openai-key", ["sk-"], "sk-(?:or-v1-)?(?=[A-Za-z]*\\d)[A-Za-z0-9]{20,100}"),
  token("github-token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "gh[pousr]_[A-Za-z0-9]{36,255}"),
  token("github-token", ["github_pat_"], "github_pat_\\w{22,255}"),
  token("gitlab-token", ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"], "gl(?:pat|dt|rt|ptt|cbt)-[\\w.-]{20,200}"),
  token("gitlab-token", ["glft-", "glsoat-", "glimt-", "glagent-"], "gl(?:ft|soat|imt|agent)-[\\w.-]{20,200}"),
  token("aws-access-key-id", ["AKIA", "ASIA", "ABIA", "ACCA"], "A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
  token("google-api-key", ["AIza"], "AIza[\\w-]{35}(?![\\w-])"),
  token("google-oauth", ["GOCSPX-", "ya29."], "(?:GOCSPX-[\\w-]{28}|ya29\\.[\\w-]{20,250})"),
  token(
    "slack-token",
    ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe"],
    "xox[bparse](?:\\.xox[bp])?-[\\w-]{10,250}",
  ),
  token("slack-token", ["xapp-"], "xapp-\\d-[\\w-]{20,250}"),
  token("slack-webhook", ["hooks.slack.com/"], "hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/-]{20,120}"),
  token("stripe-key", ["sk_live_", "sk_test_", "rk_live_", "rk_test_"], "[sr]k_(?:live|test)_[A-Za-z0-9]{10,250}"),
  token("stripe-key", ["whsec_"], "whsec_[A-Za-z0-9+/=]{24,100}"),
  token("npm-token", ["npm_"], "npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
  token("pypi-token", ["pypi-AgEIcHlwaS5vcmc"], "pypi-AgEIcHlwaS5vcmc[\\w-]{50,400}", 450),
  token("rubygems-token", ["rubygems_"], "rubygems_[a-f0-9]{48}"),
  token("docker-token", ["dckr_pat_", "dckr_oat_"], "dckr_[po]at_[\\w-]{20,100}"),
  token("hugging-face-token", ["hf_"], "hf_[A-Za-z]{34}(?![A-Za-z])"),
  token("groq-key", ["gsk_"], "gsk_[A-Za-z0-9]{40,80}"),
  token("xai-key", ["xai-"], "xai-[A-Za-z0-9]{60,120}"),
  token("perplexity-key", ["pplx-"], "pplx-[A-Za-z0-9]{40,80}"),
  token("replicate-token", ["r8_"], "r8_[A-Za-z0-9]{37}(?![A-Za-z0-9])"),
  token("sendgrid-key", ["SG."], "SG\\.[\\w-]{16,32}\\.[\\w-]{32,64}"),
  token("digitalocean-token", ["dop_v1_", "doo_v1_", "dor_v1_"], "do[opr]_v1_[a-f0-9]{64}"),
  token("linear-key", ["lin_api_", "lin_oauth_"], "lin_(?:api|oauth)_[A-Za-z0-9]{32,80}"),
  token("notion-key", ["ntn_"], "ntn_[A-Za-z0-9]{40,60}"),
  token("atlassian-token", ["ATATT3"], "ATATT3[\\w=-]{100,250}"),
  token("shopify-token", ["shpat_", "shpca_", "shppa_", "shpss_"], "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
  token("grafana-token", ["glc_", "glsa_"], "gl(?:c|sa)_[A-Za-z0-9+/=_]{32,400}", 410),
  token("sentry-token", ["sntrys_", "sntryu_"], "sntry[su]_[A-Za-z0-9+/=_]{40,400}", 410),
  token("vault-token", ["hvs.", "hvb."], "hv[sb]\\.[\\w-]{24,250}"),
  token("age-key", ["AGE-SECRET-KEY-1"], "AGE-SECRET-KEY-1[0-9A-Z]{58}"),
  token("databricks-token", ["dapi"], "dapi[a-f0-9]{32}(?:-\\d)?(?![a-f0-9])"),
  token("tailscale-key", ["tskey-"], "tskey-[a-z]+-[A-Za-z0-9-]{16,100}"),
  token("json-web-token", ["eyJ"], "eyJ[\\w-]{10,400}\\.eyJ[\\w-]{10,3000}\\.[\\w-]{10,700}", 4_200),
  // The number before the colon is the bot's name to everybody; what follows is its key.
  {
    ...token("telegram-bot-token", [":AA"], ""),
    pattern: /(?<=(?<!\w)(?:bot)?\d{6,12}):(?<secret>AA[\w-]{33})(?![\w-])/dy,
  },
];

const privateKey: SecretRule = {
  id: "private-key",
  literals: ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "]
    .map((kind) => `-----BEGIN ${kind}PRIVATE KEY-----`)
    .concat("-----BEGIN PGP PRIVATE KEY BLOCK-----"),
  // To its end, or, where that was cut off, as far as it looks like one. `\n` may be written as two characters.
  pattern:
    /-----BEGIN [A-Z ]{0,12}PRIVATE KEY(?: BLOCK)?-----(?:[^-]{16,12000}-----END [A-Z ]{0,12}PRIVATE KEY(?: BLOCK)?-----|(?:(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{16,100}){2,200})/y,
  maxBytes: 12_100,
  alphabet: "armor",
};

/** Something that is called a password, next to something that looks like one. Names, code and numbers do not. */
const assignments: readonly SecretRule[] = [
  {
    id: "password-in-url",
    literals: ["://"],
    pattern: /:\/\/[^\s/:@]{0,100}:(?<secret>[^\s/:@${}<>*]{3,300})@[\w.[-]/dy,
    maxBytes: 500,
    alphabet: "word",
  },
  {
    // A server's token in the place of a name. Names of people are shorter, or have no digits.
    id: "token-in-url",
    literals: ["://"],
    pattern: /:\/\/(?=[^\s/:@]*\d)(?<secret>[\w.~%+-]{20,300})@[\w[]/dy,
    maxBytes: 500,
    alphabet: "word",
  },
  {
    id: "authorization-header",
    literals: ["authorization"],
    pattern: /authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:basic|bearer|token)\s{1,4}(?<secret>[\w.~+/=-]{8,4000})/diy,
    maxBytes: 4_100,
    alphabet: "line",
  },
  {
    id: "bearer-token",
    literals: ["bearer "],
    pattern: /bearer (?=[\w.~+/=-]*\d)(?<secret>[\w.~+/=-]{20,4000})/diy,
    maxBytes: 4_100,
    alphabet: "line",
  },
  {
    id: "assigned-secret",
    literals: ["password", "passwd", "passphrase", "secret", "token", "api_key", "apikey", "api-key", "access_key"],
    pattern: new RegExp(
      [
        // Quotes may be escaped: engines report what they saw as JSON.
        "[\\w.-]{5,40}\\\\?[\"']?\\s{0,4}(?:=>|:=|[:=])\\s{0,4}",
        "(?:",
        // In quotes: long enough, with letters and digits, and no mere example.
        "(?<quote>\\\\?[\"'])(?!test|example|sample|your|dummy|fake|mock|placeholder)",
        "(?=[^\"']*[a-z])(?=(?:[^\"'\\d]*\\d){2})(?<secret>[^\"'\\s\\\\$<>{}()]{12,200})\\k<quote>",
        // Without quotes it could be a name or a call: only what has many digits.
        "|(?=[\\d+/=_-]*[a-z])(?=(?:[a-z+/=_-]*\\d){4})(?<bare>[\\w+/=-]{16,200})(?![\\w(.\\[+/=-])",
        ")",
      ].join(""),
      "diy",
    ),
    maxBytes: 300,
    alphabet: "line",
  },
];

export const commonRules: readonly SecretRule[] = [...tokens, privateKey, ...assignments];

/** Not in the middle of a longer word: `task-…` holds no key. */
function token(id: string, literals: readonly string[], pattern: string, maxBytes = 300): SecretRule {
  return { id, literals, pattern: new RegExp(`(?<![A-Za-z0-9])${pattern}`, "y"), maxBytes, alphabet: "word" };
}
