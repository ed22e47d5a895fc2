namespace AotBroker.Clients;

/// <summary>
/// As much of YAML as kubectl and people write into a kubeconfig: block style, one line a scalar, and block scalars. What
/// needs more to be understood is refused: anchors, tags, keys in quotes, collections over several lines, several documents.
/// </summary>
internal sealed class BlockYaml
{
    private const int Deepest = 32;

    /// <summary>What is looked for, so that there must not be two of it.</summary>
    private static readonly string[] s_known = ["users", "name", "user", "exec", "command", "args", "provideClusterInfo"];

    private readonly List<Token> _tokens = [];
    private int _next;

    private enum Kind
    {
        Item,
        Key,
        Value,
    }

    /// <summary>A dash, a key, or a scalar or flow collection.</summary>
    private sealed class Token(Kind kind, int line, int column, string text)
    {
        public Kind Kind => kind;

        /// <summary>From 0, as the column.</summary>
        public int Line => line;

        public int Column => column;

        /// <summary>The key, or the value as it is written.</summary>
        public string Text => text;

        /// <summary>The line after its last.</summary>
        public int End { get; set; } = line + 1;
    }

    /// <summary>A key and what it has.</summary>
    internal sealed class Member(string key, int line, Node value)
    {
        public string Key => key;

        public int Line => line;

        public Node Value => value;
    }

    /// <summary>A part of the document: a mapping, a sequence, a text as it is written, or nothing.</summary>
    internal sealed class Node
    {
        public List<Member>? Members { get; init; }

        public List<Node>? Items { get; init; }

        /// <summary>As it is written.</summary>
        public string? Raw { get; init; }

        public int Line { get; init; }

        public int Column { get; init; }

        /// <summary>The line after its last.</summary>
        public int End { get; set; }

        public bool IsNothing => Members is null && Items is null && Raw is null;

        /// <summary>What the text says; null for what is none, or has escapes.</summary>
        public string? Text => Raw switch
        {
            null or ['[' or '{' or '|' or '>', ..] => null,
            ['"', .., '"'] => Raw.Contains('\\', StringComparison.Ordinal) ? null : Raw[1..^1],
            ['\'', .., '\''] => Raw[1..^1].Replace("''", "'", StringComparison.Ordinal),
            _ => Raw,
        };

        /// <summary>The member of this name; null where there is none.</summary>
        public Member? Find(string key) => Members?.Find(one => one.Key == key);
    }

    private sealed class NotUnderstoodException(int line, string what) : Exception
    {
        public FileEdit Refusal { get; } = FileEdit.NotUnderstood(line, what);
    }

    /// <returns>Nothing at all where the document is empty.</returns>
    public static Node? Parse(List<string> lines, out FileEdit? refusal)
    {
        refusal = null;
        BlockYaml document = new();
        try
        {
            document.ReadTokens(lines);
            if (document._tokens.Count == 0)
            {
                return new Node();
            }
            Node root = document.ReadNode(Deepest);
            return document.Peek is { } left ? throw new NotUnderstoodException(left.Line, "is not indented as the lines before it") : root;
        }
        catch (NotUnderstoodException error)
        {
            refusal = error.Refusal;
            return null;
        }
    }

    private Token? Peek => _next < _tokens.Count ? _tokens[_next] : null;

    private int End => _tokens[_next - 1].End;

    private Node ReadNode(int depth)
    {
        Token first = Peek!;
        if (depth == 0)
        {
            throw new NotUnderstoodException(first.Line, "is nested too deeply");
        }
        if (first.Kind == Kind.Value)
        {
            _next++;
            return new Node { Raw = first.Text, Line = first.Line, Column = first.Column, End = End };
        }
        List<Member> members = [];
        List<Node> items = [];
        while (Peek is { } token && token.Kind == first.Kind && token.Column == first.Column)
        {
            _next++;
            Node value = Peek is { } next && Belongs(next, token) ? ReadNode(depth - 1) : new Node { Line = token.Line, Column = token.Column, End = token.End };
            if (token.Kind == Kind.Item)
            {
                items.Add(value);
                continue;
            }
            if (Array.IndexOf(s_known, token.Text) >= 0 && members.Exists(one => one.Key == token.Text))
            {
                throw new NotUnderstoodException(token.Line, "has a key that is there already");
            }
            members.Add(new Member(token.Text, token.Line, value));
        }
        if (Peek is { } left && left.Column > first.Column)
        {
            throw new NotUnderstoodException(left.Line, "is not indented as the lines before it");
        }
        return new Node { Members = first.Kind == Kind.Key ? members : null, Items = first.Kind == Kind.Item ? items : null, Line = first.Line, Column = first.Column, End = End };
    }

    private static bool Belongs(Token next, Token owner)
    {
        if (next.Kind == Kind.Value && next.Line != owner.Line)
        {
            throw new NotUnderstoodException(next.Line, "goes on with a text that began before");
        }
        return next.Column > owner.Column || (next.Kind == Kind.Item && owner.Kind == Kind.Key && next.Column == owner.Column);
    }

