using System.Text;
using AotBroker.Brokering;
using AotBroker.Reporting;

namespace AotBroker.Commands;

/// <summary>`licenses`: what is linked in, and under which licences. The texts are in each release, next to the program.</summary>
internal static class LicensesCommand
{
    private const string ListBegins = "It contains code of:";
    private const string LinuxBegins = "On Linux also:";

    public static int Run(bool json, Session session)
    {
        byte[] notice = Notice();
        session.Write(json ? Json(Encoding.UTF8.GetString(notice)) : notice);
        return 0;
    }

    private static byte[] Notice()
    {
        using Stream stream = typeof(LicensesCommand).Assembly.GetManifestResourceStream("NOTICE")!;
        byte[] notice = new byte[stream.Length];
        stream.ReadExactly(notice);
        return notice;
    }

    /// <summary>
    /// The list in NOTICE: a line for each part with its name, two or more spaces, and its licence. A name that ends in a
    /// comma shares the licence of the next line; indented lines are about the part above.
    /// </summary>
    private static byte[] Json(string notice)
    {
        JsonLine line = new JsonLine().BeginObject().BeginArray("components");
        string[] rows = notice[(notice.IndexOf(ListBegins, StringComparison.Ordinal) + ListBegins.Length)..].TrimStart().Split("\n\n")[0].Split('\n');
        bool isForLinux = false;
        List<string> names = [];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] == LinuxBegins)
            {
                isForLinux = true;
                continue;
            }
            int gap = rows[i].IndexOf("  ", StringComparison.Ordinal);
            names.Add((gap < 0 ? rows[i] : rows[i][..gap]).TrimEnd(','));
            if (gap < 0)
            {
                continue;
            }
            string license = rows[i][gap..].Trim();
            List<string> about = [];
            while (i + 1 < rows.Length && rows[i + 1].StartsWith(' '))
            {
                about.Add(rows[++i].Trim());
            }
            names.ForEach(name => Component(line, name, license, about, isForLinux));
            names.Clear();
        }
        return line.EndArray().String("notice", notice).EndObject().ToUtf8();
    }

    private static void Component(JsonLine line, string name, string license, List<string> about, bool isForLinux)
    {
        line.BeginObject().String("name", name).String("license", license).String("about", string.Join(' ', about));
        _ = isForLinux ? line.String("platform", "linux") : line;
        line.EndObject();
    }
}
