using AotBroker.Clients.Editing;
using AotBroker.Reporting;

namespace AotBroker.Clients.Kubernetes;

/// <summary>The users of a kubeconfig.</summary>
internal sealed class KubeConfigText
{
    /// <summary>What ends a line to YAML 1.1 and not to people: next line, line and paragraph separator, in UTF-8.</summary>
    private static readonly string[] s_otherLineEnds = ["\u00c2\u0085", "\u00e2\u0080\u00a8", "\u00e2\u0080\u00a9"];

    private readonly string _text;
    private readonly string _end;
    private readonly List<string> _lines;

    private KubeConfigText(string text)
    {
        _text = text;
        _end = OctetText.LineEnd(text);
        _lines = OctetText.Lines(text);
    }

    /// <summary>Puts a user into the file, or sets its program and arguments right.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="user">An item of <c>users</c>: lines with their ends, as octets.</param>
    public static FileEdit Put(string text, string user)
    {
        if (OctetText.WhyNoLines(text) is { } reason)
        {
            return FileEdit.Refused(reason);
        }
        if (OctetText.MarkLength(text) > 0)
        {
            return FileEdit.Refused("it begins with a byte order mark, which kubectl does not write");
        }
        foreach (string end in s_otherLineEnds)
        {
            if (text.Contains(end, StringComparison.Ordinal))
            {
                return FileEdit.Refused("it contains a character that some programs read as the end of a line");
            }
        }
        return new KubeConfigText(text).Put(user);
    }

    private FileEdit Put(string user)
    {
        if (BlockYaml.Parse(_lines, out FileEdit? refusal) is not { } root)
        {
            return refusal!.Value;
        }
        if (root.IsNothing)
        {
            return FileEdit.To(OctetText.Append(_text, KubeConfig.Head + user, apart: false));
        }
        if (root.Members is null || root.Column != 0)
        {
            return FileEdit.NotUnderstood(root.Line, "begins no mapping in block style, as kubectl writes it");
        }
        if (root.Find("users") is not { } users)
        {
            return FileEdit.To(OctetText.Append(_text, "users:\n" + user, apart: false));
        }
        if (users.Value.Items is { } items)
        {
            return Put(items, users.Value.Column, user);
        }
        if (!users.Value.IsNothing)
        {
            if (users.Value.Raw is not ("[]" or "null" or "~") || users.Value.Line != users.Line)
            {
                return FileEdit.NotUnderstood(users.Line, "has users that are not in block style, as kubectl writes them");
            }
            string line = _lines[users.Line];
            _lines[users.Line] = line[..users.Value.Column].TrimEnd(' ') + line[(users.Value.Column + users.Value.Raw.Length)..];
        }
        return Insert(users.Line + 1, user, 0);
    }

    private FileEdit Put(List<BlockYaml.Node> items, int column, string user)
    {
        BlockYaml.Node wanted = BlockYaml.Parse(OctetText.Lines(user), out _)!.Items![0];
        string name = NameOf(wanted)!;
        BlockYaml.Node? found = null;
        foreach (BlockYaml.Node item in items)
        {
            if (NameOf(item) is not { } other)
            {
                return FileEdit.NotUnderstood(item.Line, "begins a user whose name cannot be read");
            }
            if (other == name)
            {
                if (found is not null)
                {
                    return FileEdit.NotUnderstood(item.Line, $"begins the same user as line {found.Line + 1}");
                }
                found = item;
            }
        }
        return found is null ? Insert(items[^1].End, user, column) : Update(found, wanted, name);
    }

    private static string? NameOf(BlockYaml.Node user) => user.Find("name")?.Value.Text;

    private static BlockYaml.Node? ExecOf(BlockYaml.Node user) => user.Find("user")?.Value.Find("exec")?.Value;

    private FileEdit Update(BlockYaml.Node found, BlockYaml.Node wanted, string name)
    {
        if (ExecOf(found) is not { } exec || exec.Find("command") is not { } command
            || !(command.Value.Raw == ExecOf(wanted)!.Find("command")!.Value.Raw || BrokerInvocation.IsThis(command.Value.Text ?? "")))
        {
            return FileEdit.NotUnderstood(found.Line, $"begins another user \"{name}\"; remove or rename it, or name another profile");
        }
        string indent = new(' ', exec.Column);
        List<(int Line, int Count, string By)> edits = [];
        foreach (string key in (ReadOnlySpan<string>)["provideClusterInfo", "args", "command"])
        {
            BlockYaml.Node value = ExecOf(wanted)!.Find(key)!.Value;
            string by = $"{indent}{key}: {value.Raw}";
            if (exec.Find(key) is not { } there)
            {
                edits.Add((command.Value.End, 0, by));
            }
            else if (!IsSame(there.Value, value))
            {
                edits.Add((there.Line, Math.Max(there.Value.End, there.Line + 1) - there.Line, by));
            }
        }
        // From below, so that lines above keep their numbers; of one line, what is replaced before what comes before it.
        edits.Sort(static (one, other) => one.Line != other.Line ? other.Line.CompareTo(one.Line) : other.Count.CompareTo(one.Count));
        foreach ((int line, int count, string by) in edits)
        {
            Replace(line, count, by);
        }
        return FileEdit.To(string.Concat(_lines));
    }

    private static bool IsSame(BlockYaml.Node one, BlockYaml.Node wanted)
    {
        if (one.Items is not { } items)
        {
            return one.Raw is not null && (one.Raw == wanted.Raw || (one.Text is { } text && text == wanted.Text));
        }
        // kubectl writes them in lines.
        string flow = string.Join(", ", items.ConvertAll(static item => JsonLine.Quote(item.Text ?? "")));
        return $"[{flow}]" == wanted.Raw;
    }

    private void Replace(int line, int count, string by)
    {
        bool isLast = line + count == _lines.Count && count > 0 && !_lines[^1].EndsWith('\n');
        _lines.RemoveRange(line, count);
        EndLine(line - 1);
        _lines.Insert(line, isLast ? by : by + _end);
    }

    private FileEdit Insert(int line, string lines, int indent)
    {
        EndLine(line - 1);
        foreach (string one in OctetText.Lines(lines))
        {
            _lines.Insert(line++, new string(' ', indent) + one.ReplaceLineEndings(_end));
        }
        return FileEdit.To(string.Concat(_lines));
    }

    private void EndLine(int line)
    {
        if (line >= 0 && !_lines[line].EndsWith('\n'))
        {
            _lines[line] += _end;
        }
    }
}