    private void ReadTokens(List<string> lines)
    {
        int block = -1; // The column that a block scalar's lines are indented more than; -1 outside.
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].TrimEnd('\n', '\r');
            int indent = line.AsSpan().IndexOfAnyExcept(' ');
            if (indent < 0)
            {
                continue;
            }
            if (block >= 0 && indent > block)
            {
                _tokens[^1].End = i + 1;
                continue;
            }
            block = -1;
            if (line[indent] != '#' && !(line == "---" && _tokens.Count == 0))
            {
                block = ReadLine(line, i, indent);
            }
        }
    }

    /// <returns>The column of what has a block scalar; -1 where nothing has.</returns>
    private int ReadLine(string line, int number, int column)
    {
        if (line.Contains('\t', StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal) || line.StartsWith("...", StringComparison.Ordinal))
        {
            throw new NotUnderstoodException(number, "has a tab, or begins another document");
        }
        line = line.TrimEnd(' ');
        int owner = column;
        while (line[column] == '-' && (column + 1 == line.Length || line[column + 1] == ' '))
        {
            _tokens.Add(new Token(Kind.Item, number, owner = column, ""));
            column = Skip(line, column + 1);
            if (IsEnd(line, column))
            {
                return -1;
            }
        }
        if (KeyLength(line, column) is int length)
        {
            if (!IsPlainStart(line, column) || line[column] == '<')
            {
                throw new NotUnderstoodException(number, "has a key that is more than a word");
            }
            _tokens.Add(new Token(Kind.Key, number, owner = column, line[column..(column + length)].TrimEnd(' ')));
            column = Skip(line, column + length + 1);
            if (IsEnd(line, column))
            {
                return -1;
            }
        }
        int end = ValueEnd(line, column);
        if (end < 0 || !IsEnd(line, end == line.Length ? end : Skip(line, end)) || (end < line.Length && line[end] != ' '))
        {
            throw new NotUnderstoodException(number, "has a value that is more than a text");
        }
        _tokens.Add(new Token(Kind.Value, number, column, line[column..end].TrimEnd(' ')));
        return line[column] is '|' or '>' ? owner : -1;
    }

    private static int Skip(string line, int column)
    {
        while (column < line.Length && line[column] == ' ')
        {
            column++;
        }
        return column;
    }

    /// <summary>Whether nothing is there any more but a comment.</summary>
    private static bool IsEnd(string line, int column) => column >= line.Length || (line[column] == '#' && line[column - 1] == ' ');

    /// <returns>How far it is to a colon that ends a key; null where the rest of the line is none.</returns>
    private static int? KeyLength(string line, int column)
    {
        if (line[column] is '"' or '\'' or '[' or '{')
        {
            return null;
        }
        for (int i = column; i < line.Length && !(line[i] == '#' && i > column && line[i - 1] == ' '); i++)
        {
            if (line[i] == ':' && (i + 1 == line.Length || line[i + 1] == ' '))
            {
                return i - column;
            }
        }
        return null;
    }

    private static bool IsPlainStart(string line, int column) => line[column] switch
    {
        '-' or '?' or ':' => column + 1 < line.Length && line[column + 1] != ' ',
        ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => false,
        _ => true,
    };

    /// <returns>The column after the value; -1 where it is not understood.</returns>
    private static int ValueEnd(string line, int column)
    {
        switch (line[column])
        {
            case '"' or '\'':
                return QuoteEnd(line, column);
            case '[' or '{':
                return FlowEnd(line, column);
            case '|' or '>':
                return column + 1 < line.Length && line[column + 1] is '+' or '-' ? column + 2 : column + 1;
            default:
                int comment = line.IndexOf(" #", column, StringComparison.Ordinal);
                return !IsPlainStart(line, column) || KeyLength(line, column) is not null ? -1 : comment < 0 ? line.Length : comment;
        }
    }

    private static int QuoteEnd(string line, int column)
    {
        char quote = line[column];
        for (int i = column + 1; i < line.Length; i++)
        {
            if (line[i] == '\\' && quote == '"')
            {
                i++;
            }
            else if (line[i] == quote)
            {
                if (quote == '"' || i + 1 == line.Length || line[i + 1] != '\'')
                {
                    return i + 1;
                }
                i++;
            }
        }
        return -1;
    }

    private static int FlowEnd(string line, int column)
    {
        string open = "";
        for (int i = column; i < line.Length; i++)
        {
            char c = line[i];
            if (c is '"' or '\'' && line[i - 1] is ' ' or ',' or '[' or '{' or ':')
            {
                i = QuoteEnd(line, i) - 1;
                if (i < 0)
                {
                    return -1;
                }
            }
            else if (c is '[' or '{')
            {
                open += c == '[' ? ']' : '}';
                if (open.Length > Deepest)
                {
                    return -1;
                }
            }
            else if (c is ']' or '}')
            {
                if (open.Length == 0 || open[^1] != c)
                {
                    return -1;
                }
                open = open[..^1];
                if (open.Length == 0)
                {
                    return i + 1;
                }
            }
            else if ((c == '#' && line[i - 1] == ' ') || (c is '&' or '*' or '!' && line[i - 1] is ' ' or ',' or '[' or '{'))
            {
                return -1;
            }
        }
        return -1;
    }
}
