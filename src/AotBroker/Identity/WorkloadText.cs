using System.Text;
using System.Text.Json;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// What a token says of its workload, as text: every claim that a service may have looked at when it granted a credential.
/// Two tokens of one workload have the same text; those of another branch, environment, pod or project do not (invariant 3).
/// </summary>
/// <remarks>
/// Claims stand as they are in the token, in its order, and the whole of them: a hash would have to be a cryptographic one,
/// because the person who names a branch chooses part of the input. Each piece starts with what it is (<c>.</c> a member's name,
/// <c>=</c> a string, <c>:</c> a number or a word, and brackets), so that no value can pass for two.
/// </remarks>
internal static class WorkloadText
{
    /// <summary>Adds the claims of a token's payload.</summary>
    /// <returns>False where the payload is not a JSON object.</returns>
    public static bool TryAdd(KeyText key, ReadOnlySpan<byte> payload)
    {
        try
        {
            Utf8JsonReader reader = new(payload);
            bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            return isObject && AddClaims(ref reader, key);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool AddClaims(ref Utf8JsonReader reader, KeyText key)
    {
        bool isInKubernetes = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    isInKubernetes = reader.CurrentDepth == 1 ? reader.ValueTextEquals("kubernetes.io"u8) : isInKubernetes;
                    if (IsOfOneToken(ref reader, isInKubernetes))
                    {
                        reader.Skip();
                        break;
                    }
                    key.AddPiece('.', reader.ValueSpan);
                    break;
                case JsonTokenType.String:
                    key.AddPiece('=', reader.ValueSpan);
                    break;
                case JsonTokenType.StartObject:
                    key.AddPiece('{', default);
                    break;
                case JsonTokenType.EndObject:
                    key.AddPiece('}', default);
                    break;
                case JsonTokenType.StartArray:
                    key.AddPiece('[', default);
                    break;
                case JsonTokenType.EndArray:
                    key.AddPiece(']', default);
                    break;
                default:
                    key.AddPiece(':', reader.ValueSpan);
                    break;
            }
        }
        return true;
    }

    /// <summary>
    /// Whether the claim differs from one token of a workload to the next: instants, the token's own id, and what belongs to
    /// one request. Sources: RFC 7519, section 4.1; OpenID Connect Core, section 2; Kubernetes' legacy warning; Entra's
    /// reference of claims.
    /// </summary>
    private static bool IsOfOneToken(ref Utf8JsonReader reader, bool isInKubernetes) => reader.CurrentDepth switch
    {
        1 => reader.ValueTextEquals("exp"u8) || reader.ValueTextEquals("iat"u8) || reader.ValueTextEquals("nbf"u8) || reader.ValueTextEquals("jti"u8)
            || reader.ValueTextEquals("auth_time"u8) || reader.ValueTextEquals("nonce"u8) || reader.ValueTextEquals("at_hash"u8)
            || reader.ValueTextEquals("aio"u8) || reader.ValueTextEquals("uti"u8) || reader.ValueTextEquals("rh"u8),
        2 => isInKubernetes && reader.ValueTextEquals("warnafter"u8),
        _ => false,
    };
}
