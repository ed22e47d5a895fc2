namespace AotBroker.Identity;

/// <summary>A token that Kubernetes projects into the container as a file.</summary>
internal abstract class ProjectedToken : TokenInFile
{
    public override string Description => "the projected token " + Path;
}
