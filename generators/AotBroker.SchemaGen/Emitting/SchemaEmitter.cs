using System;
using System.Collections.Generic;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits the types of one schema, each in a file of its own.</summary>
internal static class SchemaEmitter
{
    public static IEnumerable<SourceFile> Emit(SchemaModel schema, EmitOptions options)
    {
        foreach (TypeModel type in schema.Types)
        {
            var code = new CodeWriter();
            SourceText.Begin(code, schema.FileName, options);
            switch (type)
            {
                case RecordModel record:
                    new RecordEmitter(code, record, options).Emit();
                    break;
                case UnionModel union:
                    UnionEmitter.Emit(code, union, options);
                    break;
                case EnumModel choice:
                    EnumEmitter.Emit(code, choice, options);
                    break;
                default:
                    throw new InvalidOperationException(type.GetType().Name);
            }

            string hint = type.Name == schema.RootName ? type.Name : schema.RootName + "." + type.Name;
            yield return new SourceFile(hint + ".g.cs", code.ToString());
        }
    }
}
