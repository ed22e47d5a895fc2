namespace AotBroker.Clients.Editing;

/// <summary>
/// As much of YAML as kubectl, the clouds' tools and people write into a kubeconfig: block style, scalars of any style over one
/// line or several, and flow collections as they are. What needs more to be understood is refused: anchors, aliases, tags,
/// merged and complex keys, comments inside a flow collection, several documents.
/// </summary>
internal sealed class BlockYaml
{
    private const int Deepest = 32;

    /// <summary>What is looked for, so that there must not be two of it.</summary>
    private static readonly string[] s_known = ["users", "name", "user", "exec", "command", "args", "provideClusterInfo"];

    /// <summary>What a scan comes to where the line ends before the text or the collection does.</summary>
    private const int Open = -2;

    private readonly List<Lexeme> _tokens = [];
    private readonly List<string> _lines;
    private int _next;

    private BlockYaml(List<string> lines) => _lines = lines;

    private enum Shape
    {
        Item,
        Key,
        Value,
    }

    /// <summary>A dash, a key, or a scalar or flow collection.</summary>
    private sealed class Lexeme(Shape kind, int line, int column, string text)
    {
        public Shape Kind => kind;

        /// <summary>From 0, as the column.</summary>
        public int Line => line;

        public int Column => column;

        /// <summary>The key, or the value as it is written, its lines folded into one as YAML does.</summary>
        public string Text { get; set; } = text;

        /// <summary>The line after its last.</summary>
        public int End { get; set; } = line + 1;
    }

    /// <summary>A key and what it has.</summary>
    internal sealed class Pair(string key, int line, Node value)
    {
        public string Key => key;

        public int Line => line;

        public Node Value => value;
    }

    /// <summary>A part of the document: a mapping, a sequence, a text as it is written, or nothing.</summary>
    internal sealed class Node
    {
        public List<Pair>? Members { get; init; }

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
        public Pair? Find(string key) => Members?.Find(one => one.Key == key);
    }

    private sealed class NotUnderstoodException(int line, string what) : Exception
    {
        public FileEdit Refusal { get; } = FileEdit.NotUnderstood(line, what);
    }

    /// <returns>Nothing at all where the document is empty.</returns>
    public static Node? Parse(List<string> lines, out FileEdit? refusal)
    {
        refusal = null;
        BlockYaml document = new(lines);
        try
        {
            document.ReadTokens();
            if (document._tokens.Count == 0)
            {
                return new Node();
            }
            Node root = document.ReadNode(Deepest);
            return document.Peek is { } left ? throw new NotUnderstoodException(left.Line, "is not indented like the lines before it") : root;
        }
        catch (NotUnderstoodException error)
        {
            refusal = error.Refusal;
            return null;
        }
    }

    private Lexeme? Peek => _next < _tokens.Count ? _tokens[_next] : null;

    private int End => _tokens[_next - 1].End;

    private Node ReadNode(int depth)
    {
        Lexeme first = Peek!;
        if (depth == 0)
        {
            throw new NotUnderstoodException(first.Line, "is nested too deeply");
        }
        if (first.Kind == Shape.Value)
        {
            _next++;
            return new Node { Raw = first.Text, Line = first.Line, Column = first.Column, End = End };
        }
        List<Pair> members = [];
        List<Node> items = [];
        while (Peek is { } token && token.Kind == first.Kind && token.Column == first.Column)
        {
            _next++;
            Node value = Peek is { } next && Belongs(next, token) ? ReadNode(depth - 1) : new Node { Line = token.Line, Column = token.Column, End = token.End };
            if (token.Kind == Shape.Item)
            {
                items.Add(value);
                continue;
            }
            if (Array.IndexOf(s_known, token.Text) >= 0 && members.Exists(one => one.Key == token.Text))
            {
                throw new NotUnderstoodException(token.Line, "repeats a key");
            }
            members.Add(new Pair(token.Text, token.Line, value));
        }
        if (Peek is { } left && left.Column > first.Column)
        {
            throw new NotUnderstoodException(left.Line, "is not indented like the lines before it");
        }
        return new Node { Members = first.Kind == Shape.Key ? members : null, Items = first.Kind == Shape.Item ? items : null, Line = first.Line, Column = first.Column, End = End };
    }

    private static bool Belongs(Lexeme next, Lexeme owner) =>
        next.Column > owner.Column || (next.Kind == Shape.Item && owner.Kind == Shape.Key && next.Column == owner.Column);

    private void ReadTokens()
    {
        int block = -1; // The column that a block scalar's lines are indented more than; -1 outside.
        int plain = -1; // The same of a plain text that may go on.
        for (int i = 0; i < _lines.Count; i++)
        {
            string line = _lines[i].TrimEnd('\n', '\r');
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
            if (line[indent] == '#')
            {
                plain = -1;
            }
            else if (plain >= 0 && indent > plain)
            {
                plain = GoOn(line, i) ? plain : -1;
            }
            else if (line != "---" || _tokens.Count > 0)
            {
                int owner = ReadLine(line, ref i, indent);
                bool isBlock = owner >= 0 && _tokens[^1].Text[0] is '|' or '>';
                block = isBlock ? owner : -1;
                plain = isBlock ? -1 : owner;
            }
        }
    }

