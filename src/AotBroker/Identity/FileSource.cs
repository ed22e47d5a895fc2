using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>A file that the profile or a variable names.</summary>
internal sealed class FileSource(FileIdentity settings, ProcessEnvironment environment) : TokenInFile
{
    public override IdentitySettings Settings => settings with { Path = Path };

    protected override string Locate() => environment.Absolute(settings.Path);

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is FileIdentity own ? new FileSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => context.Has("file", Variables.IdentityTokenFile)
        ? new FoundIdentity(new FileIdentity { Path = context.Get(Variables.IdentityTokenFile)! }, Variables.IdentityTokenFile)
        : null;
}
