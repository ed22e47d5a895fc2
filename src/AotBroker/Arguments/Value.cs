namespace AotBroker.Arguments;

/// <summary>What an option or an argument takes: how it is checked, and what a shell offers for it.</summary>
internal enum Value
{
    /// <summary>An option that takes none: it is given, or it is not.</summary>
    None,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, within bounds.</summary>
    Number,

    File,
    Directory,
    Profile,

    /// <summary>A profile, and after a colon how its credential is handed over.</summary>
    Handover,

    /// <summary>How a credential is printed.</summary>
    Format,

    /// <summary>A client that `setup` knows.</summary>
    Client,

    /// <summary>A document that has a schema.</summary>
    Document,

    Shell,

    /// <summary>A command of the broker.</summary>
    Command,

    /// <summary>Another program's name, and everything after it: none of it is parsed.</summary>
    Executable,

    /// <summary>What a client passes in its own protocol: words, and options that the broker does not know.</summary>
    ClientWords,
}
