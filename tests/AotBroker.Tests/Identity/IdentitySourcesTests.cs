using System.Runtime.CompilerServices;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

public sealed class IdentitySourcesTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    public static TheoryData<string> Variants => [.. typeof(IdentitySettings).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(IdentitySettings))).Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_of_the_schema_has_its_source(string name)
    {
        Type type = typeof(IdentitySettings).Assembly.GetType($"{typeof(IdentitySettings).Namespace}.{name}")!;

        IIdentitySource source = IdentitySources.Bind((IdentitySettings)RuntimeHelpers.GetUninitializedObject(type), _machine.Environment);

        Type settings = Assert.Single(source.GetType().GetInterfaces(), static one => one.IsGenericType).GetGenericArguments()[1];
        Assert.Equal(type, settings);
    }
}
