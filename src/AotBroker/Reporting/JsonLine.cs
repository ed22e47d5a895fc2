using System.Globalization;
using System.Text;
using AotBroker.Errors;

namespace AotBroker.Reporting;

/// <summary>
/// One line of JSON, written by hand: a serializer, or its writer with its table of characters, would cost a good part of
/// a hit. Everything that the broker prints as JSON is such a line; members are in snake_case, times in Unix seconds.
/// </summary>
internal sealed class JsonLine
{
    private readonly StringBuilder _text = new(1024);
    private bool _isFirst = true;

    public JsonLine BeginObject(string? name = null)
    {
        Name(name);
        _text.Append('{');
        _isFirst = true;
        return this;
    }

    public JsonLine EndObject()
    {
        _text.Append('}');
        _isFirst = false;
        return this;
    }

    public JsonLine BeginArray(string name)
    {
        Name(name);
        _text.Append('[');
        _isFirst = true;
        return this;
    }

    public JsonLine EndArray()
    {
        _text.Append(']');
        _isFirst = false;
        return this;
    }

    /// <param name="name">The member.</param>
    /// <param name="value">Null is written as such.</param>
    public JsonLine String(string name, string? value)
    {
        if (value is null)
        {
            return Null(name);
        }
        Name(name);
        Quoted(value);
        return this;
    }

    public JsonLine Null(string name)
    {
        Name(name);
        _text.Append("null");
        return this;
    }

    /// <summary>A list of texts.</summary>
    public JsonLine Strings(string name, params ReadOnlySpan<string> values)
    {
        Name(name);
        _text.Append('[');
        for (int i = 0; i < values.Length; i++)
        {
            _text.Append(i > 0 ? "," : "");
            Quoted(values[i]);
        }
        _text.Append(']');
        return this;
    }

    public JsonLine Number(string name, long value)
    {
        Name(name);
        _text.Append(value);
        return this;
    }

    public JsonLine Boolean(string name, bool value)
    {
        Name(name);
        _text.Append(value ? "true" : "false");
        return this;
    }

    /// <summary>The problem, in the form that every command's output has; null if there is none.</summary>
    public JsonLine Problem(BrokerException? problem) => problem is null
        ? this
        : BeginObject("problem")
            .String("code", ErrorCodes.NameOf(problem.Code))
            .String("message", problem.Message)
            .Strings("hints", [.. problem.Hints])
            .EndObject();

    /// <summary>The line with its end.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.Append('\n').ToString());

    /// <summary>A text as JSON writes it, quotes included.</summary>
    public static string Quote(string text)
    {
        JsonLine line = new();
        line.Quoted(text);
        return line._text.ToString();
    }

    private void Name(string? name)
    {
        if (!_isFirst)
        {
            _text.Append(',');
        }
        _isFirst = false;
        if (name is not null)
        {
            Quoted(name);
            _text.Append(':');
        }
    }

    private void Quoted(string value)
    {
        _text.Append('"');
        int from = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c is (>= ' ' and < '\u007f' or > '\u009f') and not ('"' or '\\'))
            {
                continue;
            }
            _text.Append(value, from, i - from).Append('\\');
            if (c is '"' or '\\')
            {
                _text.Append(c);
            }
            else
            {
                _text.Append('u').Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            from = i + 1;
        }
        _text.Append(value, from, value.Length - from).Append('"');
    }
}
