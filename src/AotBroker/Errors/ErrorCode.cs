using System.Globalization;

namespace AotBroker.Errors;

/// <summary>
/// What went wrong, as a number that stays. It is printed as <c>AB</c> and four digits; the first two are the exit code.
/// Each has its cure in docs/errors.md.
/// </summary>
internal enum ErrorCode
{
    Internal = 101,
    LastBoundReached = 102,
    ResourcesLacking = 103,

    Usage = 201,

    ProfileNotConfigured = 301,
    ProfileNotFound = 302,
    ProfileMalformed = 303,
    ProfileNameInvalid = 304,
    SettingInvalid = 305,
    ProfileIncomplete = 306,
    ProfileUnsafe = 307,
    ProfileUnreadable = 308,
    AuthenticationUnsupported = 309,
    EndpointRefused = 310,
    UnknownMember = 311,
    ServerNotServed = 312,

    IdentityNotFound = 401,
    IdentityUnreadable = 402,
    IdentityEmpty = 403,
    IdentityTooLarge = 404,
    IdentityNotJwt = 405,
    IdentityExpired = 406,
    IdentityNotYetValid = 407,
    IdentityAlreadyPresented = 408,
    IdentityServiceFailed = 409,
    IdentityVariablesIncomplete = 410,
    AudienceMissing = 411,
    NotMetadata = 412,
    IdentityCommandFailed = 413,

    LoginUnusable = 421,
    LoginNotRefreshable = 422,
    LoginEnded = 423,

    ExchangeRefused = 501,
    ExchangeMalformedRequest = 502,
    ExchangeForbidden = 503,
    ExchangeNotFound = 504,
    ExchangeRateLimited = 505,
    ExchangeRedirected = 506,
    AnswerMalformed = 507,
    AnswerTooLarge = 508,
    ExchangeUnexpectedStatus = 509,
    NotRevoked = 510,

    Unreachable = 601,
    TlsFailed = 602,
    TimedOut = 603,
    ServerFailed = 604,
    ConnectionLost = 605,

    CacheUnusable = 701,
    LockTimedOut = 702,
    EntryUntrusted = 703,
    EntryNotWritten = 704,
    PublishFailed = 705,
    OutputFailed = 706,
    SecondPresentation = 707,
    CommandNotRun = 708,
    PublishedExpired = 709,
    NotKept = 710,
    LoginRescued = 711,
    LoginNotStored = 712,
    LinkNotMade = 713,
    SetUpFailed = 714,
    LocksUnusable = 715,

    StaticKeyRemoved = 801,
    StaticKeyShadows = 802,
    ShortLived = 803,
    ServedOld = 804,
    OtherBaseUrl = 805,
    RuntimeUnsupported = 806,
}

internal static class ErrorCodes
{
    /// <summary><c>AB0401</c> for <see cref="ErrorCode.IdentityNotFound"/>.</summary>
    public static string NameOf(ErrorCode code) => "AB" + ((int)code).ToString("D4", CultureInfo.InvariantCulture);
}
