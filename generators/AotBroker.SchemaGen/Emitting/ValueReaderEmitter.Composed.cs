using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Arrays, maps, and values of several types: each is read by the methods of what it is made of.</summary>
internal sealed partial class ValueReaderEmitter
{
    private void EmitList(string method, ListValue list, string expected)
    {
        string item = CSharpTypes.Of(list.Item) + (list.IsItemNullable ? "?" : "");
        code.Open($"private static SchemaList<{item}>? {method}(ref SchemaReader reader)");
        string start = ListTest(list) is null && !list.IsUnique ? "_" : "int start";
        code.Block($"if (!reader.BeginArray({expected}, out {start}))", () => code.Line("return null;"));
        code.Line();
        string? refused = ListTest(list);
        code.Line($"List<{item}> items = [];");
        if (refused is not null)
        {
            code.Line("int count = 0;");
        }

        if (list.IsUnique)
        {
            code.Line("int errors = reader.Errors;");
        }

        code.Open("while (reader.NextItem())");
        if (refused is not null)
        {
            code.Line("count++;");
        }

        EmitItem(list.Item, list.IsItemNullable, method + "_Item", "items.Add({0});");
        code.Close().Line();
        if (refused is not null)
        {
            code.Block($"if ({refused})", () => code.Line($"reader.RefuseCount(start, count, {expected});"));
            code.Line();
        }

        if (list.IsUnique)
        {
            code.Block("if (reader.Errors == errors && SchemaList.FindRepeated(items) is var repeated and >= 0)", () =>
                code.Line($"reader.RefuseRepeated(start, repeated, {expected});"));
            code.Line();
        }

        code.Line($"return new SchemaList<{item}>(items);");
        code.Close().Line();
        Emit(method + "_Item", list.Item);
    }

    private static string? ListTest(ListValue list) => list switch
    {
        { MinItems: > 0, MaxItems: { } most } => $"count is < {list.MinItems} or > {most}",
        { MinItems: > 0 } => $"count < {list.MinItems}",
        { MaxItems: { } most } => $"count > {most}",
        _ => null,
    };

    private void EmitMap(string method, MapValue map)
    {
        string value = CSharpTypes.Of(map.Value) + (map.IsValueNullable ? "?" : "");
        code.Open($"private static SchemaMap<{value}>? {method}(ref SchemaReader reader)");
        code.Block("if (!reader.BeginObject(out _))", () => code.Line("return null;"));
        code.Line();
        code.Line($"SchemaMapBuilder<{value}> entries = new();");
        code.Open("while (reader.NextMember(out ReadOnlySpan<byte> name))");
        code.Line("string key = SchemaText.Decode(name);");
        code.Block("if (!entries.IsNew(key))", () => code.Line("reader.ReportDuplicate();").Line("continue;"));
        code.Line();
        EmitItem(map.Value, map.IsValueNullable, method + "_Value", "entries.Add(key, {0});");
        code.Close().Line();
        code.Line("return entries.ToMap();");
        code.Close().Line();
        Emit(method + "_Value", map.Value);
    }

    /// <summary>A value is read as one of its type, which is what finds its problems, and then kept as it is.</summary>
    private void EmitMixed(string method, MixedValue mixed, string expected)
    {
        KindModel[] checkedKinds = [.. mixed.Kinds.Where(kind => kind.Value is not AnyValue)];
        string[] free = [.. mixed.Kinds.Where(kind => kind.Value is AnyValue).Select(kind => Token(kind.Type))];
        code.Open($"private static SchemaValue? {method}(ref SchemaReader reader)");
        if (checkedKinds.Length > 0)
        {
            code.Line("SchemaReader start = reader;").Line("int errors = reader.Errors;");
        }

        code.Open("switch (reader.Token)");
        foreach (KindModel kind in checkedKinds)
        {
            code.Line($"case {Token(kind.Type)}:").Indent().Line($"_ = {method}_{kind.Type}(ref reader);").Line("break;").Outdent();
        }

        if (free.Length > 0)
        {
            code.Line($"case {string.Join(" or ", free)}:").Indent().Line("return reader.ReadValue();").Outdent();
        }

        code.Line("default:").Indent().Line($"reader.RefuseType({expected}, showText: false);").Line("return null;").Outdent();
        code.Close();
        if (checkedKinds.Length > 0)
        {
            code.Line().Line("return reader.Errors == errors ? start.ReadValue() : null;");
        }

        code.Close().Line();
        foreach (KindModel kind in checkedKinds)
        {
            Emit($"{method}_{kind.Type}", kind.Value);
        }
    }

    private static string Token(string type) => type switch
    {
        "string" => "JsonTokenType.String",
        "number" => "JsonTokenType.Number",
        "boolean" => "JsonTokenType.True or JsonTokenType.False",
        "null" => "JsonTokenType.Null",
        "array" => "JsonTokenType.StartArray",
        _ => "JsonTokenType.StartObject",
    };

    private void EmitItem(ValueModel value, bool isNullable, string method, string add)
    {
        string read = $"{method}(ref reader)";
        if (isNullable)
        {
            code.Block("if (reader.IsNull)", () => code.Line(string.Format(CultureInfo.InvariantCulture, add, "null")).Line("continue;"));
            code.Line();
        }

        if (!CSharpTypes.IsReference(value))
        {
            code.Line(string.Format(CultureInfo.InvariantCulture, add, read));
            return;
        }

        code.Block($"if ({read} is {{ }} item)", () => code.Line(string.Format(CultureInfo.InvariantCulture, add, "item")));
    }
}
