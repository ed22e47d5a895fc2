using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>An object that a schema describes.</summary>
public interface ISchemaObject
{
    /// <summary>Writes the object, with the members that the schema does not name where they were.</summary>
    void Write(Utf8JsonWriter writer);
}

/// <summary>What all objects have in common when they are written.</summary>
internal static class SchemaJson
{
    public static byte[] ToUtf8(ISchemaObject value, bool indented)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter writer = new(buffer, Options(indented)))
        {
            value.Write(writer);
        }

        byte[] utf8 = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return utf8;
    }

    /// <summary>What is wrong with a value, by what is wrong with its text. The text is wiped: it may hold a secret.</summary>
    /// <param name="isSame">The text reads back as the same value.</param>
    public static SchemaProblems Verdict(byte[] utf8, bool isSame, SchemaProblems problems)
    {
        Array.Clear(utf8);
        foreach (SchemaProblem problem in problems)
        {
            problem.Line = 0;
            problem.Column = 0;
        }

        return isSame || problems.HasErrors
            ? problems
            : new SchemaProblems([new SchemaProblem(SchemaProblemKind.WrongValue, true, 0, "text of whole characters", "half of one", null)]);
    }

    /// <summary>A value without white space, and with each string written in one way: so equal values are equal bytes.</summary>
    public static byte[] Normalize(ReadOnlySpan<byte> utf8)
    {
        ArrayBufferWriter<byte> buffer = new(utf8.Length + 16);
        using (Utf8JsonWriter writer = new(buffer, Options(indented: false)))
        {
            Copy(utf8, writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The array has an item that is equal to a value.</summary>
    public static bool HasItem(ReadOnlySpan<byte> array, SchemaValue value)
    {
        Utf8JsonReader json = new(array);
        json.Read();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)json.TokenStartIndex;
            json.Skip();
            if (value.Equals(new SchemaValue(array[start..(int)json.BytesConsumed])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a name begins that its object has before; -1 when there is none.</summary>
    public static int FindRepeatedName(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader json = new(utf8, new JsonReaderOptions { MaxDepth = SchemaReader.MaxDepth });
        List<HashSet<string>> open = [];
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                open.Add(new HashSet<string>(StringComparer.Ordinal));
            }
            else if (json.TokenType == JsonTokenType.EndObject)
            {
                open.RemoveAt(open.Count - 1);
            }
            else if (json.TokenType == JsonTokenType.PropertyName && !open[^1].Add(json.GetString()!))
            {
                return (int)json.TokenStartIndex;
            }
        }

        return -1;
    }

    /// <summary>Writes a value anew, in the layout of the writer. Numbers keep their digits.</summary>
    public static void Copy(ReadOnlySpan<byte> utf8, Utf8JsonWriter writer)
    {
        Utf8JsonReader json = new(utf8, new JsonReaderOptions { MaxDepth = SchemaReader.MaxDepth });
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    writer.WritePropertyName(json.GetString()!);
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(json.GetString());
                    break;
                case JsonTokenType.Number:
                    WriteNumber(writer, Encoding.UTF8.GetString(json.ValueSpan));
                    break;
                case JsonTokenType.Null:
                    writer.WriteNullValue();
                    break;
                default:
                    writer.WriteBooleanValue(json.GetBoolean());
                    break;
            }
        }
    }

    /// <summary>Writes a number with the digits that it has.</summary>
    public static void WriteNumber(Utf8JsonWriter writer, string text)
    {
        // The writer puts raw values into the line that it is in, so it gets a number where that comes to the same digits.
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number.ToString(CultureInfo.InvariantCulture) == text)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
    }

    /// <summary>
    /// Escapes what JSON demands, and no more: the text goes into files and pipes, never into HTML. The line ends are the same on
    /// every platform.
    /// </summary>
    private static JsonWriterOptions Options(bool indented) => new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = indented,
        NewLine = "\n",
    };
}
