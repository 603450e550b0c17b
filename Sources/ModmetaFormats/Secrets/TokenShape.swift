/// How the tokens of a service look, so that they are recognised wherever they stand.
///
/// The prefixes, alphabets and lengths are those the services document, and the rule sets of gitleaks, detect-secrets and
/// TruffleHog name.
struct TokenShape {
    /// The bytes that a token is made of, after its prefix.
    enum Alphabet {
        case hexadecimal, alphanumeric, word, dotted, base64

        func contains(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x61...0x66: true
            case 0x41...0x46: true
            case 0x47...0x5a, 0x67...0x7a: self != .hexadecimal
            case UInt8(ascii: "_"), UInt8(ascii: "-"): self == .word || self == .dotted
            case UInt8(ascii: "."): self == .dotted
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): self == .base64
            default: false
            }
        }
    }

    /// What a token begins with.
    let prefix: [UInt8]
    let alphabet: Alphabet
    /// How many bytes follow the prefix, at least.
    let length: Int
    /// Whether a token has at least one digit, as ordinary words that begin like it do not.
    let needsDigit: Bool
    /// Whether a token has exactly that length, and no small letters.
    let isExact: Bool

    private init(
        _ prefix: String, _ alphabet: Alphabet, _ length: Int, needsDigit: Bool = false, isExact: Bool = false
    ) {
        (self.prefix, self.alphabet, self.length) = (Array(prefix.utf8), alphabet, length)
        (self.needsDigit, self.isExact) = (needsDigit, isExact)
    }

    /// All shapes, by their first byte.
    static let byFirstByte = Dictionary(grouping: all) { $0.prefix[0] }

    private static let all: [TokenShape] =
        ["AKIA", "ASIA", "ABIA", "ACCA"].map { TokenShape($0, .alphanumeric, 16, isExact: true) }
        + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { TokenShape($0, .alphanumeric, 30) }
        + [
            "glpat-", "gldt-", "glrt-", "glft-", "glsoat-", "glffct-", "glcbt-", "glimt-", "glagent-", "gloas-",
            "glptt-",
        ]
        .map { TokenShape($0, .dotted, 16) }
        + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe-", "xoxe.xoxp-", "xoxe.xoxb-", "xapp-"]
        .map { TokenShape($0, .word, 18) }
        + ["sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_", "whsec_"]
        .map { TokenShape($0, .alphanumeric, 10) }
        + ["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "sk-lf-"].map { TokenShape($0, .word, 20) }
        + ["dop_v1_", "doo_v1_", "dor_v1_"].map { TokenShape($0, .hexadecimal, 40) }
        + ["shpat_", "shpca_", "shppa_", "shpss_"].map { TokenShape($0, .hexadecimal, 32) }
        + ["sq0atp-", "sq0csp-", "dckr_pat_", "dckr_oat_", "nvapi-", "ya29.", "GOCSPX-"].map {
            TokenShape($0, .dotted, 20)
        }
        + ["sm_aat_", "sm_pat_", "sm_sat_"].map { TokenShape($0, .alphanumeric, 16) }
        + ["hvs.", "hvb."].map { TokenShape($0, .word, 24) }
        + ["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"].map { TokenShape($0, .base64, 17) }
        + [
            TokenShape("hf_", .alphanumeric, 30), TokenShape("api_org_", .alphanumeric, 30),
            TokenShape("sk-", .alphanumeric, 20, needsDigit: true), TokenShape("AIza", .word, 30),
            TokenShape("ABSK", .base64, 100), TokenShape("LTAI", .alphanumeric, 20, needsDigit: true),
            TokenShape("github_pat_", .word, 30), TokenShape("GR1348941", .word, 20),
            TokenShape("npm_", .alphanumeric, 36), TokenShape("pypi-AgE", .word, 50),
            TokenShape("rubygems_", .hexadecimal, 48), TokenShape("pul-", .hexadecimal, 40),
            TokenShape("dapi", .hexadecimal, 32), TokenShape("SG.", .dotted, 60),
            TokenShape("ntn_", .alphanumeric, 40), TokenShape("lin_api_", .alphanumeric, 40),
            TokenShape("glsa_", .word, 40), TokenShape("glc_", .base64, 32, needsDigit: true),
            TokenShape("pplx-", .alphanumeric, 40), TokenShape("gsk_", .alphanumeric, 40),
            TokenShape("xai-", .alphanumeric, 60), TokenShape("r8_", .alphanumeric, 37),
            TokenShape("tgp_v1_", .word, 40), TokenShape("wandb_v1_", .word, 40),
            TokenShape("figd_", .word, 40), TokenShape("PMAK-", .word, 50),
            TokenShape("sntryu_", .hexadecimal, 60), TokenShape("sntrys_", .base64, 60),
            TokenShape("AGE-SECRET-KEY-1", .alphanumeric, 50), TokenShape("ops_eyJ", .base64, 100),
            TokenShape("EAAA", .word, 50, needsDigit: true), TokenShape("pscale_", .dotted, 32),
            TokenShape("dp.pt.", .alphanumeric, 40), TokenShape("dt0c01.", .dotted, 60),
            TokenShape("xkeysib-", .word, 64), TokenShape("HRKU-AA", .word, 50),
            TokenShape("tfp_", .dotted, 40), TokenShape("ATATT3xFfGF0", .base64, 50),
            TokenShape("rdme_", .alphanumeric, 60),
            TokenShape("hooks.slack.com/services/", .base64, 20),
            TokenShape("webhook.office.com/webhookb2/", .word, 32),
            TokenShape("hooks.slack.com/workflows/", .base64, 20), TokenShape("hooks.slack.com/triggers/", .base64, 20),
        ]
}
