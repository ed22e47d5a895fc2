using AotBroker.Errors;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>The fields that a profile adds to a standard's request, for a service that wants more than the standard says.</summary>
internal static class ExtraFields
{
    public static IEnumerable<KeyValuePair<string, string>> Of(SchemaMap<string>? fields) => fields is null ? [] : fields;

    public static IEnumerable<(string Name, string? Value)> ToSend(SchemaMap<string>? fields)
    {
        foreach ((string name, string value) in Of(fields))
        {
            yield return (name, value);
        }
    }

    /// <summary>Adds them to the cache's key; names apart from values, as either may hold any character.</summary>
    public static void AddToKey(KeyText key, SchemaMap<string>? fields)
    {
        foreach ((string name, string value) in Of(fields))
        {
            key.Add("field", name);
            key.Add("value", value);
        }
    }

    /// <param name="fields">The fields.</param>
    /// <param name="file">The profile's file.</param>
    /// <param name="own">The names that the request has already, or that a member of the profile is for.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public static void RequireValid(SchemaMap<string>? fields, string file, params ReadOnlySpan<string> own)
    {
        foreach ((string name, _) in Of(fields))
        {
            if (own.Contains(name))
            {
                throw new BrokerException(ErrorCode.SettingInvalid, $"{file} has \"{Redaction.Shorten(name, 100)}\" in \"fields\", which the request already has", "leave it out, or set the exchange's member of that name");
            }
            if (name is "client_secret" or "client_assertion" or "password")
            {
                // What is stored in the cache tells every field, so that a changed one is never served the old credential.
                throw new BrokerException(ErrorCode.SettingInvalid, $"{file} has \"{name}\" in \"fields\", and a profile must not hold a secret", "use a client of the service that needs none: the identity token is the proof");
            }
        }
    }
}
