namespace LocalTokenEndpoint;

/// <summary>The true reasons behind refusals, which clients never see: they get one opaque answer for most of them.</summary>
public static class Reasons
{
    // The assertion: every one of these is the same 401 on the wire.
    public const string AssertionTooLarge = "assertion_too_large";
    public const string Malformed = "malformed";
    public const string UnsupportedAlgorithm = "unsupported_algorithm";
    public const string UnknownKey = "unknown_key";
    public const string BadSignature = "bad_signature";
    public const string IssuerMismatch = "issuer_mismatch";
    public const string Expired = "expired";
    public const string NotYetValid = "not_yet_valid";
    public const string LifetimeTooLong = "lifetime_too_long";
    public const string RuleNotFound = "rule_not_found";
    public const string OrganizationMismatch = "organization_mismatch";
    public const string ServiceAccountMismatch = "service_account_mismatch";
    public const string AudienceMismatch = "audience_mismatch";
    public const string SubjectMismatch = "subject_mismatch";
    public const string ClaimMismatch = "claim_mismatch";
    public const string WorkspaceRequired = "workspace_required";
    public const string WorkspaceNotAllowed = "workspace_not_allowed";
    public const string JtiReused = "jti_reused";

    // The request itself.
    public const string InvalidRequest = "invalid_request";
    public const string RequestTooLarge = "request_too_large";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string UnknownPath = "unknown_path";

    // The refresh grant.
    public const string InvalidGrant = "invalid_grant";

    // GitHub's endpoint and the API.
    public const string WrongBearer = "wrong_bearer";
    public const string MissingBearer = "missing_bearer";
    public const string StaticKey = "static_key";
    public const string MissingBeta = "missing_beta";
    public const string UnknownAccessToken = "unknown_access_token";
    public const string AccessTokenExpired = "access_token_expired";
}
