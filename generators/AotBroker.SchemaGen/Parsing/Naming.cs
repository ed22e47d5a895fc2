using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>C# names for JSON names.</summary>
internal static class Naming
{
    /// <summary>What every emitted record has, inherits, or calls by its plain name; a property cannot have the same name.</summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "TryRead", "Reader", "Write", "ToUtf8Json", "Validate", "UnknownMembers", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals",
        "EqualityContract", "PrintMembers", "Clone", "SchemaJson", "SchemaText", "SchemaFormat", "SchemaList", "BitOperations",
        "UnknownMembersBuilder", "JsonTokenType",
    };

    /// <summary><c>access_token</c>, <c>accessToken</c> and <c>access-token</c> all become <c>AccessToken</c>.</summary>
    public static string Pascal(string name)
    {
        var pascal = new StringBuilder();
        bool isStart = true;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                isStart = true;
                continue;
            }

            pascal.Append(isStart ? char.ToUpperInvariant(c) : c);
            isStart = false;
        }

        if (pascal.Length == 0)
        {
            return name.Length == 0 ? "Empty" : "Value";
        }

        return char.IsDigit(pascal[0]) ? "Value" + pascal : pascal.ToString();
    }

    /// <summary>As <see cref="Pascal"/>, but every character counts: for the second of two names that become one otherwise.</summary>
    public static string Exact(string name)
    {
        var exact = new StringBuilder();
        foreach (char c in name)
        {
            _ = char.IsLetterOrDigit(c) ? exact.Append(c) : exact.Append('U').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }

        return Pascal(exact.ToString());
    }

    /// <summary>The C# name of one of the strings of an enumeration.</summary>
    public static string EnumMember(IEnumerable<string> values, string value)
    {
        string name = Pascal(value);
        return values.First(other => Pascal(other) == name) == value ? name : Exact(value);
    }

    public static string Property(string name, string typeName)
    {
        string pascal = Pascal(name);
        return pascal == typeName || Taken.Contains(pascal) ? pascal + "Value" : pascal;
    }

    /// <summary>The name of a local variable for a property; the names that the emitted methods use themselves are avoided.</summary>
    public static string Local(string propertyName)
    {
        string camel = char.ToLowerInvariant(propertyName[0]) + propertyName.Substring(1);
        if (camel is "reader" or "name" or "seen" or "unknown" or "start" || camel.StartsWith("seen", StringComparison.Ordinal))
        {
            return camel + "Value";
        }

        return SyntaxFacts.GetKeywordKind(camel) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(camel) != SyntaxKind.None
            ? "@" + camel
            : camel;
    }

    /// <summary>The record that a file describes: <c>cache-entry.schema.json</c> becomes <c>CacheEntry</c>.</summary>
    public static string Root(string fileName)
    {
        const string ending = ".schema.json";
        return Pascal(fileName.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
            ? fileName.Substring(0, fileName.Length - ending.Length)
            : fileName);
    }
}
