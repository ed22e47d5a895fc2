using System;
using Microsoft.CodeAnalysis;

namespace AotBroker.SchemaGen.Diagnostics;

/// <summary>Every diagnostic of the generator. Each says what to write instead; docs/schemagen.md explains them at length.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NotJson = Create(
        "ABS001", "The schema is not JSON", "Expected {0}");

    public static readonly DiagnosticDescriptor UnsupportedKeyword = Create(
        "ABS002", "The keyword is not supported", "The keyword '{0}' is not supported; {1}");

    public static readonly DiagnosticDescriptor UnknownKeyword = Create(
        "ABS003", "The keyword is unknown", "JSON Schema has no keyword '{0}'; {1}");

    public static readonly DiagnosticDescriptor WrongKeywordValue = Create(
        "ABS004", "The keyword has a value of the wrong kind", "The value of '{0}' must be {1}");

    public static readonly DiagnosticDescriptor ContradictingType = Create(
        "ABS005", "The type contradicts the keyword beside it", "The type is not that of '{0}' beside it; remove it");

    public static readonly DiagnosticDescriptor WrongReference = Create(
        "ABS006", "The reference leads nowhere", "The reference '{0}' cannot be followed; {1}");

    public static readonly DiagnosticDescriptor Cycle = Create(
        "ABS007", "The references form a circle", "The reference '{0}' leads back to itself; let one of the schemas on the way describe an object");

    public static readonly DiagnosticDescriptor KeywordWithoutEffect = Create(
        "ABS008", "The keyword has no effect", "The keyword '{0}' has no effect on {1}; remove it, or correct the type");

    public static readonly DiagnosticDescriptor UnclearUnion = Create(
        "ABS009", "The alternatives cannot be told apart", "The alternatives cannot be told apart: {0}");

    public static readonly DiagnosticDescriptor WrongPattern = Create(
        "ABS010", "The pattern cannot be compiled", "The pattern cannot be compiled at '{0}': {1}");

    public static readonly DiagnosticDescriptor UnsupportedFormat = Create(
        "ABS011", "The format is not supported", "The format '{0}' is not supported; use one of uuid, uri, date-time, or a pattern");

    public static readonly DiagnosticDescriptor NameCollision = Create(
        "ABS012", "Two names become one in C#", "{0} becomes '{1}' in C#, as {2} does; rename one of them");

    public static readonly DiagnosticDescriptor FileCollision = Create(
        "ABS013", "Two schema files emit one type", "The type '{0}' is emitted for '{1}' too; rename one of them");

    public static readonly DiagnosticDescriptor UnknownRequired = Create(
        "ABS014", "A required member is not described", "The member '{0}' is required but not described; add it to 'properties'");

    public static readonly DiagnosticDescriptor Unsatisfiable = Create(
        "ABS015", "No value can satisfy the schema", "No value can satisfy the schema: {0}");

    public static readonly DiagnosticDescriptor WrongDefault = Create(
        "ABS016", "A default or an example does not satisfy its schema", "The {0} must be {1}");

    public static readonly DiagnosticDescriptor DuplicateMember = Create(
        "ABS017", "A member is given twice", "The member '{0}' is given twice; remove one of them");

    public static readonly DiagnosticDescriptor WrongDialect = Create(
        "ABS018", "The dialect is not supported", "The dialect '{0}' is not supported; write \"https://json-schema.org/draft/2020-12/schema\"");

    public static readonly DiagnosticDescriptor WrongOption = Create(
        "ABS019", "The property is not usable", "The property {0} must be {1}; it is '{2}'");

    private static readonly DiagnosticDescriptor[] All =
    [
        NotJson, UnsupportedKeyword, UnknownKeyword, WrongKeywordValue, ContradictingType, WrongReference, Cycle,
        KeywordWithoutEffect, UnclearUnion, WrongPattern, UnsupportedFormat, NameCollision, FileCollision, UnknownRequired,
        Unsatisfiable, WrongDefault, DuplicateMember, WrongDialect, WrongOption,
    ];

    public static DiagnosticDescriptor Get(string id) => Array.Find(All, descriptor => descriptor.Id == id);

    private static DiagnosticDescriptor Create(string id, string title, string message) =>
        new(id, title, message, "AotBroker.SchemaGen", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
