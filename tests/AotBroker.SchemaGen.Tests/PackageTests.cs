using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace AotBroker.SchemaGen.Tests;

/// <summary>
/// The package, as somebody else uses it: a project outside of the repository refers to it and adds a schema. It is restored into
/// a folder of its own and from nothing but the package's folder, so it neither needs nor leaves anything.
/// </summary>
public sealed class PackageTests : IDisposable
{
    private const string Version = Emitting.SourceText.Version;

    private readonly string _folder = Directory.CreateTempSubdirectory("schemagen-package-").FullName;

    private string Package => Path.Combine(_folder, "feed", $"AotBroker.SchemaGen.{Version}.nupkg");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_project_that_refers_to_the_package_has_the_models_of_its_schemas()
    {
        Pack();
        CheckContent();
        WriteProject("""
            {
              "type": "object",
              "required": ["id", "pin"],
              "properties": {
                "id": { "type": "string", "format": "uuid" },
                "pin": { "type": "string", "x-secret": true },
                "state": { "enum": ["open", "closed"], "default": "open" }
              }
            }
            """);

        (string log, int code) = Build();
        Assert.True(code == 0, log);
        (string printed, int exit) = Dotnet(Path.Combine("bin", "Debug", Framework, "Shop.dll"));
        Assert.Equal(
            """
            {"id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f","pin":"1234","extra":[1.0],"state":"closed"}
            Order { Id = 3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f, Pin = [secret], State = Closed, UnknownMembers = [extra] }
            line 1, column 1: expected the member "pin", which is missing
            line 1, column 7, /id: expected a string that is a UUID, found "x"
            line 1, column 11, /staet: unknown member, did you mean "state"?

            """,
            printed);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void A_mistake_in_a_schema_is_a_build_error_of_that_project()
    {
        Pack();
        WriteProject("""
            {
              "type": "object",
              "propertys": {}
            }
            """);

        (string output, int code) = Build();
        Assert.NotEqual(0, code);
        Assert.Contains("order.schema.json(3,3): error ABS003: JSON Schema has no keyword 'propertys'; did you mean 'properties'?", output, StringComparison.Ordinal);
    }

    private static string Framework => $"net{Environment.Version.Major}.0";

    private void Pack()
    {
        // What this test was built with, so that nothing is built while it runs.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        (string output, int code) = Dotnet("pack", Repository.Generator, "--no-build", "-c", configuration, "-o", Path.Combine(_folder, "feed"), "--nologo");
        Assert.True(code == 0, output);
    }

    private void CheckContent()
    {
        using ZipArchive package = ZipFile.OpenRead(Package);
        string[] files = [.. package.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["AotBroker.SchemaGen.nuspec", "LICENSE", "[Content_Types].xml", "analyzers/dotnet/cs/AotBroker.SchemaGen.dll", "build/AotBroker.SchemaGen.props", "schemagen.md"],
            files);

        using Stream nuspec = package.GetEntry("AotBroker.SchemaGen.nuspec")!.Open();
        XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single();
        string? Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal(("true", "MIT", "schemagen.md", null), (Value("developmentDependency"), Value("license"), Value("readme"), Value("dependencies")));
    }

    private void WriteProject(string schema)
    {
        // Nothing above the folder is to have a say.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("nuget.config", """
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="feed" />
              </packageSources>
            </configuration>
            """);
        Write("Shop.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{Framework}</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <SchemaGenNamespace>Shop.Documents</SchemaGenNamespace>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="AotBroker.SchemaGen" Version="{Version}" PrivateAssets="all" />
                <AdditionalFiles Include="schemas/*.schema.json" />
              </ItemGroup>
            </Project>
            """);
        Write("schemas/order.schema.json", schema);
        Write("Program.cs", """
            using System;
            using System.Text;
            using Shop.Documents;

            if (Order.TryRead("{\"id\":\"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f\",\"pin\":\"1234\",\"extra\":[1.0]}"u8, out Order? order, out _))
            {
                Order closed = order with { State = OrderState.Closed };
                Console.WriteLine(Encoding.UTF8.GetString(closed.ToUtf8Json()));
                Console.WriteLine(closed);
            }

            Order.TryRead("{\"id\":\"x\",\"staet\":\"open\"}"u8, out _, out SchemaProblems problems);
            foreach (SchemaProblem problem in problems)
            {
                Console.WriteLine(problem);
            }
            """);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private (string Output, int Code) Build() => Dotnet("build", "--nologo", "-v", "quiet", "-p:UseSharedCompilation=false");

    private (string Output, int Code) Dotnet(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
        };

        // The test host's own settings would lead the build astray.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }
}
