using System.Runtime.InteropServices;
using System.Text;
using AotBroker.Brokering;
using AotBroker.Evidence;
using AotBroker.Reporting;
using AotBroker.Runtime;
using static AotBroker.Evidence.TextRow;

namespace AotBroker.Commands;

/// <summary>`version`: what to put in a bug report, and what to compare with a list of vulnerable versions.</summary>
internal static class VersionCommand
{
    public static int Run(bool verbose, bool json, Session session)
    {
        session.Write(json ? Json() : Encoding.UTF8.GetBytes(verbose ? Line + Details() : Line));
        return 0;
    }

    private static string Line => $"{Product.Name} {Product.Version} ({RuntimeInformation.RuntimeIdentifier}, {BuiltWith.Runtime})\n";

    private static string Details()
    {
        StringBuilder text = new();
        Append(text, "commit", Provenance.Commit, null);
        Append(text, "date", Provenance.Date, "of the commit");
        Append(text, "runtime", BuiltWith.Runtime, $"security updates until {BuiltWith.EndOfSupport}");
        Append(text, "OpenSSL", BuiltWith.OpenSsl ?? "none", null);
        Append(text, "glibc", BuiltWith.Glibc ?? "none", null);
        return text.ToString();
    }

    private static byte[] Json() => new JsonLine().BeginObject()
        .String("name", Product.Name)
        .String("version", Product.Version)
        .String("platform", RuntimeInformation.RuntimeIdentifier)
        .String("framework", BuiltWith.Runtime)
        .String("commit", Provenance.Commit)
        .String("date", Provenance.Date)
        .String("openssl", BuiltWith.OpenSsl)
        .String("glibc", BuiltWith.Glibc)
        .String("end_of_support", BuiltWith.EndOfSupport)
        .EndObject().ToUtf8();
}
