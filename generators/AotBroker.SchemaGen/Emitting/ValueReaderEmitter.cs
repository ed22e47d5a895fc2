using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits a method that reads one value. It returns null, or a default, after it has reported a problem.</summary>
internal sealed partial class ValueReaderEmitter(CodeWriter code, TypeNames names)
{
    public void Emit(string method, ValueModel value)
    {
        string expected = Literals.String(Expectation.Of(value));
        switch (value)
        {
            case StringValue text:
                EmitString(method, text, expected);
                break;
            case IntegerValue integer:
                EmitChecked(method, "long", $"reader.ReadInteger({expected}, out long number)", IntegerTest(integer), expected);
                break;
            case BooleanValue:
                EmitShort($"bool {method}(ref SchemaReader reader)", $"reader.ReadBoolean({expected})");
                break;
            case IntegerChoiceValue choice:
                EmitChecked(method, "long", $"reader.ReadInteger({expected}, out long number)", $"number is not ({string.Join(" or ", choice.Numbers.Select(Literals.Long))})", expected);
                break;
            case NumberValue number:
                EmitChecked(method, "SchemaNumber", $"reader.ReadNumber({expected}, out SchemaNumber number)", NumberTest(number), expected);
                break;
            case AnyValue:
                EmitShort($"SchemaValue? {method}(ref SchemaReader reader)", "reader.ReadValue()");
                break;
            case JsonChoiceValue choice:
                EmitJsonChoice(method, choice, expected);
                break;
            case ConstStringValue or ConstIntegerValue or ConstBooleanValue or ConstJsonValue:
                EmitConst(method, value);
                break;
            case EnumValue choice:
                EmitShort($"{choice.TypeName} {method}(ref SchemaReader reader)", $"{names.InExpression(choice.TypeName + "Text")}.Read(ref reader)");
                break;
            case ObjectValue record:
                EmitShort($"{record.TypeName}? {method}(ref SchemaReader reader)", $"{names.InExpression(record.TypeName)}.Reader.Read(ref reader)");
                break;
            case ListValue list:
                EmitList(method, list, expected);
                break;
            case MapValue map:
                EmitMap(method, map);
                break;
            case MixedValue mixed:
                EmitMixed(method, mixed, expected);
                break;
        }
    }

    private void EmitShort(string signature, string expression) => code.Line($"private static {signature} => {expression};").Line();

    /// <summary>The statement that reads a value which is known beforehand.</summary>
    public static string ConstantRead(ValueModel value)
    {
        string constant = value is ConstStringValue text ? Literals.Utf8(text.Text) : CSharpTypes.Const(value);
        return $"reader.ReadConstant({constant}, {Literals.String(Expectation.Of(value))});";
    }

    private void EmitConst(string method, ValueModel value)
    {
        code.Open($"private static {CSharpTypes.Of(value)} {method}(ref SchemaReader reader)");
        code.Line(ConstantRead(value));
        code.Line($"return {CSharpTypes.Const(value)};");
        code.Close().Line();
    }

    /// <summary>The choices are one array of JSON, so that nothing has to be initialised.</summary>
    private void EmitJsonChoice(string method, JsonChoiceValue choice, string expected)
    {
        string choices = Literals.Utf8("[" + string.Join(",", choice.Jsons) + "]");
        EmitShort($"SchemaValue? {method}(ref SchemaReader reader)", $"reader.ReadChoice({choices}, {expected})");
    }

    private void EmitString(string method, StringValue text, string expected)
    {
        string type = CSharpTypes.Of(text);
        string? refused = StringTest(text, method.Substring("Read".Length));
        string read = text.IsSecret ? "ReadSecretText" : "ReadString";
        if (refused is null)
        {
            EmitShort($"{type}? {method}(ref SchemaReader reader)", text.IsSecret
                ? $"reader.ReadSecretText({expected}) is {{ }} text ? new Secret(text) : null"
                : $"reader.ReadString({expected})");
            return;
        }

        code.Open($"private static {type}? {method}(ref SchemaReader reader)");
        code.Line($"string? text = reader.{read}({expected});");
        code.Block($"if (text is not null && {Grouped(refused)})", () =>
            code.Line($"reader.{(text.IsSecret ? "RefuseSecret" : "Refuse")}({expected});").Line("return null;"));
        code.Line();
        code.Line(text.IsSecret ? "return text is null ? null : new Secret(text);" : "return text;");
        code.Close().Line();
        if (text.Pattern is not null)
        {
            PatternEmitter.Emit(code, "Matches" + method.Substring("Read".Length), text.Pattern);
            code.Line();
        }
    }

    /// <summary>What makes a string unacceptable; null when nothing does.</summary>
    private static string? StringTest(StringValue text, string name)
    {
        string? test = null;
        void Or(string condition) => test = test is null ? condition : test + " || " + condition;

        if (text.MinLength == 1)
        {
            Or("text.Length == 0");
        }
        else if (text.MinLength > 1)
        {
            Or($"SchemaText.IsShorter(text, {text.MinLength})");
        }

        if (text.MaxLength is { } most)
        {
            Or($"SchemaText.IsLonger(text, {most})");
        }

        if (text.Format is not null)
        {
            Or(text.Format switch
            {
                "uuid" => "!SchemaFormat.IsUuid(text)",
                "uri" => "!SchemaFormat.IsUri(text)",
                _ => "!SchemaFormat.IsDateTime(text)",
            });
        }

        if (text.Pattern is not null)
        {
            Or($"!Matches{name}(text)");
        }

        return test;
    }

    /// <summary>A value without null: what a failed read leaves is a default, and the reader knows that it failed.</summary>
    private void EmitChecked(string method, string type, string read, string? refused, string expected)
    {
        if (refused is null)
        {
            EmitShort($"{type} {method}(ref SchemaReader reader)", $"{read} ? number : default");
            return;
        }

        code.Open($"private static {type} {method}(ref SchemaReader reader)");
        code.Block($"if ({read} && {Grouped(refused)})", () => code.Line($"reader.Refuse({expected});"));
        code.Line();
        code.Line("return number;");
        code.Close().Line();
    }

    private static string Grouped(string condition) => condition.Contains(" || ") ? $"({condition})" : condition;

    private static string? NumberTest(NumberValue number)
    {
        var tests = new List<string>();
        if (number.Minimum is { } least)
        {
            tests.Add($"number {(least.IsExclusive ? "<=" : "<")} new SchemaNumber({Literals.String(least.Text)})");
        }

        if (number.Maximum is { } most)
        {
            tests.Add($"number {(most.IsExclusive ? ">=" : ">")} new SchemaNumber({Literals.String(most.Text)})");
        }

        if (number.MultipleOf is { } multiple)
        {
            tests.Add($"!number.IsMultipleOf({multiple.Digits}UL, {multiple.Exponent})");
        }

        return tests.Count == 0 ? null : string.Join(" || ", tests);
    }

    private static string? IntegerTest(IntegerValue integer)
    {
        string range = integer switch
        {
            { Minimum: { } least, Maximum: { } most } => $"number is < {Literals.Long(least)} or > {Literals.Long(most)}",
            { Minimum: { } least } => $"number < {Literals.Long(least)}",
            { Maximum: { } most } => $"number > {Literals.Long(most)}",
            _ => "",
        };
        string multiple = integer.MultipleOf is { } divisor ? $"number % {Literals.Long(divisor)} != 0" : "";
        string joined = range + (range.Length > 0 && multiple.Length > 0 ? " || " : "") + multiple;
        return joined.Length == 0 ? null : joined;
    }
}
