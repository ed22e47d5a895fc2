using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Terraform;

/// <summary>Terraform and OpenTofu: the one credentials helper, found by its link's name in a directory of Terraform's.</summary>
internal sealed class TerraformSetup : ClientSetup
{
    private const string Block = "credentials_helper";
    private const string Plugins = ".terraform.d/plugins";
    private const string Head = $"{Block} \"{Product.Name}\" {{\n  args = [\"--profile\", \"";
    private const string Tail = "\"]\n}";

    public override string Name => "terraform";

    public override string FileFor(string profile, ProcessEnvironment environment) =>
        environment.Get("TF_CLI_CONFIG_FILE") is { } chosen ? environment.Absolute(chosen) : InHome(".terraformrc", environment);

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        new TerraformFormat().RequireCarries(profile.Kind, profile.Name);
        _ = HostsOf(profile);
        string block = $"{Head}{profile.Name}{Tail}\n";
        bool hasLink = environment.Get(Variables.Home) is { } home && Path.Exists($"{environment.Absolute(home)}/{Plugins}/{TerraformProtocol.LinkName}");
        return new SetupPlan
        {
            File = file,
            Lines = block,
            Edit = text => Put(text, block, profile.Name),
            Next = hasLink ? [] : [$"Terraform looks for {TerraformProtocol.LinkName} in ~/{Plugins}: `mkdir -p ~/{Plugins} && {Product.Name} link ~/{Plugins}` makes it"],
        };
    }

    /// <summary>The rest of the file need not be understood: there is a block of this name in it, or there is none.</summary>
    private static FileEdit Put(string text, string block, string profile)
    {
        if (OctetText.WhyNoLines(text) is { } reason)
        {
            return FileEdit.Refused(reason);
        }
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            return FileEdit.Refused("it is JSON, and Terraform reads no block after that");
        }
        int at = text.IndexOf(Block, StringComparison.Ordinal);
        if (at < 0)
        {
            return FileEdit.To(OctetText.Append(text, block, apart: true));
        }
        string end = OctetText.LineEnd(text);
        string head = Head.ReplaceLineEndings(end);
        int start = at + head.Length;
        bool isOurs = (at == OctetText.MarkLength(text) || text[at - 1] == '\n') && string.CompareOrdinal(text, at, head, 0, head.Length) == 0;
        int name = isOurs ? text.IndexOf(Tail.ReplaceLineEndings(end), start, StringComparison.Ordinal) : -1;
        return name >= 0 && ProfileName.IsValid(text[start..name]) && text.IndexOf(Block, name, StringComparison.Ordinal) < 0
            ? FileEdit.To(text[..start] + profile + text[name..])
            : FileEdit.NotUnderstood(text.AsSpan(0, at).Count('\n'), "names another credentials helper, and Terraform accepts only one; remove it");
    }
}
