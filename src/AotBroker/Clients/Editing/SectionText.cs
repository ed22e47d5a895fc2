namespace AotBroker.Clients.Editing;

/// <summary>
/// The file of AWS's clients, as Python's configparser and with it botocore reads it: sections, <c>key = value</c>, and lines
/// that are indented more than their key's as more of its value.
/// </summary>
internal sealed class SectionText
{
    private readonly List<string> _lines;
    private readonly string _name;
    private readonly List<Assignment> _keys = [];
    private int _head = -1;

    private SectionText(string text, string name)
    {
        _lines = OctetText.Lines(text);
        _name = name;
    }

    private sealed class Assignment(string name, string value, string indent, int line)
    {
        public string Name => name;

        public string Value => value;

        public string Indent => indent;

        public int Line => line;

        public bool GoesOn { get; set; }
    }

    /// <summary>Puts a section into the file, or its keys into the section of that name.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="section">Its lines: the head, the key that is the broker's own, and others, which are added if they are missing.</param>
    /// <param name="nameOf">What a head between its brackets names: sections with the same name are one.</param>
    /// <param name="harmless">What a section may hold that is not the broker's yet, so that the key may be added.</param>
    public static FileEdit Put(string text, string section, Func<string, string> nameOf, params ReadOnlySpan<string> harmless)
    {
        if (OctetText.WhyNoLines(text) is { } reason)
        {
            return FileEdit.Refused(reason);
        }
        string[] wanted = section.TrimEnd('\n').Split('\n');
        SectionText file = new(text, nameOf(wanted[0][1..^1]));
        if (file.Parse(nameOf) is { } refusal)
        {
            return refusal;
        }
        return file._head < 0 ? FileEdit.To(OctetText.Append(text, section, apart: true)) : file.Update(wanted, OctetText.LineEnd(text), harmless);
    }

    private FileEdit? Parse(Func<string, string> nameOf)
    {
        bool isInSection = false;
        bool isOurs = false;
        Assignment? key = null;
        int level = 0;
        for (int i = 0; i < _lines.Count; i++)
        {
            string line = _lines[i][(i == 0 ? OctetText.MarkLength(_lines[i]) : 0)..];
            string content = OctetText.Trim(line);
            if (content.Length == 0 || content[0] is '#' or ';')
            {
                continue;
            }
            int indent = line.Length - OctetText.TrimStart(line).Length;
            if (key is not null && indent > level)
            {
                key.GoesOn = true;
                continue;
            }
            level = indent;
            if (content[0] == '[')
            {
                key = null;
                int end = content.IndexOf(']', StringComparison.Ordinal);
                if (end < 2 || content.LastIndexOf(']') != end)
                {
                    return FileEdit.NotUnderstood(i, "is not a section header");
                }
                isInSection = true;
                isOurs = nameOf(content[1..end]) == _name;
                if (isOurs && _head >= 0)
                {
                    return FileEdit.NotUnderstood(i, $"begins the same section as line {_head + 1}");
                }
                _head = isOurs ? i : _head;
                continue;
            }
            int sign = content.AsSpan().IndexOfAny('=', ':');
            if (!isInSection || sign <= 0)
            {
                return FileEdit.NotUnderstood(i, isInSection ? "is not a setting" : "is before the first section");
            }
            key = new Assignment(OctetText.Trim(content[..sign]), OctetText.Trim(content[(sign + 1)..]), line[..indent], i);
            if (isOurs)
            {
                _keys.Add(key);
            }
        }
        return null;
    }

    private FileEdit Update(string[] wanted, string end, ReadOnlySpan<string> harmless)
    {
        (string ownName, string ownValue) = Split(wanted[1]);
        Assignment[] own = [.. _keys.FindAll(key => Is(key, ownName))];
        if (own.Length > 1 || (own.Length == 1 && own[0].GoesOn))
        {
            return FileEdit.NotUnderstood(own[^1].Line, "sets what another line sets too, or continues on the next line");
        }
        if (own.Length == 1 && !BrokerInvocation.IsCall(own[0].Value))
        {
            return FileEdit.NotUnderstood(own[0].Line, $"gives {wanted[0]} another {ownName}; remove it, or name another profile");
        }
        if (own.Length == 0)
        {
            foreach (Assignment key in _keys)
            {
                if (!IsAmong(key, harmless))
                {
                    return FileEdit.NotUnderstood(key.Line, $"is a setting of {wanted[0]} that may give it other credentials; remove the section, or name another profile");
                }
            }
        }
        string indent = _keys.Count > 0 ? _keys[0].Indent : "";
        int at = own.Length == 1 ? own[0].Line : _head;
        string added = "";
        for (int i = own.Length == 1 ? 2 : 1; i < wanted.Length; i++)
        {
            string name = Split(wanted[i]).Name;
            added += _keys.Exists(key => Is(key, name)) ? "" : (i == 1 || own.Length == 0 ? indent : own[0].Indent) + wanted[i] + end;
        }
        if (own.Length == 1 && own[0].Value != ownValue)
        {
            string old = _lines[at];
            _lines[at] = own[0].Indent + wanted[1] + old[old.TrimEnd('\r', '\n').Length..];
        }
        if (added.Length > 0)
        {
            _lines[at] = (_lines[at].EndsWith('\n') ? _lines[at] : _lines[at] + end) + added;
        }
        return FileEdit.To(string.Concat(_lines));
    }

    private static (string Name, string Value) Split(string line)
    {
        int sign = line.IndexOf(" = ", StringComparison.Ordinal);
        return (line[..sign], line[(sign + 3)..]);
    }

    private static bool Is(Assignment key, string name) => string.Equals(key.Name, name, StringComparison.OrdinalIgnoreCase);

    private static bool IsAmong(Assignment key, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            // "cli_*" stands for all that begin so.
            if (name.EndsWith('*') ? key.Name.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase) : Is(key, name))
            {
                return true;
            }
        }
        return false;
    }
}
