using System.Runtime.CompilerServices;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

public sealed class IdentitySourcesTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Every_variant_of_the_schema_has_a_source_of_its_own()
    {
        Type[] variants = [.. typeof(IdentitySettings).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(IdentitySettings)))];

        IEnumerable<Type> sources = variants.Select(type => IdentitySources.Bind((IdentitySettings)RuntimeHelpers.GetUninitializedObject(type), _machine.Environment).GetType());

        Assert.NotEmpty(variants);
        Assert.Distinct(sources);
    }
}