    /// <summary>Takes a further line of a plain text.</summary>
    /// <returns>Whether another one may follow: not after a comment.</returns>
    private bool GoOn(string line, int number)
    {
        RequireOneDocument(line, number);
        int comment = line.IndexOf(" #", StringComparison.Ordinal);
        string more = (comment < 0 ? line : line[..comment]).Trim(' ');
        if (more.Contains(": ", StringComparison.Ordinal) || more.EndsWith(':'))
        {
            throw new NotUnderstoodException(number, "has a colon in a continued text");
        }
        Lexeme text = _tokens[^1];
        text.Text += (number > text.End ? new string('\n', number - text.End) : " ") + more;
        text.End = number + 1;
        return comment < 0;
    }

    private static void RequireOneDocument(string line, int number)
    {
        if (line.Contains('\t', StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal) || line.StartsWith("...", StringComparison.Ordinal))
        {
            throw new NotUnderstoodException(number, "has a tab, or begins a second document");
        }
    }

    /// <param name="line">The line.</param>
    /// <param name="number">Its number; that of the last line where a text in quotes or a collection goes on.</param>
    /// <param name="column">Where it begins.</param>
    /// <returns>The column of what has a block scalar, or a plain text that may go on; -1 where nothing has.</returns>
    private int ReadLine(string line, ref int number, int column)
    {
        RequireOneDocument(line, number);
        line = line.TrimEnd(' ');
        int first = number;
        int owner = _tokens.Count > 0 && _tokens[^1].Kind != Shape.Value ? _tokens[^1].Column : column;
        while (line[column] == '-' && (column + 1 == line.Length || line[column + 1] == ' '))
        {
            _tokens.Add(new Lexeme(Shape.Item, first, owner = column, ""));
            column = Skip(line, column + 1);
            if (IsEnd(line, column))
            {
                return -1;
            }
        }
        if (KeyLength(line, column) is int length)
        {
            if (line[column] is not ('"' or '\'') && (!IsPlainStart(line, column) || line[column] == '<'))
            {
                throw new NotUnderstoodException(number, "has a key that is more than a word");
            }
            _tokens.Add(new Lexeme(Shape.Key, first, owner = column, KeyOf(line[column..(column + length)].TrimEnd(' '), number)));
            column = Skip(line, column + length + 1);
            if (IsEnd(line, column))
            {
                return -1;
            }
        }
        int end = ValueEnd(line, column);
        while (end == Open && number + 1 < _lines.Count)
        {
            string next = _lines[++number].TrimEnd('\n', '\r');
            RequireOneDocument(next, number);
            next = next.Trim(' ');
            line = next.Length == 0 ? line + '\n' : line.EndsWith('\n') ? line + next : $"{line} {next}";
            end = ValueEnd(line, column);
        }
        if (end < 0 || !IsEnd(line, end == line.Length ? end : Skip(line, end)) || (end < line.Length && line[end] != ' '))
        {
            throw new NotUnderstoodException(first, "has a value that is more than a text or a collection, such as an anchor, an alias or a tag, or one that does not end");
        }
        _tokens.Add(new Lexeme(Shape.Value, first, column, line[column..end].TrimEnd(' ')) { End = number + 1 });
        bool mayGoOn = line[column] is not ('"' or '\'' or '[' or '{') && (end == line.Length || line[column] is '|' or '>');
        return mayGoOn ? owner : -1;
    }

    /// <summary>What a key says, in quotes or not.</summary>
    private static string KeyOf(string written, int number) => new Node { Raw = written }.Text ?? throw new NotUnderstoodException(number, "has a key with an escape");

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
        if (line[column] is '[' or '{')
        {
            return null;
        }
        if (line[column] is '"' or '\'')
        {
            int end = QuoteEnd(line, column);
            int colon = end < 0 ? end : Skip(line, end);
            return colon >= 0 && colon < line.Length && line[colon] == ':' && (colon + 1 == line.Length || line[colon + 1] == ' ') ? colon - column : null;
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

    /// <returns>The column after the value; -1 where it is not understood, <see cref="Open"/> where it goes on.</returns>
    private static int ValueEnd(string line, int column)
    {
        switch (line[column])
        {
            case '"' or '\'':
                return QuoteEnd(line, column);
            case '[' or '{':
                return FlowEnd(line, column);
            case '|' or '>':
                int header = column + 1; // How its end is kept, and how far it is indented, in either order.
                while (header < line.Length && header < column + 3 && line[header] is '+' or '-' or (>= '1' and <= '9'))
                {
                    header++;
                }
                return header;
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
        return Open;
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
                    return Open;
                }
                ReadOnlySpan<char> rest = line.AsSpan(i + 1).TrimStart();
                if (!rest.IsEmpty && rest[0] is not (',' or ']' or '}' or ':' or '#'))
                {
                    return -1; // What follows a quoted text in a list is its end, or the next one.
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
        return Open;
    }
}
