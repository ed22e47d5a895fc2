using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Parsing;

internal sealed record FileNames(string Path, EquatableArray<NamedType> Names);

/// <summary>The types that two files emit. The file that comes first by its path keeps them; the others emit nothing.</summary>
internal sealed record FileCollisions(EquatableArray<string> RefusedPaths, EquatableArray<DiagnosticInfo> Diagnostics)
{
    public static FileCollisions Find(ImmutableArray<FileNames> files)
    {
        // File systems on which the compiler runs may ignore case, and so do the names of emitted files.
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var refused = new List<string>();
        var diagnostics = new List<DiagnosticInfo>();
        foreach (FileNames file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            foreach (NamedType type in file.Names)
            {
                if (!owners.TryGetValue(type.Name, out string owner))
                {
                    owners.Add(type.Name, file.Path);
                }
                else if (owner != file.Path)
                {
                    refused.Add(file.Path);
                    diagnostics.Add(new DiagnosticInfo(
                        Descriptors.FileCollision.Id, type.Location, new EquatableArray<string>([type.Name, Path.GetFileName(owner)])));
                }
            }
        }

        return new FileCollisions(new EquatableArray<string>(refused.Distinct()), new EquatableArray<DiagnosticInfo>(diagnostics));
    }
}
