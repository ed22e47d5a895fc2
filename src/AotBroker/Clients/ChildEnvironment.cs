using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>What a command is to find: the variables that change, and the files in a directory of its own.</summary>
/// <param name="environment">The one that the command would have.</param>
/// <param name="directory">The command's own directory; null if nothing needs one.</param>
internal sealed class ChildEnvironment(ProcessEnvironment environment, string? directory)
{
    private readonly Dictionary<string, string?> _variables = [];
    private readonly Dictionary<string, string> _owners = [];

    public ProcessEnvironment Environment => environment;

    public string Directory => directory ?? throw new InvalidOperationException("this command was not expected to have files");

    /// <summary>Each variable that is set or, with null, unset.</summary>
    public List<KeyValuePair<string, string?>> Changes => [.. _variables];

    public bool Has(string variable) => _variables.ContainsKey(variable);

    /// <param name="variable">Its name.</param>
    /// <param name="value">Its value; null takes it away.</param>
    /// <param name="by">Whose it is, for people.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: another credential has set it.</exception>
    public void Set(string variable, string? value, string by)
    {
        Reserve(variable, by);
        if (_variables.TryGetValue(variable, out string? other) && other != value)
        {
            throw new BrokerException(ErrorCode.Usage, $"two parts of what {by} hands over would be {variable}", "name another variable in the profile's \"variables\"");
        }
        if (value?.Contains('\0', StringComparison.Ordinal) == true)
        {
            throw new BrokerException(ErrorCode.Usage, $"the value of {variable}, from {by}, contains a NUL, which no variable can hold", $"hand it over in a file: --with {by}:file");
        }
        _variables[variable] = value;
    }

    /// <summary>Takes a variable away that the command would have had from elsewhere.</summary>
    public void Remove(string variable) => _variables[variable] = null;

    /// <summary>Keeps a variable that decides which credential is used, or where it is sent, for one credential: no other may set it then.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: it is another credential's.</exception>
    public void Reserve(string variable, string by)
    {
        if (_owners.TryGetValue(variable, out string? other) && other != by)
        {
            throw new BrokerException(
                ErrorCode.Usage,
                $"{other} and {by} both need {variable}",
                "hand one of them over in another way, or let its profile's \"variables\" name another variable");
        }
        _owners[variable] = by;
    }

    /// <summary>Writes a file for the user alone.</summary>
    /// <param name="name">Relative to the command's directory.</param>
    /// <param name="content">All of it.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Write(string name, ReadOnlySpan<byte> content) => Write(Directory, name, content);

    /// <summary>The same, for a command that runs already: the file is replaced as a whole.</summary>
    public static string Write(string directory, string name, ReadOnlySpan<byte> content)
    {
        string path = $"{directory}/{name}";
        PrivateDirectory.Make(path[..path.LastIndexOf('/')]);
        PrivateFile.Replace(path, content);
        return path;
    }
}
