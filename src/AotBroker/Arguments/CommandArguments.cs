using System.Globalization;
using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Arguments;

/// <summary>
/// The arguments of a command, taken apart and checked by its row of the table. One grammar for all: `--name value` or
/// `--name=value`, each option once, `--` ends them; what is passed to a program that is run is not parsed.
/// </summary>
internal sealed class CommandArguments
{
    private const string EndOfOptions = "--";

    private readonly CommandRow _row;
    private readonly List<(Option Option, string Value)> _given = [];
    private BrokerException? _problem;

    private CommandArguments(CommandRow row) => _row = row;

    /// <summary>Help was asked for, whatever else is wrong. (A client's word may look the same: its protocol decides.)</summary>
    public bool AsksForHelp { get; private set; }

    /// <summary>The arguments that are not options.</summary>
    public string[] Words { get; private set; } = [];

    /// <summary>Takes the arguments apart.</summary>
    /// <param name="row">The command.</param>
    /// <param name="arguments">What follows its name.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>, naming the option or the argument that is wrong.</exception>
    public static CommandArguments Of(CommandRow row, ReadOnlySpan<string> arguments)
    {
        CommandArguments result = new(row);
        result.Take(arguments);
        if (!result.AsksForHelp)
        {
            result.CheckWhole();
            if (result._problem is { } problem)
            {
                throw problem;
            }
        }
        return result;
    }

    /// <summary>The value of an option; null if it was not given.</summary>
    public string? Find(string option)
    {
        foreach ((Option one, string value) in _given)
        {
            if (one.Name == option)
            {
                return value;
            }
        }
        return null;
    }

    /// <summary>Whether an option was given.</summary>
    public bool Has(string option) => Find(option) is not null;

    /// <summary>A number, which has been checked; null if it was not given.</summary>
    public long? FindNumber(string option) => Find(option) is { } value ? long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>All values of an option that is a list.</summary>
    public string[] FindAll(string option)
    {
        List<string> values = [];
        foreach ((Option one, string value) in _given)
        {
            if (one.Name == option)
            {
                values.Add(value);
            }
        }
        return [.. values];
    }

    /// <summary>
    /// The same for a binder that knows one form, `--name value`: with the command's name first, and each argument that is not an option as
    /// `--argument value`.
    /// </summary>
    public string[] ToBind()
    {
        List<string> plain = [_row.Name];
        foreach ((Option option, string value) in _given)
        {
            plain.Add(option.Name);
            if (option.Value != Value.None)
            {
                plain.Add(value);
            }
        }
        if (Words is [{ } word])
        {
            plain.Add("--" + _row.Argument!.Name.ToLowerInvariant());
            plain.Add(word);
        }
        return [.. plain];
    }

    /// <summary>The hint that every error of usage ends with.</summary>
    public static string SeeHelp(string? command = null) => $"see `{Product.Name} {command}{(command is null ? "" : " ")}--help`";

