using AotBroker.Brokering;

namespace AotBroker.Commands;

/// <summary>`licenses`: what is linked in, and under which licences. The texts are in each release, beside the program.</summary>
internal static class LicensesCommand
{
    public static int Run(Session session)
    {
        using Stream stream = typeof(LicensesCommand).Assembly.GetManifestResourceStream("NOTICE")!;
        byte[] notice = new byte[stream.Length];
        stream.ReadExactly(notice);
        session.Write(notice);
        return 0;
    }
}