    private void Take(ReadOnlySpan<string> arguments)
    {
        List<string> words = [];
        bool passesOn = _row.Argument is { Value: Value.ClientWords };
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == EndOfOptions && !passesOn)
            {
                words.AddRange(arguments[(i + 1)..]);
                break;
            }
            if (!argument.StartsWith('-'))
            {
                if (_row.Argument is { Value: Value.Executable })
                {
                    words.AddRange(arguments[i..]);
                    break;
                }
                words.Add(argument);
                continue;
            }
            int equals = argument.StartsWith(EndOfOptions, StringComparison.Ordinal) ? argument.IndexOf('=') : -1;
            ReadOnlySpan<char> name = equals < 0 ? argument : argument.AsSpan(0, equals);
            if (_row.Find(name) is { } option)
            {
                TakeOption(option, equals < 0 ? null : argument[(equals + 1)..], arguments, ref i);
            }
            else if (passesOn || Options.AsksForHelp(argument))
            {
                AsksForHelp |= Options.AsksForHelp(argument);
                words.Add(argument);
            }
            else
            {
                _problem ??= Unknown(name.ToString());
            }
        }
        Words = [.. words];
    }

    private void TakeOption(Option option, string? value, ReadOnlySpan<string> arguments, ref int index)
    {
        if (option.Value == Value.None)
        {
            if (value is not null)
            {
                _problem ??= Wrong($"{option.Name} takes no value");
            }
        }
        else if (value is null && index + 1 < arguments.Length && !IsOption(arguments[index + 1]))
        {
            value = arguments[++index];
        }
        if (!option.IsList && Find(option.Name) is not null)
        {
            _problem ??= Wrong($"{option.Name} is given twice");
        }
        else if (option.Value != Value.None)
        {
            _problem ??= Check(option, value);
        }
        _given.Add((option, value ?? ""));
    }

    private BrokerException? Check(Option option, string? value) => value switch
    {
        null or EndOfOptions => Wrong($"{option.Name} needs a value, as in {option.Name} {option.ValueName}"),
        "" => Wrong($"{option.Name} is empty"),
        _ when option.Value == Value.Number && !IsWithin(option, value) => Wrong(
            option.Most >= int.MaxValue ? $"{option.Name} takes {option.Unit}, {option.Least} or more" : $"{option.Name} takes {option.Unit}, {option.Least} to {option.Most}"),
        _ => null,
    };

    /// <summary>Digits alone: no sign, no point, no space.</summary>
    private static bool IsWithin(Option option, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= option.Least && number <= option.Most;

    /// <summary>Whether an argument is not a value, because it is an option of the command.</summary>
    private bool IsOption(string argument)
    {
        if (!argument.StartsWith('-'))
        {
            return false;
        }
        int equals = argument.IndexOf('=');
        return argument == EndOfOptions || Options.AsksForHelp(argument) || _row.Find(equals < 0 ? argument : argument.AsSpan(0, equals)) is not null;
    }

    /// <summary>Checks that need all arguments.</summary>
    private void CheckWhole()
    {
        if (_problem is null && _row.Exclusive is { } pair && Find(pair.One) is not null && Find(pair.Other) is not null)
        {
            _problem = Wrong($"{pair.One} and {pair.Other} cannot be used together");
        }
        foreach (Option option in _row.Options)
        {
            if (option.IsRequired && Find(option.Name) is null)
            {
                _problem ??= Wrong($"{_row.Name} needs {option.Name} {option.ValueName}");
            }
        }
        switch (_row.Argument)
        {
            case { Value: Value.ClientWords }:
                break;
            case { IsRequired: true } argument when Words.Length == 0:
                _problem ??= Wrong($"{_row.Name} needs {(argument.Value == Value.Executable ? "-- " : "")}{argument.Name}");
                break;
            case { Value: Value.Executable }:
                break;
            case { } argument when Words is ["", ..]:
                _problem ??= Wrong($"{argument.Name} is empty");
                break;
            case { } when Words is [EndOfOptions, ..]:
                _problem ??= Superfluous(EndOfOptions);
                break;
            case var argument when Words.Length > (argument is null ? 0 : 1):
                _problem ??= Superfluous(Words[argument is null ? 0 : 1]);
                break;
        }
    }

    private BrokerException Superfluous(string word)
    {
        string name = word.StartsWith('-') ? word.Split('=')[0] : word;
        string message = $"{_row.Name} takes no argument \"{word}\"";
        return _row.Find(name) is { } option ? Wrong(message, AfterCommand(_row.Name, option)) : Wrong(message);
    }

    private BrokerException Unknown(string name)
    {
        string message = $"{_row.Name} has no option {name}";
        if (SchemaText.Nearest(name, [.. Array.ConvertAll(Array.FindAll(_row.Options, static one => !one.IsHidden), static one => one.Name), "--help"]) is { } nearest && nearest != name)
        {
            return Wrong(message, $"did you mean `{nearest}`?");
        }
        return _row.Argument is { Value: Value.Executable } ? Wrong(message + " (the command comes after the options, or after --)") : Wrong(message);
    }

    /// <summary>For an option in a place where none is expected.</summary>
    public static string AfterCommand(string command, Option option) =>
        $"options come after the command, as in `{Product.Name} {command} {option.Name}{(option.ValueName.Length > 0 ? " " : "")}{option.ValueName}`";

    private BrokerException Wrong(string message, params string[] hints) => new(ErrorCode.Usage, message, [.. hints, SeeHelp(_row.Name)]);
}
